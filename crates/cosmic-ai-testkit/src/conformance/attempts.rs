//! Calls that must fail before anything is sent.

use cosmic_ai_core::{Call, Error, ErrorKind, Outcome};

use super::report::{Verdict, ensure};

/// What a backend made of an invalid request.
#[derive(Debug)]
pub(super) struct Attempt {
    /// What is wrong with the request.
    pub(super) what: &'static str,
    pub(super) call: Call,
    /// `None` where it was answered.
    pub(super) error: Option<Error>,
}

/// Each was refused as invalid, before it was sent.
pub(super) fn were_not_sent(attempts: &[Attempt]) -> Verdict {
    for Attempt { what, error, .. } in attempts {
        let Some(error) = error else {
            return Err(format!("a request with {what} was answered").into());
        };
        ensure!(matches!(error.kind(), ErrorKind::Invalid(_)), "a request with {what} is not `Invalid` but {error:?}");
        let outcome = error.outcome();
        ensure!(outcome == Outcome::NotSent, "the outcome of a request with {what} is {outcome:?}, not `NotSent`");
    }
    Ok(())
}

/// Each error names its operation.
pub(super) fn name_their_operation(attempts: &[Attempt]) -> Verdict {
    for Attempt { what, call, error } in attempts {
        if let Some(error) = error {
            let (named, id) = (error.operation_id(), call.operation_id());
            ensure!(named == Some(id), "the error of a request with {what} names operation {named:?}, not {id}");
        }
    }
    Ok(())
}
