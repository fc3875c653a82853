//! One job: recorded as sent, sent, recorded as ended. What may have been sent before is looked up instead.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cosmic_ai::pricing::ledger::{Change, Entry, LedgerError, Next, State as Entered};
use cosmic_ai::pricing::{Estimator, Verdict};
use cosmic_ai::{Call, Charge, Client, Media, OperationId, Reconciled, Registry, Request, Search, Usage};
use serde_json::{Value, json};

use super::jobs::Job;
use super::results::{Results, State};
use crate::commands::medium;
use crate::failure::{Failure, code, code_of, error_body};
use crate::session::{LABEL, charge_json, charged};

/// Sends the jobs of a run.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    pub(super) client: Client,
    pub(super) results: Arc<Results>,
    pub(super) limit: Option<Duration>,
}

/// What became of a job.
#[derive(Debug)]
pub(super) enum Ended {
    Done(Option<Charge>),
    Failed { is_unknown: bool, code: u8 },
}

/// What an answer holds, whatever was asked for.
struct Answer {
    shown: Value,
    usage: Option<Usage>,
}

impl Sender {
    /// Sends a job, unless it was begun before and may have been billed.
    pub(super) async fn send(&self, job: &Job, was_begun: bool) -> Ended {
        let ended = |failure: &Failure, is_unknown| Ended::Failed { is_unknown, code: failure.exit_code() };
        if was_begun {
            match self.look_up(job).await {
                Ok(Some(done)) => return done,
                Ok(None) => {}
                Err(failure) => return ended(&failure, true),
            }
        }
        // Before anything leaves: a crash between here and the end finds the job begun.
        if let Err(failure) = self.results.record(job, State::Sent, Value::Null).await {
            return ended(&failure, false);
        }
        // What was sent and cannot be recorded is looked up by the run that goes on.
        self.pay(job).await.unwrap_or_else(|failure| ended(&failure, true))
    }

    async fn pay(&self, job: &Job) -> Result<Ended, Failure> {
        let id = self.results.operation(job);
        match self.ask(job, id.clone()).await {
            Ok(answer) => {
                let charge = charged(&self.client, &id, &job.request, answer.usage.as_ref()).await;
                self.done(job, answer, charge).await
            }
            Err(error) => {
                let is_unknown = error.outcome().may_be_billed();
                let state = if is_unknown { State::Unknown } else { State::Failed };
                self.results.record(job, state, json!({ "error": error_body(&error) })).await?;
                Ok(Ended::Failed { is_unknown, code: code_of(&error) })
            }
        }
    }

    async fn ask(&self, job: &Job, id: OperationId) -> Result<Answer, cosmic_ai::Error> {
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

    async fn done(&self, job: &Job, answer: Answer, charge: Option<Charge>) -> Result<Ended, Failure> {
        // It was priced before it was sent, so it has an estimate.
        let estimate = Estimator::new(Registry::built_in()).estimate(&job.request).ok();
        let mut more = answer.shown;
        if let Some(fields) = more.as_object_mut() {
            fields.insert("usage".to_owned(), json!(answer.usage));
            fields.insert("charge".to_owned(), charge_json(charge));
            fields.insert("estimate".to_owned(), json!(estimate));
        }
        self.results.record(job, State::Done, more).await?;
        Ok(Ended::Done(charge))
    }

    /// A job that was begun by a run that ended: what the ledger knows of it, and the library. `None` if it was never sent.
    async fn look_up(&self, job: &Job) -> Result<Option<Ended>, Failure> {
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
        match &entry {
            // The ledger is written before anything leaves: what it does not know was never sent, if it is the same ledger.
            None if self.results.ledger_is_same => return Ok(None),
            Some(entry) if matches!(entry.state, Entered::Released | Entered::Reserved) => return Ok(None),
            _ => {}
        }
        if !matches!(job.request, Request::Text(_))
            && let Ok(Reconciled::Found(media)) = self.client.reconcile(&Search::of(id.clone())).await
        {
            return self.found(job, *media, entry.as_ref()).await.map(Some);
        }
        let charge = entry.as_ref().and_then(|entry| entry.charge);
        let message =
            "it was sent by an earlier run and may have been billed; its result is not known, and it is not sent again";
        let more = json!({ "error": { "kind": "operation", "message": message, "outcome": "unknown", "operation_id": id }, "charge": charge_json(charge) });
        self.results.record(job, State::Unknown, more).await?;
        Ok(Some(Ended::Failed { is_unknown: true, code: code::UNKNOWN }))
    }

    /// A medium that an earlier run had paid for.
    async fn found(&self, job: &Job, media: Media, entry: Option<&Entry>) -> Result<Ended, Failure> {
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
