//! The circumstances of one call: its operation id, labels, time limit and progress.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::ParseError;

/// The metadata key under which media carry the id of the operation that made them.
pub const OPERATION_ID_KEY: &str = "cosmic_ai_operation_id";

/// The id of one logical call, minted by the caller's side before anything is sent.
///
/// It stays the same when the call is sent again, goes into the metadata of media and into every error, and so finds a
/// medium whose answer was lost. Minted ids are UUIDs of version 7: unique without coordination, sortable by time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct OperationId(Arc<str>);

impl OperationId {
    /// Mints a new id.
    pub fn mint() -> Self {
        let mut text = uuid::Uuid::encode_buffer();
        Self((&*uuid::Uuid::now_v7().hyphenated().encode_lower(&mut text)).into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OperationId {
    type Err = ParseError;

    /// An id of your own, for example of a job that must not be paid twice.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let fits = (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits {
            Ok(Self(text.into()))
        } else {
            Err(ParseError::new("operation_id", text, "1 to 128 visible ASCII characters without spaces"))
        }
    }
}

impl TryFrom<String> for OperationId {
    type Error = ParseError;

    fn try_from(text: String) -> Result<Self, ParseError> {
        text.parse()
    }
}

impl From<OperationId> for String {
    fn from(id: OperationId) -> Self {
        id.0.as_ref().to_owned()
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What a call reports to.
type Watch = dyn Fn(&Progress) + Send + Sync;

/// The circumstances of one call. Cheap to clone.
///
/// ```
/// use std::time::Duration;
/// use cosmic_ai_core::Call;
///
/// let call = Call::new().with_label("project", "spring").with_time_limit(Duration::from_secs(600));
/// println!("look for {} should the answer be lost", call.operation_id());
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Call {
    operation_id: OperationId,
    parent: Option<OperationId>,
    labels: BTreeMap<String, String>,
    time_limit: Option<Duration>,
    progress: Option<Arc<Watch>>,
}

impl Call {
    /// A call with a newly minted operation id, no labels, and the backend's own time limits.
    pub fn new() -> Self {
        Self::of(OperationId::mint())
    }

    /// A call with an operation id of your own.
    pub fn of(operation_id: OperationId) -> Self {
        Self { operation_id, parent: None, labels: BTreeMap::new(), time_limit: None, progress: None }
    }

    /// Adds a label, such as a project or a user, by which spending is told apart. Labels are not sent.
    #[must_use]
    pub fn with_label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(name.into(), value.into());
        self
    }

    /// Makes the call a part of a larger operation, such as a plan whose cost was reserved as a whole. Not sent.
    #[must_use]
    pub fn with_parent(mut self, parent: OperationId) -> Self {
        self.parent = Some(parent);
        self
    }

    /// Bounds the whole call, resends and the reading of a stream included, counted from when a backend takes it.
    /// `None`, the default, leaves it to the backend.
    #[must_use]
    pub fn with_time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = Some(limit);
        self
    }

    /// Has `watch` called as the call gets on. It runs between other work and must not block.
    #[must_use]
    pub fn with_progress(mut self, watch: impl Fn(&Progress) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(watch));
        self
    }

    /// The id of the operation.
    pub const fn operation_id(&self) -> &OperationId {
        &self.operation_id
    }

    /// The larger operation that the call is a part of.
    pub const fn parent(&self) -> Option<&OperationId> {
        self.parent.as_ref()
    }

    /// The labels, sorted by name.
    pub const fn labels(&self) -> &BTreeMap<String, String> {
        &self.labels
    }

    /// The bound on the whole call, if there is one.
    pub const fn time_limit(&self) -> Option<Duration> {
        self.time_limit
    }

    /// Whether someone watches: reports that cost something can be left out if not.
    pub const fn is_watched(&self) -> bool {
        self.progress.is_some()
    }

    /// Tells the one who watches; for backends.
    pub fn report(&self, progress: &Progress) {
        if let Some(watch) = &self.progress {
            watch(progress);
        }
    }
}

impl Default for Call {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation_id", &self.operation_id.as_str())
            .field("parent", &self.parent)
            .field("labels", &self.labels)
            .field("time_limit", &self.time_limit)
            .field("progress", &self.progress.is_some())
            .finish()
    }
}

/// How far a call has got.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// The request is about to leave, for the first time or again.
    Sending {
        /// Counts from 1.
        attempt: u32,
    },
    /// The request has left and its answer is awaited. From here on it may be billed.
    Waiting {
        /// Since the request left.
        elapsed: Duration,
    },
    /// The request was not taken and will be sent again.
    Retrying {
        /// The attempt that failed, counted from 1.
        attempt: u32,
        /// The pause before the next.
        pause: Duration,
    },
    /// Nothing is sent: the operation is done, and this is the answer that was recorded then.
    Recorded,
    /// The answer is complete.
    Done {
        /// Since the call began.
        elapsed: Duration,
    },
}
