//! An error that is given more than once.

use std::fmt;
use std::sync::Arc;

use cosmic_ai_core::Error;

/// An error to give to any number of calls. [`Error`] cannot be cloned, because what is beneath it cannot.
#[derive(Debug, Clone)]
pub(crate) struct Again(Arc<Error>);

impl Again {
    pub(crate) fn new(error: Error) -> Self {
        Self(Arc::new(error))
    }

    /// The error once more. What is beneath it is shared.
    pub(crate) fn error(&self) -> Error {
        let first = &*self.0;
        let mut error = Error::new(first.kind().clone(), first.outcome());
        if let Some(status) = first.status() {
            error = error.with_status(status);
        }
        if let Some(id) = first.operation_id() {
            error = error.with_operation_id(id);
        }
        if let Some(pause) = first.retry_after() {
            error = error.with_retry_after(pause);
        }
        if let Some(text) = first.partial_text() {
            error = error.with_partial_text(text);
        }
        if let Some(usage) = first.usage() {
            error = error.with_usage(usage);
        }
        if let Some(id) = first.media_id() {
            error = error.with_media_id(id.clone());
        }
        if std::error::Error::source(first).is_some() { error.with_source(Beneath(self.clone())) } else { error }
    }
}

impl fmt::Display for Again {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What is beneath an error that is shared.
#[derive(Debug)]
struct Beneath(Again);

impl Beneath {
    fn shared(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&*self.0.0)
    }
}

impl fmt::Display for Beneath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared().map_or(Ok(()), |source| fmt::Display::fmt(source, f))
    }
}

impl std::error::Error for Beneath {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.shared().and_then(std::error::Error::source)
    }
}
