//! An operation that was admitted: it is closed by its result, or by being dropped.

use std::sync::Arc;

use cosmic_ai_core::cost::text_charge;
use cosmic_ai_core::{Charge, Error, OperationId, Outcome, RequestRef, TextResponse, Tokens, Usage};

use super::answer::{Answer, record_of_id};
use super::cut::{Cut, CutDecision};
use super::meter::Meter;
use crate::estimate::Estimate;
use crate::ledger::{Advanced, Basis, Change, Entry, Kind, Next};
use crate::tokenizer::estimate_tokens;

/// An operation between its admission and its end. Dropped in between, it enqueues what is then known: a future may be
/// dropped at any `await`.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) meter: Arc<Meter>,
    pub(super) id: OperationId,
    pub(super) ticket: i64,
    pub(super) kind: Kind,
    pub(super) estimate: Estimate,
    pub(super) is_streamed: bool,
    pub(super) stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The ledger has been asked, and the backend has not.
    Admitting,
    /// The backend has been asked: the request may have left.
    Sent,
    /// Nothing is left to do.
    Closed,
}

impl Operation {
    /// Settles a failed call, and hands its error on.
    pub(super) async fn fail(mut self, error: Error) -> Error {
        let next = self.failed(&error);
        self.advance(next).await;
        if error.operation_id().is_none() { error.with_operation_id(&self.id) } else { error }
    }

    /// Settles by the result, waits until that is durable, and hands the result on. What was had is never lost to a ledger
    /// that fails: the change is tried again, and the deadline tells if the process dies first.
    pub(super) async fn close<A: Answer>(
        mut self,
        request: RequestRef<'_>,
        result: Result<A, Error>,
    ) -> Result<A, Error> {
        match result {
            Ok(answer) => {
                let cost = || self.meter.registry.cost(request, answer.usage()).charge();
                let next = self.settled(&answer, cost);
                self.advance(next).await;
                Ok(answer)
            }
            Err(error) => Err(self.fail(error).await),
        }
    }

    /// The end of an answer. Of a text that counts what was reported or delivered, whichever is more; a medium costs what
    /// `cost` says.
    pub(super) fn settled<A: Answer>(&self, answer: &A, cost: impl FnOnce() -> Option<Charge>) -> Next {
        let result = answer.recorded(self.meter.records_words);
        let (charge, basis) = match answer.text() {
            Some(text) => self.text_settled(text, answer.usage().copied()),
            None => (cost(), Basis::Reported),
        };
        Next::Settled { charge, basis, result }
    }

    /// What a whole text is charged. Reported usage is believed, unless it says that a text took no tokens.
    fn text_settled(&self, text: &str, usage: Option<Usage>) -> (Option<Charge>, Basis) {
        match usage {
            Some(usage) if text.is_empty() || usage.output_tokens > Tokens::ZERO => {
                (self.text_charge(&usage), Basis::Reported)
            }
            usage => (self.delivered(text, usage), Basis::Estimated),
        }
    }

    /// The end of a stream whose last report of usage came before its last words: what was delivered counts if it is more.
    pub(super) fn ended_unreported(&self, answer: &TextResponse) -> Next {
        let result = answer.recorded(self.meter.records_words);
        Next::Settled { charge: self.delivered(&answer.text, answer.usage), basis: Basis::Estimated, result }
    }

    /// What an error says of the money.
    pub(super) fn failed(&self, error: &Error) -> Next {
        let result = error.media_id().map(record_of_id);
        match error.outcome() {
            Outcome::NotSent | Outcome::Refused => Next::Released,
            Outcome::Billed { charge: Some(charge) } => {
                Next::Settled { charge: Some(charge), basis: Basis::Reported, result }
            }
            Outcome::Billed { charge: None } if self.kind == Kind::Text => {
                self.cut(error.partial_text().unwrap_or_default(), error.usage(), Charge::ZERO)
            }
            // A medium has a price, whatever became of the answer.
            Outcome::Billed { charge: None } => {
                Next::Settled { charge: self.estimate.expected(), basis: Basis::Estimated, result }
            }
            Outcome::Unknown { at_least } if self.kind == Kind::Text => {
                self.cut(error.partial_text().unwrap_or_default(), error.usage(), at_least)
            }
            Outcome::Unknown { at_least } => Next::Unknown { at_least, result },
            // An outcome that a later core adds: nobody knows.
            _ => Next::Unknown { at_least: Charge::ZERO, result },
        }
    }

    /// Enqueues what is known when the caller goes away.
    pub(super) fn abandon(&mut self, text: &str, usage: Option<Usage>) {
        // First, so that a policy that panics is not asked twice.
        let next = match std::mem::replace(&mut self.stage, Stage::Closed) {
            Stage::Closed => return,
            Stage::Admitting => Next::Released,
            Stage::Sent if self.kind == Kind::Text => self.cut(text, usage, Charge::ZERO),
            Stage::Sent => Next::Unknown { at_least: Charge::ZERO, result: None },
        };
        self.meter.ledger.enqueue(self.change(next));
    }

    pub(super) async fn advance(&mut self, next: Next) {
        self.stage = Stage::Closed;
        let advanced = self.meter.ledger.advance(self.change(next)).await;
        match advanced {
            Ok(Advanced::Done(entry)) => warn_if_over(&entry),
            Ok(_) => {
                tracing::warn!(operation = %self.id, "closed by someone else: what became of it here is not recorded");
            }
            Err(error) => tracing::warn!(operation = %self.id, %error, "not settled yet"),
        }
    }

    fn change(&self, next: Next) -> Change {
        Change::new(self.id.clone(), Some(self.ticket), next, self.meter.now())
    }

    /// What the policy makes of a text that was cut.
    fn cut(&self, text: &str, usage: Option<Usage>, at_least: Charge) -> Next {
        let known = Some(at_least).filter(|at_least| *at_least != Charge::ZERO);
        let delivered = self.delivered(text, usage).map(|charge| charge.max_by_pool(at_least)).or(known);
        let (expected, held) = (self.estimate.expected(), self.estimate.most());
        let cut = Cut { is_streamed: self.is_streamed, delivered, expected, held };
        match self.meter.decide(&cut) {
            CutDecision::Settle(charge) => Next::Settled { charge, basis: Basis::Estimated, result: None },
            CutDecision::Unresolved => Next::Unknown { at_least: delivered.unwrap_or_default(), result: None },
        }
    }

    /// What a text costs that was delivered so far: the input at its most or as reported, the output as reported, or by an
    /// estimate if that is more.
    fn delivered(&self, text: &str, usage: Option<Usage>) -> Option<Charge> {
        let input = usage.map_or_else(|| self.input_most(), |usage| usage.input_tokens);
        let reported = usage.map_or(Tokens::ZERO, |usage| usage.output_tokens);
        let output = reported.max(Tokens(estimate_tokens(text)));
        self.text_charge(&Usage::new(input, output))
    }

    fn text_charge(&self, usage: &Usage) -> Option<Charge> {
        text_charge(usage, self.estimate.multiplier?)
    }

    fn input_most(&self) -> Tokens {
        let input = self.estimate.input_tokens;
        input.high.or(input.expected).unwrap_or(input.low)
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        self.abandon("", None);
    }
}

fn warn_if_over(entry: &Entry) {
    if let (true, Some(charge), Some(held)) = (entry.is_over_hold(), entry.charge, entry.held) {
        tracing::warn!(operation = %entry.id, %charge, %held, "charged more than was held");
    }
}
