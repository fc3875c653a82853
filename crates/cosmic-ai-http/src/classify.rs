//! From an answer of the API to an error and its outcome. A pure function: no answer is judged anywhere else.

mod cut;
mod rejection;

use std::time::Duration;

use cosmic_ai_core::{Error, ErrorKind, Modality, Outcome, Rejection, TokensUsedUp};

pub(crate) use self::cut::cut_off;
use self::rejection::{ModelFields, multiplier};
pub(crate) use self::rejection::{Said, excerpt, is_error, mask_body, mask_text, named_status, parse, unescaped};

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
    pub(crate) rejection: Said,
}

/// The error of an answer, with status, outcome and pause.
///
/// Unbilled, by assumption: 400 to 405, 413, 415, 422, 429, policy refusals and used up tokens of any status below 500, a
/// video declined with any; for text also 503 with `Retry-After`. A redirect that asks to repeat the request elsewhere (301, 307, 308) was not acted on either. Everything
/// else may have been billed.
pub(crate) fn classify(answer: Answer) -> Error {
    let Answer { status, modality, retry_after, rejection: said } = answer;
    let put_off = status == 503 && modality == Modality::Text && retry_after.is_some();
    let unbilled = matches!(status, 301 | 307 | 308 | 400..=405 | 413 | 415 | 422 | 429) || put_off;
    let policy = is_policy(&said, status, modality);
    let used_up = status == 402 || is_used_up(&said);
    let rejection = said.rejection;
    let kind = match status {
        _ if policy => ErrorKind::ContentPolicy(advised(rejection)),
        200..=499 if used_up => ErrorKind::TokensUsedUp(used_up_error(rejection, said.model)),
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

/// Whether the service says that its policy declines the prompt. Above 500 only what is documented counts: all else that
/// speaks of a policy there may be the page of a gateway.
fn is_policy(said: &Said, status: u16, modality: Modality) -> bool {
    let message = own_words(said);
    if modality == Modality::Video && message.contains(NO_VIDEO) {
        return true;
    }
    let code = said.rejection.code.as_deref().unwrap_or_default().to_ascii_lowercase();
    let says = |words: &str| message.contains(words) || code.contains(words);
    status < 500 && (says("content policy") || says("content_policy"))
}

fn is_used_up(said: &Said) -> bool {
    let code = said.rejection.code.as_deref().is_some_and(|code| code.eq_ignore_ascii_case("INSUFFICIENT_CREDITS"));
    code || own_words(said).contains("token usage limit")
}

/// The message in lower case, unless it only describes a body.
fn own_words(said: &Said) -> String {
    if said.is_explained { said.rejection.message.to_ascii_lowercase() } else { String::new() }
}

fn advised(mut rejection: Rejection) -> Rejection {
    rejection.message = format!("{}; {POLICY_ADVICE}", rejection.message.trim_end_matches('.'));
    rejection
}

/// What is said of the model in fields comes before what the message says of it.
fn used_up_error(rejection: Rejection, fields: ModelFields) -> TokensUsedUp {
    let (model, tier, multiplier) = match multiplier(&rejection.message) {
        Some((model, tier, multiplier)) => (Some(model.to_owned()), Some(tier.to_owned()), Some(multiplier)),
        None => (None, None, None),
    };
    let mut used_up = TokensUsedUp::new(rejection);
    used_up.model = fields.model.or(model);
    used_up.tier = fields.tier.or(tier);
    used_up.multiplier = fields.multiplier.or(multiplier);
    used_up
}

#[cfg(test)]
mod tests;
