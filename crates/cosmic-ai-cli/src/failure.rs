//! How a command fails: the exit code, the line in words, the line of JSON.

use std::fmt;

use cosmic_ai::{Charge, Error, ErrorKind, InvalidRequest, MediaId, OperationConflict, OperationId, Outcome, Problem};
use serde_json::{Value, json};

/// A command that did not do what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The library's error, which says whether anything was sent and billed.
    Call(Error),
    /// A flag that does not go with another, or a command that lacks something.
    Usage(String),
    /// A file that could not be stored before a paid call, which was not sent then.
    Upload {
        /// Why it could not be stored.
        error: Error,
        /// Which file, and what was stored before it.
        message: String,
    },
    /// A question that was answered with no.
    Declined,
    /// Ctrl-C, with what is known of what was under way.
    Interrupted {
        /// What may have been billed.
        message: String,
        outcome: Outcome,
        operation: Option<OperationId>,
    },
    /// So many checks of `doctor` failed, which has shown them.
    Checks(usize),
    /// Several calls of a batch failed: the code of the first. What failed stands in the results.
    Batch { code: u8, message: String, outcome: Outcome },
}

/// Exit codes, as documented.
pub(crate) mod code {
    pub(crate) const LOCAL: u8 = 1;
    pub(crate) const USAGE: u8 = 2;
    pub(crate) const INVALID: u8 = 3;
    pub(crate) const CREDENTIALS: u8 = 4;
    pub(crate) const BUDGET: u8 = 5;
    pub(crate) const RATE: u8 = 6;
    pub(crate) const NETWORK: u8 = 7;
    pub(crate) const SERVER: u8 = 8;
    pub(crate) const POLICY: u8 = 9;
    pub(crate) const UNKNOWN: u8 = 10;
    pub(crate) const INTERRUPTED: u8 = 130;
}

impl Failure {
    /// A setting that is missing or wrong.
    pub(crate) fn settings(message: impl Into<String>) -> Self {
        Self::Call(Error::new(ErrorKind::Configuration { message: message.into() }, Outcome::NotSent))
    }

    /// One wrong value.
    pub(crate) fn invalid(problem: Problem) -> Self {
        Self::Call(Error::invalid(InvalidRequest::new(vec![problem])))
    }

    /// A file of this machine, before anything was sent.
    pub(crate) fn file(path: impl fmt::Display, message: &str, source: std::io::Error) -> Self {
        Self::Call(file_error(path, message, source, Outcome::NotSent))
    }

    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Call(error) | Self::Upload { error, .. } => code_of(error),
            Self::Usage(_) => code::USAGE,
            Self::Declined | Self::Interrupted { .. } => code::INTERRUPTED,
            Self::Checks(_) => code::LOCAL,
            Self::Batch { code, .. } => *code,
        }
    }

    /// The line of JSON, always with the same keys.
    pub(crate) fn json(&self) -> Value {
        let plain = |kind: &str, message: &str, outcome: Outcome| {
            let mut body = error_body(&Error::new(ErrorKind::Backend { message: message.to_owned() }, outcome));
            if let Some(fields) = body.as_object_mut() {
                fields.insert("kind".to_owned(), kind.into());
            }
            body
        };
        let body = match self {
            Self::Call(error) => error_body(error),
            Self::Upload { error, message } => {
                let mut body = error_body(error);
                if let Some(fields) = body.as_object_mut() {
                    fields.insert("message".to_owned(), message.as_str().into());
                }
                body
            }
            Self::Usage(message) => plain("usage", message, Outcome::NotSent),
            Self::Checks(_) => plain("checks", &self.to_string(), Outcome::Refused),
            Self::Declined => plain("declined", &self.to_string(), Outcome::NotSent),
            Self::Interrupted { message, outcome, operation } => {
                let mut body = plain("interrupted", message, *outcome);
                if let (Some(fields), Some(id)) = (body.as_object_mut(), operation) {
                    fields.insert("operation_id".to_owned(), id.as_str().into());
                }
                body
            }
            Self::Batch { message, outcome, .. } => plain("batch", message, *outcome),
        };
        json!({ "error": body })
    }

    /// The same, of an operation: it is told where the failure itself knows none.
    pub(crate) fn of(self, operation: &OperationId) -> Self {
        match self {
            Self::Call(error) if error.operation_id().is_none() => Self::Call(error.with_operation_id(operation)),
            Self::Upload { error, message } => Self::Upload { error: error.with_operation_id(operation), message },
            other => other,
        }
    }

    /// What to do about it, line by line, where there is something to be said beyond the error itself.
    pub(crate) fn advice(&self) -> Vec<String> {
        let Self::Call(error) = self else { return Vec::new() };
        let mut lines = Vec::new();
        if error.outcome().may_be_billed() {
            lines.push(format!("outcome: {}", error.outcome()));
        }
        if let (true, Some(id)) = (error.outcome().is_unknown(), error.operation_id()) {
            lines.push(format!(
                "operation {id}: look for it with `cosmic-ai unresolved find` before sending it again, or settle it by your word: `cosmic-ai unresolved resolve {id} --not-billed` (or --charged TOKENS); a text leaves nothing to find, and `cosmic-ai usage` counts what had come of it, or all that was held (estimated)"
            ));
        }
        // Of one that was paid for the message says it.
        if let Some(id) = error.media_id().filter(|_| !is_billed(error)) {
            lines.push(format!("the medium is in the library: cosmic-ai media get {id} -o FILE"));
        }
        if let Some(after) = error.retry_after() {
            lines.push(format!("the service asks to wait for {} s", after.as_secs_f64().ceil()));
        }
        lines
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(error) => f.write_str(&message_of(error)),
            Self::Usage(message)
            | Self::Upload { message, .. }
            | Self::Interrupted { message, .. }
            | Self::Batch { message, .. } => f.write_str(message),
            Self::Checks(failed) => write!(f, "{failed} of the checks failed: see `no` above"),
            Self::Declined => f.write_str("called off: nothing was sent"),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl From<InvalidRequest> for Failure {
    fn from(problems: InvalidRequest) -> Self {
        Self::Call(Error::invalid(problems))
    }
}

/// A file that could not be read or written, whatever had become of the call by then.
pub(crate) fn file_error(path: impl fmt::Display, message: &str, source: std::io::Error, outcome: Outcome) -> Error {
    let kind = ErrorKind::File { path: path.to_string(), message: message.to_owned() };
    Error::new(kind, outcome).with_source(source)
}

/// The exit code of an error, by its kind; by its outcome where the kind says nothing more exact.
///
/// What was paid for has no code on which a script would correct its request or its settings and send it again: whatever the service
/// said of the bytes, that is its failure.
pub(crate) fn code_of(error: &Error) -> u8 {
    match code_of_kind(error) {
        code::INVALID | code::CREDENTIALS | code::BUDGET | code::RATE | code::POLICY if is_billed(error) => {
            code::SERVER
        }
        code => code,
    }
}

fn code_of_kind(error: &Error) -> u8 {
    match error.kind() {
        ErrorKind::Invalid(_)
        | ErrorKind::Unsupported(_)
        | ErrorKind::Overlay(_)
        | ErrorKind::NotFound(_)
        | ErrorKind::Refused(_)
        | ErrorKind::Operation(OperationConflict::Done { .. } | OperationConflict::OtherRequest) => code::INVALID,
        ErrorKind::Configuration { .. } | ErrorKind::Credentials(_) => code::CREDENTIALS,
        ErrorKind::Budget(_) | ErrorKind::TokensUsedUp(_) => code::BUDGET,
        ErrorKind::RateLimited(_) => code::RATE,
        ErrorKind::Connect { .. } | ErrorKind::Timeout { .. } | ErrorKind::Interrupted { .. } => code::NETWORK,
        ErrorKind::Server(_) | ErrorKind::Decode { .. } => code::SERVER,
        ErrorKind::ContentPolicy(_) => code::POLICY,
        ErrorKind::Operation(_) => code::UNKNOWN,
        _ if error.outcome().is_unknown() => code::UNKNOWN,
        _ => code::LOCAL,
    }
}

/// What an error says, in JSON.
pub(crate) fn error_body(error: &Error) -> Value {
    json!({
        "kind": kind_of(error.kind()),
        "message": message_of(error),
        "status": error.status(),
        "outcome": error.outcome().name(),
        "retryable": error.is_resendable(),
        "retry_after_ms": error.retry_after().map(|pause| u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)),
        "partial_text": error.partial_text(),
        "operation_id": error.operation_id(),
    })
}

/// The message of an error and of those beneath it; of a medium that was paid for, also where it is and what it was charged.
pub(crate) fn message_of(error: &Error) -> String {
    let mut message = error.to_string();
    let mut beneath = std::error::Error::source(error);
    while let Some(source) = beneath {
        message = format!("{message}: {source}");
        beneath = source.source();
    }
    match (error.media_id(), error.outcome()) {
        (Some(id), Outcome::Billed { charge }) => {
            format!("{message}; the medium was made, {}", whereabouts(id, charge))
        }
        _ => message,
    }
}

/// What a medium that was paid for was charged, and where it is.
pub(crate) fn whereabouts(id: &MediaId, charge: Option<Charge>) -> String {
    let charge = charge.map_or_else(|| "charge unknown".to_owned(), |charge| format!("charged {charge}"));
    format!("{charge}, and is in the library: cosmic-ai media get {id} -o FILE")
}

fn is_billed(error: &Error) -> bool {
    matches!(error.outcome(), Outcome::Billed { .. })
}

/// The kind by its own name, but for one: `interrupted` is what the person at the terminal did.
const fn kind_of(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Interrupted { .. } => "cut",
        kind => kind.name(),
    }
}

#[cfg(test)]
mod tests {
    use cosmic_ai::{BudgetRefusal, Rejection, TokensUsedUp};

    use super::*;

    #[test]
    fn every_kind_has_its_exit_code() {
        let said = || Rejection::new("no");
        let message = || "what".to_owned();
        let invalid = InvalidRequest::new(vec![Problem::new("size", "is wrong")]);
        let refusal = BudgetRefusal::new(
            "a month",
            cosmic_ai::Pool::Total,
            cosmic_ai::Asked::Unbounded,
            cosmic_ai::Amount::Tokens(cosmic_ai::Tokens(1)),
        );
        let check = |kind: ErrorKind, outcome: Outcome, code: u8| {
            let shown = format!("{kind:?}");
            assert_eq!(Failure::Call(Error::new(kind, outcome)).exit_code(), code, "{shown}");
        };
        check(ErrorKind::Invalid(invalid), Outcome::NotSent, 3);
        check(ErrorKind::NotFound(said()), Outcome::Refused, 3);
        check(ErrorKind::Refused(said()), Outcome::Refused, 3);
        check(ErrorKind::Operation(OperationConflict::Done { charge: None }), Outcome::NotSent, 3);
        check(ErrorKind::Operation(OperationConflict::Unresolved), Outcome::NotSent, 10);
        check(ErrorKind::Configuration { message: message() }, Outcome::NotSent, 4);
        check(ErrorKind::Credentials(said()), Outcome::Refused, 4);
        check(ErrorKind::Budget(refusal), Outcome::NotSent, 5);
        check(ErrorKind::TokensUsedUp(TokensUsedUp::new(said())), Outcome::Refused, 5);
        check(ErrorKind::RateLimited(said()), Outcome::Refused, 6);
        check(ErrorKind::Connect { message: message() }, Outcome::NotSent, 7);
        check(ErrorKind::Interrupted { message: message() }, Outcome::UNKNOWN, 7);
        check(ErrorKind::Server(said()), Outcome::UNKNOWN, 8);
        check(ErrorKind::Decode { message: message() }, Outcome::UNKNOWN, 8);
        check(ErrorKind::ContentPolicy(said()), Outcome::Refused, 9);
        check(ErrorKind::Backend { message: message() }, Outcome::UNKNOWN, 10);
        check(ErrorKind::Backend { message: message() }, Outcome::NotSent, 1);
        check(ErrorKind::Ledger { message: message() }, Outcome::NotSent, 1);
        check(ErrorKind::File { path: message(), message: message() }, Outcome::NotSent, 1);
    }

    #[test]
    fn what_was_paid_for_has_no_code_to_send_it_again() {
        let said = || Rejection::new("no");
        let message = || "what".to_owned();
        let check = |kind: ErrorKind, code: u8| {
            let failure = Failure::Call(Error::new(kind, Outcome::Billed { charge: None }));
            assert_eq!(
                (failure.exit_code(), &failure.json()["error"]["retryable"]),
                (code, &false.into()),
                "{failure}"
            );
        };
        check(ErrorKind::NotFound(said()), 8);
        check(ErrorKind::Refused(said()), 8);
        check(ErrorKind::Credentials(said()), 8);
        check(ErrorKind::Configuration { message: message() }, 8);
        check(ErrorKind::TokensUsedUp(TokensUsedUp::new(said())), 8);
        check(ErrorKind::RateLimited(said()), 8);
        check(ErrorKind::ContentPolicy(said()), 8);
        check(ErrorKind::Server(said()), 8);
        check(ErrorKind::Connect { message: message() }, 7);
        check(ErrorKind::Interrupted { message: message() }, 7);
        check(ErrorKind::File { path: message(), message: message() }, 1);
    }

    #[test]
    fn the_line_of_json_has_always_the_same_keys() {
        let failures = [
            Failure::Usage("which?".to_owned()),
            Failure::Declined,
            Failure::settings("no key"),
            Failure::Interrupted { message: "cut".to_owned(), outcome: Outcome::UNKNOWN, operation: None },
            Failure::Upload {
                error: Error::new(ErrorKind::Server(Rejection::new("no")), Outcome::UNKNOWN),
                message: "uploading".to_owned(),
            },
        ];
        for failure in failures {
            let line = failure.json();
            let keys: Vec<&str> = line["error"].as_object().unwrap().keys().map(String::as_str).collect();
            let mut expected =
                ["kind", "message", "status", "outcome", "retryable", "retry_after_ms", "partial_text", "operation_id"];
            expected.sort_unstable();
            let mut keys = keys.clone();
            keys.sort_unstable();
            assert_eq!(keys, expected);
        }
    }
}
