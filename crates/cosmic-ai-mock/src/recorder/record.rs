//! The record of one call while it is under way.

use cosmic_ai_core::{Charge, Error, MediaId, RequestRef};

use super::{CallState, Recorder};
use crate::account::Account;

/// The record of a call under way. Dropped before it is settled, the call was cancelled.
#[derive(Debug)]
pub(crate) struct Record {
    recorder: Recorder,
    number: u64,
    is_streamed: bool,
    account: Option<Account>,
    /// What the account holds for the call.
    held: Charge,
    is_settled: bool,
}

impl Record {
    pub(super) const fn new(recorder: Recorder, number: u64, is_streamed: bool, account: Option<Account>) -> Self {
        Self { recorder, number, is_streamed, account, held: Charge::ZERO, is_settled: false }
    }

    /// Whether the call is for a stream.
    pub(crate) const fn is_streamed(&self) -> bool {
        self.is_streamed
    }

    /// The request turned out to have another form.
    pub(crate) fn canonical(&self, request: RequestRef<'_>) {
        self.recorder.write(self.number, |call, _| call.request = request.to_owned());
    }

    /// The account holds the price of the call.
    pub(crate) fn hold(&mut self, held: Charge) {
        self.held = held;
    }

    /// The call is billed; `None` where the price is unknown.
    pub(crate) fn bill(&mut self, charge: Option<Charge>) {
        self.release(charge.unwrap_or_default());
        self.recorder.write(self.number, |call, _| call.charge = charge);
    }

    /// A medium was made.
    pub(crate) fn media(&self, id: &MediaId) {
        self.recorder.write(self.number, |call, _| call.media_id = Some(id.clone()));
    }

    /// So much of a text was given and no more.
    pub(crate) fn text(&self, text: &str) {
        self.recorder.write(self.number, |call, _| call.text = Some(text.to_owned()));
    }

    /// The call is over, with an answer or an error.
    pub(crate) fn settle(&mut self, error: Option<&Error>) {
        let state = error.map_or(CallState::Answered, |error| CallState::Failed {
            kind: error.kind().clone(),
            outcome: error.outcome(),
            status: error.status(),
        });
        self.end(state);
    }

    fn end(&mut self, state: CallState) {
        if self.is_settled {
            return;
        }
        self.is_settled = true;
        self.release(Charge::ZERO);
        self.recorder.write(self.number, |call, now| {
            call.took = Some(now.saturating_sub(call.started_at));
            call.state = state;
        });
    }

    /// Deducts a charge in place of what the account holds.
    fn release(&mut self, charge: Charge) {
        let held = std::mem::take(&mut self.held);
        if let Some(account) = &self.account {
            account.settle(held, charge);
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.end(CallState::Cancelled);
    }
}
