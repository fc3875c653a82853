//! What the body of a refusal says.

use cosmic_ai_core::{Multiplier, Rejection};
use serde_json::Value;

/// How much of a body an error repeats, in characters.
const EXCERPT_CHARACTERS: usize = 200;
/// How long a message may be, and a code or id, in characters.
const MESSAGE_CHARACTERS: usize = 1_000;
const CODE_CHARACTERS: usize = 200;

/// Reads a refusal: `{status, message}`, with an `error` (text, or an object with a `message`) or `code` beside or
/// instead; otherwise what it is and how it begins. `content_type` is that of the answer.
pub(crate) fn parse(body: &[u8], content_type: Option<&str>, request_id: Option<&str>) -> Rejection {
    let rejection = match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(object)) => {
            let has_words = |text: &&str| !text.trim().is_empty();
            let text = |key: &str| object.get(key).and_then(Value::as_str).filter(has_words);
            let nested = object.get("error").and_then(Value::as_object);
            let within = |key: &str| nested.and_then(|error| error.get(key)).and_then(Value::as_str).filter(has_words);
            let message = text("message").or_else(|| text("error")).or_else(|| within("message"));
            let message =
                message.map_or_else(|| unexplained(body, content_type), |message| cut(message, MESSAGE_CHARACTERS));
            let code = text("code").or_else(|| within("code"));
            let rejection = Rejection::new(message);
            match code {
                Some(code) => rejection.with_code(cut(code, CODE_CHARACTERS)),
                None => rejection,
            }
        }
        _ => Rejection::new(unexplained(body, content_type)),
    };
    match request_id {
        Some(id) => rejection.with_request_id(cut(id, CODE_CHARACTERS)),
        None => rejection,
    }
}

/// Names a body that says nothing: empty, HTML, or whatever it is.
fn unexplained(body: &[u8], content_type: Option<&str>) -> String {
    if body.iter().all(u8::is_ascii_whitespace) {
        return "an empty body".to_owned();
    }
    let kind = content_type.map_or("an unnamed type", |kind| kind.split(';').next().unwrap_or(kind).trim());
    format!("no message; a body of {kind} that begins `{}`", excerpt(body))
}

/// At most so many characters of a text.
fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}

/// The beginning of a body on one line.
pub(crate) fn excerpt(body: &[u8]) -> String {
    // Four bytes a character are enough, however long the body is.
    let beginning = body.get(..EXCERPT_CHARACTERS * 4).unwrap_or(body);
    let text = String::from_utf8_lossy(beginning);
    let mut shown: String = text
        .chars()
        .take(EXCERPT_CHARACTERS)
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    if shown.len() < body.len() {
        shown.push('…');
    }
    shown
}

/// Model, tier and multiplier out of a text such as `Model NAME (TIER tier, 2x cost)`.
pub(crate) fn multiplier(message: &str) -> Option<(&str, &str, Multiplier)> {
    let (_, rest) = message.split_once("Model ")?;
    let (model, rest) = rest.split_once(" (")?;
    let (tier, rest) = rest.split_once(" tier, ")?;
    let (number, _) = rest.split_once("x cost")?;
    Some((model.trim(), tier.trim(), Multiplier::from_decimal(number.trim().parse().ok()?)?))
}
