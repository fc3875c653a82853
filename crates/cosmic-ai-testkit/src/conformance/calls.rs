//! Rules for a call of any modality.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cosmic_ai_core::{
    Call, Error, ErrorKind, ImageResponse, Outcome, Progress, Registry, RequestRef, SpeechResponse, TextResponse,
    Usage, VideoResponse,
};
use cosmic_ai_pricing::Estimator;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::report::{Checks, Flaw, Verdict, ensure};

/// The names of the checks of one kind of call.
pub(super) struct Names {
    pub(super) json: &'static str,
    pub(super) problems: &'static str,
    pub(super) estimate: &'static str,
    pub(super) time_limit: &'static str,
    pub(super) progress: &'static str,
}

macro_rules! names {
    ($kind:literal) => {
        $crate::conformance::calls::Names {
            json: concat!($kind, "/answer-survives-json"),
            problems: concat!($kind, "/every-problem-is-told"),
            estimate: concat!($kind, "/charge-is-within-the-estimate"),
            time_limit: concat!($kind, "/a-time-limit-gives-a-timeout"),
            progress: concat!($kind, "/progress-is-in-order"),
        }
    };
}

pub(super) use names;

/// An answer of any modality.
pub(super) trait Answer: Serialize + DeserializeOwned + PartialEq + fmt::Debug {
    fn usage(&self) -> Option<&Usage>;
}

macro_rules! answers {
    ($($response:ident),*) => {$(
        impl Answer for $response {
            fn usage(&self) -> Option<&Usage> {
                self.usage.as_ref()
            }
        }
    )*};
}

answers!(TextResponse, ImageResponse, VideoResponse, SpeechResponse);

/// Checks calls with a valid request and with one that has several problems.
pub(super) async fn run<R, A, F>(
    checks: &mut Checks,
    names: Names,
    registry: &Registry,
    (valid, faulty): (R, R),
    generate: impl Fn(Call, R) -> F,
) where
    R: Clone,
    for<'r> &'r R: Into<RequestRef<'r>>,
    A: Answer,
    F: Future<Output = Result<A, Error>>,
{
    checks
        .run(names.json, async {
            let answer = generate(Call::new(), valid.clone()).await?;
            let text = serde_json::to_string(&answer).map_err(|error| format!("it cannot be written: {error}"))?;
            let read: A = serde_json::from_str(&text).map_err(|error| format!("it cannot be read: {error}: {text}"))?;
            ensure!(read == answer, "written was {answer:?}, read was {read:?}");
            Ok(())
        })
        .await;
    checks
        .run(names.problems, async {
            let Err(expected) = registry.check((&faulty).into()) else {
                return Err(Flaw::Skipped("the registry allows what is usually wrong".to_owned()));
            };
            let Err(error) = generate(Call::new(), faulty.clone()).await else {
                return Err(format!("a request was answered in spite of: {expected}").into());
            };
            let ErrorKind::Invalid(told) = error.kind() else {
                return Err(format!("the error is not `Invalid` but {error:?}").into());
            };
            let told: BTreeSet<&str> = told.problems.iter().map(|problem| &*problem.field).collect();
            let missed = expected.problems.iter().find(|problem| !told.contains(&*problem.field));
            ensure!(missed.is_none(), "told are the problems of {told:?}, not {missed:?}");
            Ok(())
        })
        .await;
    checks
        .run(names.estimate, async {
            let estimate = Estimator::new(registry).estimate(&valid).map_err(|error| error.to_string())?;
            let most = estimate.most().ok_or_else(|| Flaw::Skipped("the registry knows no bound".to_owned()))?;
            let answer = generate(Call::new(), valid.clone()).await?;
            let cost = registry.cost(&valid, answer.usage());
            let charge = cost.charge().ok_or_else(|| Flaw::Skipped("the charge is not known".to_owned()))?;
            let fits = charge.input <= most.input && charge.output <= most.output;
            ensure!(fits, "charged was {charge}, at most expected was {most}");
            Ok(())
        })
        .await;
    checks.run(names.time_limit, time_limit(generate(limited(), valid.clone()))).await;
    checks.run(names.progress, progress(|call| generate(call, valid.clone()))).await;
}

/// A call without any time.
fn limited() -> Call {
    Call::new().with_time_limit(Duration::ZERO)
}

/// It is answered all the same, as what takes no time may be, or it ends with a timeout that does not claim to be unbilled
/// after it was sent.
async fn time_limit<A>(call: impl Future<Output = Result<A, Error>>) -> Verdict {
    let Err(error) = call.await else { return Ok(()) };
    ensure!(matches!(error.kind(), ErrorKind::Timeout { .. }), "the error is not `Timeout` but {error:?}");
    let outcome = error.outcome();
    ensure!(outcome == Outcome::NotSent || outcome.is_unknown(), "the outcome of a timeout is {outcome:?}");
    ensure!(error.operation_id().is_some(), "the error names no operation");
    Ok(())
}

/// Attempts count up from 1, and nothing comes after the end.
async fn progress<A, F: Future<Output = Result<A, Error>>>(generate: impl Fn(Call) -> F) -> Verdict {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let watch = seen.clone();
    let call = Call::new().with_progress(move |progress: &Progress| {
        watch.lock().unwrap_or_else(PoisonError::into_inner).push(progress.clone());
    });
    generate(call).await?;
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    if seen.is_empty() {
        return Err(Flaw::Skipped("the backend reports no progress".to_owned()));
    }
    let mut attempts = 0;
    for (place, progress) in seen.iter().enumerate() {
        match progress {
            Progress::Sending { attempt } => {
                attempts += 1;
                ensure!(*attempt == attempts, "attempt {attempts} is reported as {attempt}: {seen:?}");
            }
            Progress::Done { .. } => ensure!(place + 1 == seen.len(), "after its end came more: {seen:?}"),
            _ => {}
        }
    }
    Ok(())
}
