//! From an answer of the API to an error and its outcome. A pure function: no answer is judged anywhere else.

mod rejection;

use std::time::Duration;

use cosmic_ai_core::{Error, ErrorKind, Modality, Outcome, Rejection, TokensUsedUp};

use self::rejection::multiplier;
pub(crate) use self::rejection::{excerpt, parse};

/// What the API says in place of a video that its policy declines.
const NO_VIDEO: &str = "no videos generated";
/// What to do about it.
const POLICY_ADVICE: &str = "rephrase the prompt without real people, brands or copyrighted characters";

/// An answer that is no success.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// What was asked for.
    pub(crate) modality: Modality,
    /// The `Retry-After`, if it can be read.
    pub(crate) retry_after: Option<Duration>,
    /// What the body says.
    pub(crate) rejection: Rejection,
}

/// The error of an answer, with status, outcome and pause.
///
/// Unbilled, by assumption: 400 to 405, 413, 415, 422, 429, policy refusals of any status, and used up tokens of any below
/// 500; for text also 503 with `Retry-After`. A redirect that asks to repeat the request elsewhere (301, 307, 308) was not acted on either. Everything
/// else may have been billed.
pub(crate) fn classify(answer: Answer) -> Error {
    let Answer { status, modality, retry_after, rejection } = answer;
    let put_off = status == 503 && modality == Modality::Text && retry_after.is_some();
    let unbilled = matches!(status, 301 | 307 | 308 | 400..=405 | 413 | 415 | 422 | 429) || put_off;
    let policy = is_policy(&rejection);
    let used_up = status == 402 || is_used_up(&rejection);
    let kind = match status {
        _ if policy => ErrorKind::ContentPolicy(advised(rejection)),
        200..=499 if used_up => ErrorKind::TokensUsedUp(used_up_error(rejection)),
        401 | 403 => ErrorKind::Credentials(rejection),
        404 => ErrorKind::NotFound(rejection),
        429 => ErrorKind::RateLimited(rejection),
        300..=499 => ErrorKind::Refused(rejection),
        _ => ErrorKind::Server(rejection),
    };
    let unbilled = unbilled || policy || matches!(kind, ErrorKind::TokensUsedUp(_));
    let outcome = if unbilled { Outcome::Refused } else { Outcome::UNKNOWN };
    let error = Error::new(kind, outcome).with_status(status);
    match retry_after {
        Some(pause) => error.with_retry_after(pause),
        None => error,
    }
}

fn is_policy(rejection: &Rejection) -> bool {
    let message = rejection.message.to_ascii_lowercase();
    message.contains(NO_VIDEO) || message.contains("content policy") || message.contains("content_policy")
}

fn is_used_up(rejection: &Rejection) -> bool {
    let code = rejection.code.as_deref().is_some_and(|code| code.eq_ignore_ascii_case("INSUFFICIENT_CREDITS"));
    code || rejection.message.to_ascii_lowercase().contains("token usage limit")
}

fn advised(mut rejection: Rejection) -> Rejection {
    rejection.message = format!("{}; {POLICY_ADVICE}", rejection.message.trim_end_matches('.'));
    rejection
}

fn used_up_error(rejection: Rejection) -> TokensUsedUp {
    let used_up = TokensUsedUp::new(rejection);
    match multiplier(&used_up.rejection.message) {
        Some((model, tier, multiplier)) => used_up.clone().with_model(model, tier, multiplier),
        None => used_up,
    }
}

#[cfg(test)]
mod tests;
