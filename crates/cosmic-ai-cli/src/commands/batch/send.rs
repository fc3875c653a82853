//! One job: recorded as sent, sent, recorded as ended. What may have been sent before is looked up instead.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cosmic_ai::pricing::ledger::{Change, Entry, LedgerError, Next, State as Entered};
use cosmic_ai::pricing::{Estimator, Verdict};
use cosmic_ai::{
    Call, Charge, Client, Error, ErrorKind, Media, OperationId, Outcome, Reconciled, Registry, Request, Search, Usage,
};
use serde_json::{Value, json};

use super::earlier::{Left, State};
use super::jobs::Job;
use super::mark;
use super::results::Results;
use crate::commands::medium;
use crate::failure::{Failure, code, code_of, error_body};
use crate::session::{LABEL, charge_json, charged};

/// Sends the jobs of a run.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    pub(super) client: Client,
    pub(super) results: Arc<Results>,
    pub(super) limit: Option<Duration>,
    /// What the ledger holds, so that it is known again.
    pub(super) mark: Option<OperationId>,
}

/// What became of a job.
#[derive(Debug)]
pub(super) enum Ended {
    Done(Option<Charge>),
    Failed {
        is_unknown: bool,
        code: u8,
    },
    /// Refused for a reason that holds for every other line too: nothing was billed.
    AllRefused {
        code: u8,
        reason: String,
    },
    /// Charged by what had come of it when it was dropped; its answer is lost.
    Cut(Option<Charge>),
    /// Begun by an earlier run, and nothing could be found out about it now: it stays begun.
    StaysBegun(Failure),
    /// What became of it could not be recorded.
    Unrecorded {
        failure: Failure,
        may_be_billed: bool,
        charge: Option<Charge>,
    },
}

/// What an answer holds, whatever was asked for.
struct Answer {
    shown: Value,
    usage: Option<Usage>,
}

impl Sender {
    /// Sends a job, unless it was begun before and may have been billed.
    pub(super) async fn send(&self, job: &Job, left: Left) -> Ended {
        let known = match left {
            Left::All => Ok(None),
            Left::Begun { mark } => self.look_up(job, mark.as_ref()).await,
            Left::Unknown => self.look_again(job).await.map(Some),
        };
        match known {
            Ok(Some(ended)) => return ended,
            Ok(None) => {}
            Err(failure) => return Ended::StaysBegun(failure),
        }
        // Before anything leaves: a crash between here and the end finds the job begun.
        let sent = self.results.record(job, State::Sent, json!({ "ledger_mark": self.mark })).await;
        if let Err(failure) = sent {
            return Ended::Unrecorded { failure, may_be_billed: false, charge: None };
        }
        self.pay(job).await
    }

    async fn pay(&self, job: &Job) -> Ended {
        let id = self.results.operation(job);
        match self.ask(job, id.clone()).await {
            Ok(answer) => {
                let charge = charged(&self.client, &id, &job.request, answer.usage.as_ref()).await;
                self.done(job, answer, charge).await
            }
            Err(error) => {
                let is_unknown = error.outcome().may_be_billed();
                let state = if is_unknown { State::Unknown } else { State::Failed };
                let code = code_of(&error);
                // Keys and the account are the same for every line. A local budget may have room for another one.
                let is_of_all = matches!(error.kind(), ErrorKind::Credentials(_) | ErrorKind::TokensUsedUp(_));
                let ended = if is_of_all && !is_unknown {
                    Ended::AllRefused { code, reason: error.to_string() }
                } else {
                    Ended::Failed { is_unknown, code }
                };
                self.end(job, state, json!({ "error": error_body(&error) }), ended).await
            }
        }
    }

    /// Records how a job ended.
    async fn end(&self, job: &Job, state: State, more: Value, ended: Ended) -> Ended {
        match self.results.record(job, state, more).await {
            Ok(()) => ended,
            // The run that goes on looks it up.
            Err(failure) => {
                let charge = if let Ended::Done(charge) = ended { charge } else { None };
                Ended::Unrecorded { failure, may_be_billed: state != State::Failed, charge }
            }
        }
    }

    async fn ask(&self, job: &Job, id: OperationId) -> Result<Answer, Error> {
        let mut call = Call::of(id);
        if let Some(label) = &job.label {
            call = call.with_label(LABEL, label);
        }
        if let Some(limit) = self.limit {
            call = call.with_time_limit(limit);
        }
        match &job.request {
            Request::Text(request) => {
                let answer = self.client.with(call).generate_text(request).await?;
                Ok(Answer { shown: json!({ "text": answer.text, "model": answer.model }), usage: answer.usage })
            }
            request => {
                let (media, usage) = medium::generate(&self.client, call, request).await?;
                Ok(Answer { shown: json!({ "media": media }), usage })
            }
        }
    }

    async fn done(&self, job: &Job, answer: Answer, charge: Option<Charge>) -> Ended {
        // It was priced before it was sent, so it has an estimate.
        let estimate = Estimator::new(Registry::built_in()).estimate(&job.request).ok();
        let mut more = answer.shown;
        if let Some(fields) = more.as_object_mut() {
            fields.insert("usage".to_owned(), json!(answer.usage));
            fields.insert("charge".to_owned(), charge_json(charge));
            fields.insert("estimate".to_owned(), json!(estimate));
        }
        self.end(job, State::Done, more, Ended::Done(charge)).await
    }

    /// A job that was begun by a run that ended: what the ledger knows of it, and the library. `None` if it was never sent.
    ///
    /// # Errors
    /// When one of them cannot be asked. Then nothing is known yet, and nothing is recorded.
    async fn look_up(&self, job: &Job, mark: Option<&OperationId>) -> Result<Option<Ended>, Failure> {
        let id = self.results.operation(job);
        let Some(meter) = self.client.meter() else { return Ok(None) };
        let failed = |error: LedgerError| Failure::Call(error.into());
        let mut entry = meter.ledger().entry(&id).await.map_err(failed)?;
        if let Some(known) = entry.as_ref().filter(|entry| entry.state == Entered::Sent) {
            // Its deadline would say so in an hour; nobody else has the file, so it is over now.
            let next = Next::Unknown { at_least: Charge::ZERO, result: None };
            let change = Change::new(id.clone(), Some(known.ticket), next, SystemTime::now());
            meter.ledger().advance(change).await.map_err(failed)?;
            entry = meter.ledger().entry(&id).await.map_err(failed)?;
        }
        if !matches!(job.request, Request::Text(_)) {
            match self.client.reconcile(&Search::of(id.clone())).await? {
                Reconciled::Found(media) => return Ok(Some(self.found(job, *media, entry.as_ref()).await)),
                Reconciled::NotFound => {}
                // Nothing but the id was searched for, so this is a library that does not know how to search for it.
                _ => {
                    let message = format!("the media library does not tell whether it has operation {id}");
                    return Err(Error::new(ErrorKind::Backend { message }, Outcome::UNKNOWN).into());
                }
            }
        }
        // The ledger is written before anything leaves: what it does not know was never sent, if it is the same ledger.
        let is_unsent = entry.as_ref().is_none_or(|entry| matches!(entry.state, Entered::Released | Entered::Reserved));
        if is_unsent
            && let Some(mark) = mark
            && mark::is_in(meter, mark).await?
        {
            return Ok(None);
        }
        let charge = entry.as_ref().and_then(|entry| entry.charge);
        let message =
            "it was sent by an earlier run and may have been billed; its result is not known, and it is not sent again";
        let more = json!({ "error": { "kind": "operation", "message": message, "outcome": "unknown", "operation_id": id }, "charge": charge_json(charge) });
        let ended = Ended::Failed { is_unknown: true, code: code::UNKNOWN };
        Ok(Some(self.end(job, State::Unknown, more, ended).await))
    }

    /// A job of unknown outcome: what it made may have come to the library since. If not, it stays as it is.
    ///
    /// # Errors
    /// When library or ledger cannot be asked.
    async fn look_again(&self, job: &Job) -> Result<Ended, Failure> {
        let id = self.results.operation(job);
        let Reconciled::Found(media) = self.client.reconcile(&Search::of(id.clone())).await? else {
            return Ok(Ended::Failed { is_unknown: true, code: code::UNKNOWN });
        };
        let entry = match self.client.meter() {
            Some(meter) => meter.ledger().entry(&id).await.map_err(|error| Failure::Call(error.into()))?,
            None => None,
        };
        Ok(self.found(job, *media, entry.as_ref()).await)
    }

    /// A medium that an earlier run had paid for.
    async fn found(&self, job: &Job, media: Media, entry: Option<&Entry>) -> Ended {
        let known = entry.and_then(|entry| entry.charge);
        let charge = match (known, self.client.meter(), entry) {
            (None, Some(meter), Some(entry)) => {
                let closed = meter.resolve(&entry.id, Verdict::Made(Box::new(media.clone()))).await;
                closed.map_or(entry.expected, |closed| closed.charge)
            }
            (known, ..) => known,
        };
        self.done(job, Answer { shown: json!({ "media": media, "found": true }), usage: None }, charge).await
    }
}
