//! Errors of generating, as the API words them.

use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use cosmic_ai::registry::Spec;
use cosmic_ai::{
    Error, ErrorKind, InvalidRequest, OperationConflict, Outcome, Registry, Rejection, RequestRef, TimeoutStage,
    TokensUsedUp,
};
use jiff::Timestamp;
use serde_json::json;

use super::{ApiError, PAUSE};
use crate::bucket::Bucket;

/// When to ask again for an operation that is under way.
const FLIGHT_PAUSE: Duration = Duration::from_secs(1);

impl ApiError {
    /// The refusal of a request that a registry priced.
    pub(crate) fn of_call<'a>(
        error: &Error,
        bucket: &Bucket,
        registry: &Registry,
        request: impl Into<RequestRef<'a>>,
    ) -> Self {
        match error.kind() {
            ErrorKind::Budget(refusal) => {
                let said = match bucket.shared_budget(&refusal.budget) {
                    Some(name) => used_up_by_all(name, refusal.renews_at),
                    None => refusal.to_string(),
                };
                Self::over_budget(&said, registry, request.into())
            }
            _ => Self::from(error),
        }
    }

    /// 402, with what the API says of the model, and what the budget says of itself.
    fn over_budget(refusal: &str, registry: &Registry, request: RequestRef<'_>) -> Self {
        let model = match request.model() {
            Some(named) => registry.find(named.as_str()),
            None => registry.default_model(request.modality()),
        };
        let tier = model.and_then(|model| match &model.spec {
            Spec::Text(spec) => Some(&spec.tier),
            _ => None,
        });
        let about = match (model, tier) {
            (Some(model), Some(tier)) => {
                format!(" Model {} ({} tier, {} cost).", model.name, tier.name, tier.multiplier)
            }
            (Some(model), None) => format!(" Model {}.", model.name),
            (None, _) => String::new(),
        };
        let mut error = Self::new(StatusCode::PAYMENT_REQUIRED, format!("token usage limit reached.{about} {refusal}"))
            .with_code("INSUFFICIENT_CREDITS");
        if let Some(model) = model {
            error = error.with("model", json!(model.id));
        }
        if let Some(tier) = tier {
            error = error.with("tier", json!(tier.name)).with("multiplier", json!(tier.multiplier));
        }
        error
    }
}

impl From<&Error> for ApiError {
    fn from(error: &Error) -> Self {
        let mut refusal = match error.kind() {
            ErrorKind::Invalid(problems) => Self::from(problems),
            ErrorKind::Budget(refusal) => {
                Self::new(StatusCode::PAYMENT_REQUIRED, refusal.to_string()).with_code("INSUFFICIENT_CREDITS")
            }
            ErrorKind::Operation(conflict) => Self::of_conflict(conflict),
            ErrorKind::Ledger { .. } => {
                log(error);
                Self::unavailable("the ledger cannot be written now")
            }
            ErrorKind::TokensUsedUp(used_up) => Self::used_up(used_up),
            ErrorKind::NotFound(rejection) => Self::rejected(StatusCode::NOT_FOUND, rejection),
            ErrorKind::RateLimited(rejection) => Self::rejected(StatusCode::TOO_MANY_REQUESTS, rejection),
            ErrorKind::ContentPolicy(rejection) | ErrorKind::Refused(rejection) => {
                Self::rejected(refused_status(error), rejection)
            }
            // The keys are the server's own, not those of the one who asked.
            ErrorKind::Credentials(_) => {
                Self::new(StatusCode::BAD_GATEWAY, "the service behind this server does not accept its keys")
            }
            ErrorKind::Server(rejection) => Self::rejected(server_status(error), rejection),
            ErrorKind::Unsupported(unsupported) => Self::not_found(unsupported.to_string()),
            ErrorKind::Connect { .. } => {
                Self::new(StatusCode::BAD_GATEWAY, "the service behind this server cannot be reached")
            }
            ErrorKind::Timeout { stage, .. } => Self::timed_out(*stage),
            ErrorKind::Interrupted { .. } | ErrorKind::Decode { .. } => {
                Self::new(StatusCode::BAD_GATEWAY, "the answer of the service behind this server was lost")
            }
            _ => {
                log(error);
                Self::internal()
            }
        };
        // A service may leave out when to come again. Its clients should not be left to guess, and to come at once.
        let unsaid = (refusal.status == StatusCode::TOO_MANY_REQUESTS).then_some(PAUSE);
        if let Some(pause) = error.retry_after().or(unsaid) {
            refusal = refusal.with_retry_after(pause);
        }
        if let Some(id) = error.media_id() {
            refusal = refusal.with("media_id", json!(id));
        }
        match error.outcome() {
            Outcome::Unknown { .. } => refusal.with("outcome", json!("unknown")),
            Outcome::Billed { .. } => refusal.with("outcome", json!("billed")),
            _ => refusal,
        }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

/// Every problem at once, in words and by field.
impl From<&InvalidRequest> for ApiError {
    fn from(invalid: &InvalidRequest) -> Self {
        let problems: Vec<_> = invalid
            .problems
            .iter()
            .map(|problem| {
                json!({
                    "field": problem.field,
                    "given": problem.given,
                    "reason": problem.reason,
                    "allowed": problem.allowed,
                    "nearest": problem.nearest,
                })
            })
            .collect();
        Self::bad_request(invalid.to_string()).with("problems", json!(problems))
    }
}

impl ApiError {
    fn rejected(status: StatusCode, rejection: &Rejection) -> Self {
        let error = Self::new(status, rejection.message.clone());
        match &rejection.code {
            Some(code) => error.with_code(code),
            None => error,
        }
    }

    /// 402 of the service, with what it says of the model.
    fn used_up(used_up: &TokensUsedUp) -> Self {
        let fields = [
            ("model", used_up.model.as_ref().map(|model| json!(model))),
            ("tier", used_up.tier.as_ref().map(|tier| json!(tier))),
            ("multiplier", used_up.multiplier.map(|multiplier| json!(multiplier))),
        ];
        let error = Self::rejected(StatusCode::PAYMENT_REQUIRED, &used_up.rejection);
        fields.into_iter().fold(error, |error, (name, value)| match value {
            Some(value) => error.with(name, value),
            None => error,
        })
    }

    fn of_conflict(conflict: &OperationConflict) -> Self {
        match conflict {
            OperationConflict::InFlight => {
                Self::new(StatusCode::CONFLICT, "a request with this Idempotency-Key is under way; ask again later")
                    .with_retry_after(FLIGHT_PAUSE)
            }
            OperationConflict::OtherRequest => {
                let message = "this Idempotency-Key belongs to a request to another route or with another body";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
            }
            OperationConflict::Unresolved => {
                let message =
                    "a request with this Idempotency-Key was sent and its outcome is unknown: it may have been billed";
                Self::new(StatusCode::CONFLICT, message).with_code("OUTCOME_UNKNOWN")
            }
            _ => {
                let message = "a request with this Idempotency-Key is done, and its answer is not kept; use a new key to pay \
                               for a new answer";
                Self::new(StatusCode::CONFLICT, message).with_code("ANSWER_NOT_KEPT")
            }
        }
    }

    fn timed_out(stage: TimeoutStage) -> Self {
        let message = format!("the service behind this server took too long: timed out {stage}");
        Self::new(StatusCode::GATEWAY_TIMEOUT, message)
    }
}

/// The words for a budget that a bucket shares with others. No amounts: what is left of it says what they spent.
fn used_up_by_all(name: &str, renews_at: Option<SystemTime>) -> String {
    let renewal = match renews_at.and_then(|at| Timestamp::try_from(at).ok()) {
        Some(at) => format!("it renews at {at:.0}"),
        None => "it does not renew".to_owned(),
    };
    format!("over budget: too little is left of {name}, which is shared with others; {renewal}")
}

/// Has the log say what the answer does not. Never a prompt or a key: no error has them.
fn log(error: &Error) {
    let first = std::error::Error::source(error);
    let causes = std::iter::successors(first, |cause| cause.source()).map(ToString::to_string);
    let cause = causes.collect::<Vec<_>>().join(": ");
    let operation = error.operation_id().map(tracing::field::display);
    tracing::error!(%error, cause, operation, "a call failed on this side");
}

/// The status of a refusal: the service's own, if it is one of a refusal.
fn refused_status(error: &Error) -> StatusCode {
    let own = error.status().and_then(|status| StatusCode::from_u16(status).ok());
    own.filter(StatusCode::is_client_error).unwrap_or(StatusCode::BAD_REQUEST)
}

fn server_status(error: &Error) -> StatusCode {
    let own = error.status().and_then(|status| StatusCode::from_u16(status).ok());
    own.filter(StatusCode::is_server_error).unwrap_or(StatusCode::BAD_GATEWAY)
}
