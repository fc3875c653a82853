//! The meter: how calls are priced, limited and recorded.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::{Duration, SystemTime};

use cosmic_ai_core::{
    Call, Canonical, Error, Generators, Progress, Registry, RequestRef, TextRequest, TextStream, Tokens,
};
use serde::Serialize;

use super::Metered;
use super::admit::Admission;
use super::answer::Answer;
use super::cut::{Cut, CutDecision, cut_settles_delivered};
use super::stream;
use crate::budget::Budget;
use crate::clock::{Clock, SystemClock, millis, time};
use crate::estimate::Estimator;
use crate::ledger::Ledger;

/// How long a call may be under way before it is taken for lost, unless it has a time limit of its own.
const USUAL_LIFE: Duration = Duration::from_hours(1);
/// What is added to a call's own time limit: it counts from when the backend takes it.
const GRACE: Duration = Duration::from_mins(1);
/// No call is under way for longer: what is beyond a calendar cannot be recorded.
const LONGEST_LIFE: Duration = Duration::from_hours(24 * 365);

type CutPolicy = dyn Fn(&Cut) -> CutDecision + Send + Sync;

/// Estimates calls, holds what they may cost in a ledger, admits them under budgets and settles what they did cost.
///
/// Put it in front of a backend with [`Metered::new`], or of every slot of [`Generators`] with [`wrap`](Self::wrap). Cheap to
/// clone; clones share the ledger.
///
/// # An operation is paid once
/// The operation id of a [`Call`] names one logical call. Used again with the same request it gives the recorded result
/// (media always; text if [`recording_words`](Self::recording_words)), or
/// [`ErrorKind::Operation`](cosmic_ai_core::ErrorKind::Operation): in flight, unresolved, or done without a recorded
/// result. With another request it is an error too. Only an operation that was refused or never left may be tried again
/// under its id. Ids are forgotten when the ledger is [pruned](Ledger::prune).
///
/// # Labels
/// A call counts in the budgets of its labels, those of the meter included; a call's own label wins. A call may have 32; names
/// have at most 64 bytes, values 256, without control characters. Others are refused as invalid before anything is sent.
#[derive(Clone)]
#[must_use = "a meter counts nothing until it is put in front of a backend"]
pub struct Meter {
    pub(super) ledger: Arc<dyn Ledger>,
    pub(super) registry: Arc<Registry>,
    pub(super) budgets: Vec<Budget>,
    labels: BTreeMap<String, String>,
    clock: Arc<dyn Clock>,
    life: Duration,
    cut_policy: Arc<CutPolicy>,
    pub(super) records_words: bool,
    media_tokens: Option<Tokens>,
    /// When a refusal last had the ledger look for what is lost, in milliseconds since 1970.
    pub(super) looked_at: Arc<AtomicI64>,
    #[cfg(feature = "bpe")]
    counts_exactly: bool,
}

impl Meter {
    /// A meter that records in `ledger`, with the built-in registry and without budgets.
    pub fn new(ledger: impl Ledger + 'static) -> Self {
        Self {
            ledger: Arc::new(ledger),
            registry: Arc::new(Registry::built_in().clone()),
            budgets: Vec::new(),
            labels: BTreeMap::new(),
            clock: Arc::new(SystemClock),
            life: USUAL_LIFE,
            cut_policy: Arc::new(cut_settles_delivered),
            records_words: false,
            media_tokens: None,
            looked_at: Arc::new(AtomicI64::new(i64::MIN)),
            #[cfg(feature = "bpe")]
            counts_exactly: false,
        }
    }

    /// Adds a budget. A call must fit into all that count it, or none of them is touched.
    pub fn with_budget(mut self, budget: Budget) -> Self {
        self.budgets.push(budget);
        self
    }

    /// Adds a label to every call that does not have it, such as the bucket.
    pub fn with_label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(name.into(), value.into());
        self
    }

    /// Sets the registry to validate and price by. Give the backend the same.
    pub fn with_registry(mut self, registry: impl Into<Arc<Registry>>) -> Self {
        self.registry = registry.into();
        self
    }

    /// Sets the clock by which periods and deadlines are counted; the system's, if not set.
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets how long a call may be under way before it is taken for lost, which only matters if its process died: 1 hour,
    /// if not set. A call with a time limit has that and a minute instead. A year at most.
    pub const fn with_call_life(mut self, life: Duration) -> Self {
        self.life = life;
        self
    }

    /// Sets what is settled for a text that was cut after its request left; [`cut_settles_delivered`], if not set.
    pub fn with_cut_policy(mut self, policy: impl Fn(&Cut) -> CutDecision + Send + Sync + 'static) -> Self {
        self.cut_policy = Arc::new(policy);
        self
    }

    /// Records texts too, so that an operation that is called again gives its text: answers, and the prompts that media
    /// repeat. Without it the ledger keeps no words.
    pub const fn recording_words(mut self) -> Self {
        self.records_words = true;
        self
    }

    /// States how many input tokens the file behind a `media_url` makes at most; see
    /// [`Estimator::with_media_tokens`].
    pub const fn with_media_tokens(mut self, tokens: Tokens) -> Self {
        self.media_tokens = Some(tokens);
        self
    }

    /// Counts the tokens of OpenAI's models exactly, so that less is held; see [`Estimator::with_exact_counts`].
    #[cfg(feature = "bpe")]
    pub const fn with_exact_counts(mut self) -> Self {
        self.counts_exactly = true;
        self
    }

    /// The ledger.
    pub fn ledger(&self) -> &dyn Ledger {
        &*self.ledger
    }

    /// The registry by which calls are validated and priced.
    pub const fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// The budgets.
    pub fn budgets(&self) -> &[Budget] {
        &self.budgets
    }

    /// The estimator by which calls are held.
    pub fn estimator(&self) -> Estimator<'_> {
        let mut estimator = Estimator::new(&self.registry);
        if let Some(tokens) = self.media_tokens {
            estimator = estimator.with_media_tokens(tokens);
        }
        #[cfg(feature = "bpe")]
        if self.counts_exactly {
            estimator = estimator.with_exact_counts();
        }
        estimator
    }

    /// Puts the meter in front of every generator. The library is passed on as it is.
    pub fn wrap(&self, generators: Generators) -> Generators {
        let meter = Arc::new(self.clone());
        let mut wrapped = generators;
        wrapped.text = wrapped.text.map(|text| Arc::new(Metered::new(text, meter.clone())) as _);
        wrapped.image = wrapped.image.map(|image| Arc::new(Metered::new(image, meter.clone())) as _);
        wrapped.video = wrapped.video.map(|video| Arc::new(Metered::new(video, meter.clone())) as _);
        wrapped.speech = wrapped.speech.map(|speech| Arc::new(Metered::new(speech, meter)) as _);
        wrapped
    }

    /// The time by the meter's clock.
    pub(crate) fn now(&self) -> SystemTime {
        // Ledgers count from 1970, and in milliseconds.
        time(millis(self.clock.now()))
    }

    /// When a call that begins now is taken for lost.
    pub(crate) fn deadline(&self, now: SystemTime, limit: Option<Duration>) -> SystemTime {
        let life = limit.map_or(self.life, |limit| limit.saturating_add(GRACE)).min(LONGEST_LIFE);
        now.checked_add(life).unwrap_or(now)
    }

    /// The labels by which a call counts.
    pub(crate) fn labels(&self, call: &Call) -> BTreeMap<String, String> {
        let mut labels = self.labels.clone();
        labels.extend(call.labels().iter().map(|(name, value)| (name.clone(), value.clone())));
        labels
    }

    pub(super) fn decide(&self, cut: &Cut) -> CutDecision {
        (self.cut_policy)(cut)
    }

    /// The request in the form that is sent, priced and hashed.
    pub(super) fn canonical<'r, R: Canonical>(&self, call: &Call, request: &'r R) -> Result<Cow<'r, R>, Error>
    where
        &'r R: Into<RequestRef<'r>>,
    {
        let canonical = self.registry.canonical(request);
        canonical.map_err(|problems| Error::invalid(problems).with_operation_id(call.operation_id()))
    }

    /// One call with an answer in one piece: admitted, generated, settled.
    pub(super) async fn spend<'r, R, A, F>(
        self: &Arc<Self>,
        call: &Call,
        request: &'r R,
        generate: impl FnOnce() -> F + Send,
    ) -> Result<A, Error>
    where
        R: Serialize + Sync,
        &'r R: Into<RequestRef<'r>>,
        A: Answer,
        F: Future<Output = Result<A, Error>> + Send,
    {
        match self.admit(call, request).await? {
            Admission::Recorded(answer) => {
                call.report(&Progress::Recorded);
                Ok(answer)
            }
            Admission::Sent(operation) => {
                let result = generate().await;
                operation.close(request.into(), result).await
            }
        }
    }

    /// One call whose answer is streamed: settled when the stream ends or is dropped.
    pub(super) async fn spend_on_stream<F>(
        self: &Arc<Self>,
        call: &Call,
        request: &TextRequest,
        generate: impl FnOnce() -> F + Send,
    ) -> Result<TextStream, Error>
    where
        F: Future<Output = Result<TextStream, Error>> + Send,
    {
        match self.admit(call, request).await? {
            Admission::Recorded(answer) => {
                call.report(&Progress::Recorded);
                Ok(stream::recorded(call, answer))
            }
            Admission::Sent(mut operation) => {
                operation.is_streamed = true;
                match generate().await {
                    Ok(answer) => Ok(stream::metered(answer, operation)),
                    Err(error) => Err(operation.fail(error).await),
                }
            }
        }
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter")
            .field("ledger", &self.ledger)
            .field("budgets", &self.budgets)
            .field("labels", &self.labels)
            .field("records_words", &self.records_words)
            .finish_non_exhaustive()
    }
}
