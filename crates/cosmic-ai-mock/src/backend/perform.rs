//! The one way that every call goes: accept, record, fault, account, rule, make, bill, wait, answer.

use std::future::Future;
use std::time::Duration;

use cosmic_ai_core::{
    Call, Canonical, Charge, Error, ErrorKind, MediaId, Modality, Outcome, Progress, RequestRef, Usage,
};

use super::MockBackend;
use super::patience::Patience;
use crate::account::tokens_used_up;
use crate::fault::{Effect, Struck, charge_of};
use crate::latency::Pace;
use crate::recorder::Record;
use crate::script::{Asked, Content, Fragments, Reply, Step, Use};

/// How often an answer may be a function that answers with a function.
const DEEPEST: usize = 16;

/// A request that the mock makes an answer to.
pub(super) trait Make: Canonical + Sync {
    type Made: Made;

    /// Makes the answer, and stores it if it is a medium. What to make it of suits the request.
    fn make(
        &self,
        mock: &MockBackend,
        call: &Call,
        material: Material,
    ) -> impl Future<Output = Result<Self::Made, Error>> + Send;
}

/// What an answer is made of.
pub(super) struct Material {
    pub(super) content: Content,
    pub(super) fragments: Fragments,
}

/// An answer that is made but not given yet.
pub(super) trait Made: Send {
    type Response;

    fn usage(&mut self) -> &mut Option<Usage>;

    fn media_id(&self) -> Option<&MediaId> {
        None
    }

    /// How long it takes as a whole.
    fn time(&self, pace: Pace) -> Duration {
        pace.first
    }

    fn into_response(self) -> Self::Response;
}

/// A call whose answer is made.
pub(super) struct Taken<M> {
    pub(super) made: M,
    pub(super) pace: Pace,
    /// Instead of the pace's first part.
    pub(super) delay: Option<Duration>,
    /// What spoils the answer.
    pub(super) struck: Option<Struck>,
    pub(super) patience: Patience,
}

impl MockBackend {
    /// Answers a call as a whole.
    pub(super) async fn perform<R>(&self, call: &Call, request: &R) -> Result<<R::Made as Made>::Response, Error>
    where
        R: Make,
        for<'r> &'r R: Into<RequestRef<'r>>,
    {
        let mut record = self.begin(call, request.into(), false);
        let result = self.answer(call, request, &mut record).await;
        record.settle(result.as_ref().err());
        result
    }

    async fn answer<R>(
        &self,
        call: &Call,
        request: &R,
        record: &mut Record,
    ) -> Result<<R::Made as Made>::Response, Error>
    where
        R: Make,
        for<'r> &'r R: Into<RequestRef<'r>>,
    {
        let Taken { made, pace, delay, struck, patience } = self.take(call, request, record).await?;
        let usual = delay.unwrap_or_else(|| made.time(pace));
        if let Some(struck) = struck
            && struck.fault.fails()
        {
            return Err(Self::fail(&patience, struck, usual).await);
        }
        patience.wait(usual).await?;
        patience.done();
        Ok(made.into_response())
    }

    /// Begins the record of a call.
    pub(super) fn begin(&self, call: &Call, request: RequestRef<'_>, is_streamed: bool) -> Record {
        self.inner.recorder.begin(call, request, is_streamed, self.inner.account.clone())
    }

    /// Takes a call as far as to its answer. A stream is not billed yet.
    pub(super) async fn take<R>(&self, call: &Call, request: &R, record: &mut Record) -> Result<Taken<R::Made>, Error>
    where
        R: Make,
        for<'r> &'r R: Into<RequestRef<'r>>,
    {
        let given = self.accept(call, request)?;
        let request = &*given;
        if matches!(given, std::borrow::Cow::Owned(_)) {
            record.canonical(request.into());
        }
        call.report(&Progress::Sending { attempt: 1 });
        let patience = Patience::new(call);
        let registry = &*self.inner.registry;
        let asked = Asked { request: request.into(), labels: call.labels(), registry };
        let pace = self.inner.latencies.pace(registry, asked.request);

        let struck = match self.inner.faults.strike(&asked) {
            Some(struck) if !struck.fault.spoils_answer(record.is_streamed()) => {
                return Err(self.refuse(&patience, struck, pace.first, record).await);
            }
            struck => struck,
        };
        // Before a rule is chosen: one is not used up by a call that is refused.
        self.hold(asked.request, record).map_err(|error| error.with_operation_id(call.operation_id()))?;
        let (Step { reply, delay, fragments, usage }, used) = self.reply(&asked, call)?;
        let content = match reply {
            Reply::Content(content) => content,
            reply => return Err(self.scripted_error(&patience, &reply, delay, record).await),
        };
        let made = request.make(self, call, Material { content, fragments }).await;
        let mut made = made.inspect_err(|_| self.inner.script.give_back(used))?;
        if let Some(id) = made.media_id() {
            record.media(id);
        }
        if usage.is_some() {
            *made.usage() = usage;
        }
        if !record.is_streamed() {
            let charge = registry.cost(request, made.usage().as_ref()).charge();
            record.bill(struck.as_ref().map_or(charge, |struck| struck.charge(charge)));
        }
        if struck.as_ref().is_some_and(|struck| matches!(struck.fault.effect, Effect::NoUsage)) && !record.is_streamed()
        {
            *made.usage() = None;
        }
        Ok(Taken { made, pace, delay, struck, patience })
    }

    /// What the rules answer to a call, with the use of the rule that does.
    fn reply(&self, asked: &Asked<'_>, call: &Call) -> Result<(Step, Option<Use>), Error> {
        let script = &self.inner.script;
        let reply = script.answer(asked).and_then(|(step, used)| match Self::spoken(asked, step) {
            Ok(step) => Ok((step, used)),
            Err(message) => {
                script.misfit(used, &message);
                Err(message)
            }
        });
        reply.map_err(|message| unscripted(message).with_operation_id(call.operation_id()))
    }

    /// What a rule answers once functions have spoken, or why that is no answer to the call.
    fn spoken(asked: &Asked<'_>, mut step: Step) -> Result<Step, String> {
        for _ in 0..DEEPEST {
            let Reply::With(make) = &step.reply else { break };
            let answer = make(asked.request);
            let Some(inner) = answer.step(0) else {
                return Err("a rule's function answers with an empty sequence".to_owned());
            };
            step = Step {
                reply: inner.reply.clone(),
                delay: inner.delay.or(step.delay),
                fragments: inner.fragments.clone().or(step.fragments),
                usage: inner.usage.or(step.usage),
            };
        }
        let is_text = asked.request.modality() == Modality::Text;
        let suits = match &step.reply {
            Reply::Content(Content::Text(_)) => is_text,
            Reply::Content(Content::Medium(_)) => !is_text,
            Reply::Content(Content::Generated) | Reply::Error(_) => true,
            Reply::With(_) => false,
        };
        if suits {
            Ok(step)
        } else {
            Err(format!("a rule answers with {}, but the call is of {}", step.reply, asked.request))
        }
    }

    /// Has the account hold the price, if there is an account.
    fn hold(&self, request: RequestRef<'_>, record: &mut Record) -> Result<(), Error> {
        let Some(account) = &self.inner.account else { return Ok(()) };
        let price = self.inner.registry.cost(request, None).charge();
        let held = account.hold(request.modality(), price);
        record.hold(held.ok_or_else(|| tokens_used_up(&self.inner.registry, request))?);
        Ok(())
    }

    /// The error of a fault that strikes before anything is made.
    async fn refuse(&self, patience: &Patience, struck: Struck, usual: Duration, record: &mut Record) -> Error {
        record.bill(struck.charge(Some(Charge::ZERO)));
        Self::fail(patience, struck, usual).await
    }

    /// The error of a fault, when its time has come.
    pub(super) async fn fail(patience: &Patience, struck: Struck, usual: Duration) -> Error {
        let Some(error) = struck.error else { return patience.stall().await };
        let usual = if error.outcome().may_be_billed() { usual } else { Duration::ZERO };
        match patience.wait(struck.fault.delay.unwrap_or(usual)).await {
            Ok(()) => error.with_operation_id(patience.call().operation_id()),
            Err(timeout) => timeout,
        }
    }

    /// The error that a rule answers with.
    async fn scripted_error(
        &self,
        patience: &Patience,
        reply: &Reply,
        delay: Option<Duration>,
        record: &mut Record,
    ) -> Error {
        let Reply::Error(error) = reply else { return unscripted(format!("a rule answers with {reply}")) };
        let error = error.error().with_operation_id(patience.call().operation_id());
        // Before the wait, whoever gives it up.
        record.bill(charge_of(&error, Some(Charge::ZERO)));
        match patience.wait(delay.unwrap_or_default()).await {
            Ok(()) => error,
            Err(timeout) => timeout,
        }
    }
}

/// A call that the script has no answer to: a fault of the test, not of the service.
fn unscripted(message: String) -> Error {
    Error::new(ErrorKind::Backend { message }, Outcome::NotSent)
}

/// What is known to have been delivered, as the least of an unknown outcome.
pub(super) fn at_least(error: Error, charge: Option<Charge>) -> Error {
    match (error.outcome(), charge) {
        (Outcome::Unknown { at_least: Charge::ZERO }, Some(at_least)) => {
            error.with_outcome(Outcome::Unknown { at_least })
        }
        _ => error,
    }
}
