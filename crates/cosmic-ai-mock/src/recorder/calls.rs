//! Recorded calls, and the words to ask for some of them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cosmic_ai_core::{Charge, ErrorKind, MediaId, OperationId, Outcome, Registry, Request};

use crate::script::{Asked, When};

/// A call that the mock took, and what came of it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RecordedCall {
    /// Its number, counted from 1 over all calls of the mock and its clones.
    pub number: u64,
    /// The operation.
    pub operation_id: OperationId,
    /// The larger operation that it is a part of.
    pub parent: Option<OperationId>,
    /// The labels of the call.
    pub labels: BTreeMap<String, String>,
    /// What was asked for: in the canonical form of the mock's registry, or as it came if it was refused as invalid.
    pub request: Request,
    /// Whether a text was asked for as a stream.
    pub is_streamed: bool,
    /// When it came: since the mock was made, on tokio's clock.
    pub started_at: Duration,
    /// How long it took; `None` while it is under way.
    pub took: Option<Duration>,
    /// What came of it.
    pub state: CallState,
    /// What was billed by the mock's registry: zero where nothing was (yet), `None` where something was whose price is not
    /// known. A stream is billed when it ends or is dropped, for what it gave; every other call when it is taken.
    pub charge: Option<Charge>,
    /// The medium that was made, also where its answer was lost.
    pub media_id: Option<MediaId>,
    /// What was given of a streamed text before it failed or was dropped; `None` of all other calls, so that records stay
    /// small.
    pub text: Option<String>,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallState {
    /// It is under way.
    Running,
    /// It was answered.
    Answered,
    /// It ended with an error.
    Failed {
        /// What went wrong.
        kind: ErrorKind,
        /// Whether it left, and whether it may have been billed.
        outcome: Outcome,
        /// The HTTP status of the error.
        status: Option<u16>,
    },
    /// Its future or stream was dropped before its end.
    Cancelled,
}

impl RecordedCall {
    /// Whether the request left: all did but those that failed before.
    pub const fn is_sent(&self) -> bool {
        !matches!(self.state, CallState::Failed { outcome: Outcome::NotSent, .. })
    }
}

impl fmt::Display for RecordedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "call {} ", self.number)?;
        match &self.state {
            CallState::Running => f.write_str("(running)")?,
            CallState::Answered => f.write_str("(answered)")?,
            CallState::Failed { kind, outcome, .. } => write!(f, "(failed, {outcome}: {kind})")?,
            CallState::Cancelled => f.write_str("(cancelled)")?,
        }
        write!(f, " {}", crate::script::shown(self.request.as_ref()))
    }
}

/// The calls of a mock up to now, or some of them. What happens later does not change it.
///
/// ```
/// use cosmic_ai_core::{Call, TextGenerator, TextRequest, Tokens};
/// use cosmic_ai_mock::MockBackend;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), cosmic_ai_core::Error> {
/// let mock = MockBackend::new();
/// let call = Call::new().with_label("project", "spring");
/// mock.generate_text(&call, &TextRequest::new("Hello").with_max_tokens(50)).await?;
///
/// let calls = mock.calls().labelled("project", "spring");
/// calls.text().assert_called_once_with(TextRequest::new("Hello").with_max_tokens(50));
/// calls.assert_spent(Tokens(106)); // (3 input + 50 output) × 2.0
/// mock.calls().images().assert_nothing_sent();
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct Calls {
    pub(super) listed: Vec<Arc<RecordedCall>>,
    /// Which calls these are, such as `failed text calls`.
    pub(super) what: String,
    pub(super) registry: Arc<Registry>,
}

impl Calls {
    pub(crate) fn new(calls: Vec<Arc<RecordedCall>>, registry: Arc<Registry>) -> Self {
        Self { listed: calls, what: "calls".to_owned(), registry }
    }

    /// Those for text.
    pub fn text(&self) -> Self {
        self.only("text ", "", |call| matches!(call.request, Request::Text(_)))
    }

    /// Those for images.
    pub fn images(&self) -> Self {
        self.only("image ", "", |call| matches!(call.request, Request::Image(_)))
    }

    /// Those for clips, without extensions.
    pub fn videos(&self) -> Self {
        self.only("video ", "", |call| matches!(call.request, Request::Video(_)))
    }

    /// Those for extensions of clips.
    pub fn extensions(&self) -> Self {
        self.only("extension ", "", |call| matches!(call.request, Request::Extend(_)))
    }

    /// Those for speech.
    pub fn speech(&self) -> Self {
        self.only("speech ", "", |call| matches!(call.request, Request::Speech(_)))
    }

    /// Those with a label.
    pub fn labelled(&self, name: &str, value: &str) -> Self {
        let what = format!(" labelled {name}={value}");
        self.only("", &what, |call| call.labels.get(name).is_some_and(|actual| actual == value))
    }

    /// Those of an operation: several if it was sent again.
    pub fn of_operation(&self, id: &OperationId) -> Self {
        self.only("", &format!(" of operation {id}"), |call| call.operation_id == *id)
    }

    /// Those that meet conditions.
    pub fn matching(&self, when: &When) -> Self {
        self.only("", &format!(" that are {when}"), |call| {
            when.matches(&Asked { request: call.request.as_ref(), labels: &call.labels, registry: &self.registry })
        })
    }

    /// Those that were answered.
    pub fn answered(&self) -> Self {
        self.only("answered ", "", |call| call.state == CallState::Answered)
    }

    /// Those that ended with an error.
    pub fn failed(&self) -> Self {
        self.only("failed ", "", |call| matches!(call.state, CallState::Failed { .. }))
    }

    /// Those that were dropped before their end.
    pub fn cancelled(&self) -> Self {
        self.only("cancelled ", "", |call| call.state == CallState::Cancelled)
    }

    /// Those under way.
    pub fn running(&self) -> Self {
        self.only("running ", "", |call| call.state == CallState::Running)
    }

    /// Those whose request left.
    pub fn sent(&self) -> Self {
        self.only("sent ", "", RecordedCall::is_sent)
    }

    fn only(&self, before: &str, after: &str, holds: impl Fn(&RecordedCall) -> bool) -> Self {
        Self {
            listed: self.listed.iter().filter(|call| holds(call)).cloned().collect(),
            what: format!("{before}{}{after}", self.what),
            registry: self.registry.clone(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.listed.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// The calls, in the order they came.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &RecordedCall> + ExactSizeIterator {
        self.listed.iter().map(|call| &**call)
    }

    /// The first.
    pub fn first(&self) -> Option<&RecordedCall> {
        self.iter().next()
    }

    /// The last.
    pub fn last(&self) -> Option<&RecordedCall> {
        self.iter().next_back()
    }

    /// What was billed for them together; `None` if the price of one is not known, or the sum is larger than
    /// [`u64::MAX`].
    pub fn spent(&self) -> Option<Charge> {
        self.iter().try_fold(Charge::ZERO, |sum, call| sum.checked_add(call.charge?))
    }
}

impl<'a> IntoIterator for &'a Calls {
    type Item = &'a RecordedCall;
    type IntoIter =
        std::iter::Map<std::slice::Iter<'a, Arc<RecordedCall>>, fn(&'a Arc<RecordedCall>) -> &'a RecordedCall>;

    fn into_iter(self) -> Self::IntoIter {
        self.listed.iter().map(|call| &**call)
    }
}

impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.listed).finish()
    }
}

/// One line a call.
impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for call in self {
            writeln!(f, "  {call}")?;
        }
        Ok(())
    }
}
