//! What the body of a refusal says.

use bytes::Bytes;
use cosmic_ai_core::{Multiplier, Rejection};
use memchr::memchr;
use serde_json::{Map, Value};

use super::cut::cut_off;
use crate::config::Keys;

/// How much of a body an error repeats, in bytes.
const EXCERPT_BYTES: usize = 200;
/// How long a message may be, and a code or id, in characters.
const MESSAGE_CHARACTERS: usize = 1_000;
const CODE_CHARACTERS: usize = 200;

/// What a refusal says.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) rejection: Rejection,
    /// Whether its message is the service's own, not a description of a body without one.
    pub(crate) is_explained: bool,
    /// What it says of the model in fields of its own.
    pub(super) model: ModelFields,
}

/// What a body says of the model that was asked for, beside its message.
#[derive(Debug, Default)]
pub(super) struct ModelFields {
    pub(super) model: Option<String>,
    pub(super) tier: Option<String>,
    pub(super) multiplier: Option<Multiplier>,
}

impl Said {
    /// The same without the keys that the service may repeat in any of it.
    pub(crate) fn masked(mut self, keys: &Keys) -> Self {
        let Rejection { message, code, request_id, .. } = &mut self.rejection;
        let ModelFields { model, tier, .. } = &mut self.model;
        let texts = [Some(message), code.as_mut(), request_id.as_mut(), model.as_mut(), tier.as_mut()];
        for text in texts.into_iter().flatten() {
            *text = mask_text(keys, std::mem::take(text));
        }
        self
    }
}

/// A body without the keys that it may repeat, be they written with escapes.
pub(crate) fn mask_body(keys: &Keys, body: Bytes) -> Bytes {
    let body = if memchr(b'\\', &body).is_some() { unescaped(&body).into() } else { body };
    keys.mask(body)
}

/// The same JSON without the escapes that it could do without. It may be cut off, or no JSON at all.
pub(crate) fn unescaped(json: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = memchr(b'\\', rest) {
        let (clean, escape) = rest.split_at(at);
        plain.extend_from_slice(clean);
        let (said, length) = match escape.get(1) {
            Some(b'/') => (Some(b'/'), 2),
            Some(b'u') => (escape.get(2..6).and_then(plain_character), 6),
            _ => (None, 2),
        };
        // What is an escape for good reason stays one, with the character after it.
        let length = if said.is_some() { length } else { escape.len().min(2) };
        match said {
            Some(character) => plain.push(character),
            None => plain.extend_from_slice(escape.get(..length).unwrap_or(escape)),
        }
        rest = escape.get(length..).unwrap_or_default();
    }
    plain.extend_from_slice(rest);
    plain
}

/// The character of four hexadecimal digits, if it is one that strings may have as it is.
fn plain_character(digits: &[u8]) -> Option<u8> {
    let digits =
        std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    let character = u8::try_from(u32::from_str_radix(digits, 16).ok()?).ok()?;
    (character.is_ascii_graphic() && !matches!(character, b'"' | b'\\')).then_some(character)
}

/// A text without the keys that it may repeat.
pub(crate) fn mask_text(keys: &Keys, text: String) -> String {
    if !keys.are_in(&text) {
        return text;
    }
    String::from_utf8_lossy(&keys.mask(text.into())).into_owned()
}

/// Reads a refusal: `{status, message}`, with an `error` (text, or an object with a `message`) or `code` beside or
/// instead, even if its end is missing; otherwise what it is and how it begins. `content_type` is that of the answer.
pub(crate) fn parse(body: &[u8], content_type: Option<&str>, request_id: Option<&str>) -> Said {
    let object = match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(object)) => object,
        Ok(_) => Map::new(),
        Err(_) => cut_off(body).map(|cut| cut.begun).unwrap_or_default(),
    };
    let has_words = |text: &&str| !text.trim().is_empty();
    let text = |key: &str| object.get(key).and_then(Value::as_str).filter(has_words);
    let nested = object.get("error").and_then(Value::as_object);
    let within = |key: &str| nested.and_then(|error| error.get(key)).and_then(Value::as_str).filter(has_words);
    let message = text("message").or_else(|| text("error")).or_else(|| within("message"));
    let is_explained = message.is_some();
    let message = message.map_or_else(|| unexplained(body, content_type), |message| cut(message, MESSAGE_CHARACTERS));
    let mut rejection = Rejection::new(message);
    if let Some(code) = text("code").or_else(|| within("code")) {
        rejection = rejection.with_code(cut(code, CODE_CHARACTERS));
    }
    if let Some(id) = request_id {
        rejection = rejection.with_request_id(cut(id, CODE_CHARACTERS));
    }
    let field = |key: &str| text(key).or_else(|| within(key)).map(|text| cut(text, CODE_CHARACTERS));
    let number = object.get("multiplier").or_else(|| nested?.get("multiplier"));
    let model = ModelFields { model: field("model"), tier: field("tier"), multiplier: number.and_then(decimal) };
    Said { rejection, is_explained, model }
}

/// A multiplier as a field has it: `2`, `"2"` or `"2x"`.
fn decimal(value: &Value) -> Option<Multiplier> {
    let number = match value {
        Value::String(text) => text.trim().trim_end_matches('x').parse().ok()?,
        other => other.as_f64()?,
    };
    Multiplier::from_decimal(number)
}

/// Whether what stands under `error` says that something went wrong.
pub(crate) fn is_error(error: &Value) -> bool {
    match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

/// The status of a failure that an object names, in its error or beside it.
pub(crate) fn named_status(object: &Map<String, Value>) -> Option<u16> {
    let within = object.get("error").and_then(Value::as_object);
    let places = within.into_iter().chain([object]);
    let mut numbers =
        places.flat_map(|place| ["status", "statusCode", "status_code", "code"].map(|key| place.get(key))).flatten();
    numbers.find_map(|number| u16::try_from(number.as_u64()?).ok().filter(|status| (400..=599).contains(status)))
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
pub(crate) fn excerpt(data: &[u8]) -> String {
    const CUT: char = '…';
    let beginning = data.get(..EXCERPT_BYTES);
    let mut cut = beginning.is_some_and(|beginning| beginning.len() < data.len());
    let mut shown = String::with_capacity(EXCERPT_BYTES);
    for character in String::from_utf8_lossy(beginning.unwrap_or(data)).chars() {
        let character = if character.is_control() { ' ' } else { character };
        if shown.len() + character.len_utf8() + CUT.len_utf8() > EXCERPT_BYTES {
            cut = true;
            break;
        }
        shown.push(character);
    }
    if cut {
        shown.push(CUT);
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
