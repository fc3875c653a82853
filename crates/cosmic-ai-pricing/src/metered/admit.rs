//! Entering a call in the ledger: what is held, under which limits, and what is made of an id that was used before.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use cosmic_ai_core::{Asked, Call, Error, ErrorKind, OperationConflict, Outcome, RequestRef};
use serde::Serialize;

use super::answer::{Answer, recorded_media_id};
use super::meter::Meter;
use super::operation::{Operation, Stage};
use crate::clock::millis;
use crate::estimate::Estimate;
use crate::ledger::{self, Admitted, BodyHash, Entry, Kind, Limit, State};

/// How often refusals may have the ledger look for what is lost, in milliseconds.
const LOOK_EVERY: i64 = 1_000;

/// What may be done about a call.
pub(super) enum Admission<A> {
    /// It is entered and held: send it.
    Sent(Box<Operation>),
    /// It was done before: this came of it.
    Recorded(A),
}

impl Meter {
    /// Enters a call as sent, if its budgets admit it.
    pub(super) async fn admit<'r, R, A>(self: &Arc<Self>, call: &Call, request: &'r R) -> Result<Admission<A>, Error>
    where
        R: Serialize + Sync,
        &'r R: Into<RequestRef<'r>>,
        A: Answer,
    {
        let with_id = |error: Error| error.with_operation_id(call.operation_id());
        let estimate = self.estimator().estimate(request).map_err(|problems| with_id(Error::invalid(problems)))?;
        let body = serde_json::to_vec(request).map_err(|error| with_id(unserialisable(&error)))?;
        let kind = Kind::from(request.into());
        let entry = self.entry(call, kind, BodyHash::of(kind, &body), &estimate);
        let mut operation = Operation {
            meter: self.clone(),
            id: entry.id.clone(),
            ticket: entry.ticket,
            kind,
            estimate,
            is_streamed: false,
            stage: Stage::Admitting,
        };
        match self.enter(entry, request.into(), &operation.estimate).await.map_err(with_id)? {
            None => {
                operation.stage = Stage::Sent;
                Ok(Admission::Sent(Box::new(operation)))
            }
            Some(known) => {
                operation.stage = Stage::Closed;
                self.repeated(&known, BodyHash::of(kind, &body)).map(Admission::Recorded).map_err(with_id)
            }
        }
    }

    /// The row of a call that is about to be sent.
    fn entry(&self, call: &Call, kind: Kind, body: BodyHash, estimate: &Estimate) -> Entry {
        let now = self.now();
        let mut entry = Entry::new(call.operation_id().clone(), kind, body);
        entry.parent = call.parent().cloned();
        entry.model = Some(estimate.model.clone());
        entry.labels = self.labels(call).into();
        (entry.held, entry.expected) = (estimate.most(), estimate.expected());
        (entry.at, entry.deadline) = (now, self.deadline(now, call.time_limit()));
        entry.ticket = fastrand::i64(0..);
        entry
    }

    /// Enters a row under the budgets that count it. What was there already under its id, if anything was.
    async fn enter(
        &self,
        entry: Entry,
        request: RequestRef<'_>,
        estimate: &Estimate,
    ) -> Result<Option<Box<Entry>>, Error> {
        let limits = self.limits(&entry.labels, entry.at);
        let held = entry.held;
        if let (None, Some(strict)) = (held, limits.strict()) {
            let asked = if estimate.has_known_price() { Asked::Unbounded } else { Asked::Unpriced };
            return Err(self.refuse_unbounded(&limits, strict, asked, request).await);
        }
        match self.try_twice(entry, &limits.limits).await? {
            Admitted::Known(known) => Ok(Some(known)),
            Admitted::Refused(refusal) => Err(self.refuse(&limits, &refusal, None, held, request)),
            Admitted::New => Ok(None),
        }
    }

    /// Asks again if the first refusal was for a reservation that is lost: what is past its deadline holds nothing back.
    pub(crate) async fn try_twice(&self, entry: Entry, limits: &[Limit]) -> Result<Admitted, Error> {
        if limits.is_empty() {
            return Ok(self.ledger.admit(ledger::Admission::new(entry, Vec::new())).await?);
        }
        let now = entry.at;
        let admission = |entry| ledger::Admission::new(entry, limits.to_vec());
        match self.ledger.admit(admission(entry.clone())).await? {
            refused @ Admitted::Refused(_) => {
                if !self.may_look(now) || self.ledger.expire(now).await?.released == 0 {
                    return Ok(refused);
                }
                Ok(self.ledger.admit(admission(entry)).await?)
            }
            admitted => Ok(admitted),
        }
    }

    /// Whether a refusal may have the ledger look for what is lost: once a second, for refusals come in crowds.
    fn may_look(&self, now: SystemTime) -> bool {
        let now = millis(now);
        let before = self.looked_at.load(Ordering::Relaxed);
        let is_due = now.saturating_sub(before) >= LOOK_EVERY || now < before;
        is_due && self.looked_at.compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// What is made of an operation id that is in the ledger already.
    fn repeated<A: Answer>(&self, known: &Entry, body: BodyHash) -> Result<A, Error> {
        let conflict = |conflict| Error::new(ErrorKind::Operation(conflict), Outcome::NotSent);
        if known.body != body {
            return Err(conflict(OperationConflict::OtherRequest));
        }
        let medium = known.result.as_ref().and_then(recorded_media_id);
        let with_medium = |error: Error| match medium {
            Some(id) => error.with_media_id(id),
            None => error,
        };
        let is_overdue = known.deadline < self.now();
        match known.state {
            State::Settled => known
                .result
                .as_ref()
                .and_then(|result| A::deserialize(result).ok())
                .ok_or_else(|| with_medium(conflict(OperationConflict::Done { charge: known.charge }))),
            State::Unknown => Err(with_medium(conflict(OperationConflict::Unresolved))),
            State::Sent if is_overdue => Err(conflict(OperationConflict::Unresolved)),
            _ => Err(conflict(OperationConflict::InFlight)),
        }
    }
}

fn unserialisable(error: &serde_json::Error) -> Error {
    Error::new(ErrorKind::Backend { message: format!("the request is no JSON: {error}") }, Outcome::NotSent)
}
