//! What a cassette must not contain.

mod needed;
mod pointer;
mod texts;

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::pointer::at;
use super::operation::each_text;

/// What stands in the place of what is hidden.
const HIDDEN: &str = "[redacted]";
/// Hidden texts at least so long are hidden inside of longer texts too. Shorter ones may be there by chance.
const UNMISTAKABLE: usize = 8;

/// What is hidden from a cassette: replaced by `[redacted]` when a call is recorded, and again when one is compared with
/// what was recorded. Nothing is by default; keys are never in a request or answer to begin with.
///
/// Fields are JSON pointers such as `/prompt`; `*` stands for every element or key, as in `/messages/*/content`. What is no
/// pointer, or hides what an answer cannot be read without, is refused when a recording starts and when a replay opens. What
/// was hidden in a request is hidden wherever the answer repeats it, without the spaces around it too, in a longer text if it
/// has 8 bytes or more. That does not reach an answer's beginning of it, such as the first 100 characters of a spoken text:
/// hide those by fields of their own. A stream is looked at as a whole: where something to be hidden is spread over its
/// pieces, its text becomes one piece.
///
/// **Not covered** are the bytes of media, and what a service makes of a prompt: a medium's name, original name and URL often
/// have a form of it such as `a-red-bicycle`. Hide these by `/media/name`, `/media/original_name`, `/media/url` and
/// `/media/imgix_url`; do not record media that must not be in a repository. Whether a [secret](Self::with_secret) is left in
/// `cassette.json` or in the bytes of a medium is checked by [`Recording::finish`](super::Recording::finish), which fails then.
///
/// ```
/// use cosmic_ai_mock::cassette::Redaction;
///
/// let redaction = Redaction::new()
///     .with_request_field("/prompt")
///     .with_answer_field("/media/alt_text")
///     .with_metadata_key("customer")
///     .with_secret("sk-live-4711");
/// assert!(!format!("{redaction:?}").contains("4711"));
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redaction {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    request: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    answer: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    metadata: Vec<String>,
    /// Never written.
    #[serde(skip)]
    secrets: Vec<String>,
}

impl Redaction {
    /// Hides nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Hides a field of requests, such as `/prompt`.
    #[must_use]
    pub fn with_request_field(mut self, pointer: impl Into<String>) -> Self {
        self.request.push(pointer.into());
        self
    }

    /// Hides a field of answers, of the ends of streams and of errors, such as `/media/alt_text` or
    /// `/kind/refused/request_id`. What is not a text there becomes `null`. `/text` hides the pieces of streams as well.
    #[must_use]
    pub fn with_answer_field(mut self, pointer: impl Into<String>) -> Self {
        self.answer.push(pointer.into());
        self
    }

    /// Hides the value of a metadata key, in requests and in what media carry.
    #[must_use]
    pub fn with_metadata_key(mut self, key: impl Into<String>) -> Self {
        self.metadata.push(key.into());
        self
    }

    /// Hides a text wherever it is: in requests, answers and errors, and in the keys of metadata. It is not written into the
    /// cassette, so tell it to the replay as well where requests contain it. An empty text is ignored.
    #[must_use]
    pub fn with_secret(mut self, secret: impl Into<String>) -> Self {
        self.secrets.push(secret.into());
        self.secrets.retain(|secret| !secret.is_empty());
        self
    }

    /// This and the other together.
    pub(super) fn and(mut self, other: Self) -> Self {
        let lists = [
            (&mut self.request, other.request),
            (&mut self.answer, other.answer),
            (&mut self.metadata, other.metadata),
            (&mut self.secrets, other.secrets),
        ];
        for (mine, others) in lists {
            for item in others {
                if !mine.contains(&item) {
                    mine.push(item);
                }
            }
        }
        self
    }

    /// Whether the cassette has anything to say of it.
    pub(super) fn is_unwritten(&self) -> bool {
        self.request.is_empty() && self.answer.is_empty() && self.metadata.is_empty()
    }

    /// Hides what is to be hidden in a request. Gives the texts that were.
    pub(super) fn hide_in_request(&self, request: &mut Value) -> Vec<String> {
        let mut hidden = Vec::new();
        for pointer in &self.request {
            at(request, pointer, &mut |value| take(value, Some(HIDDEN), &mut hidden));
        }
        self.hide_metadata(request, &mut hidden);
        self.hide_texts(request, &[]);
        hidden
    }

    /// Hides what is to be hidden in an answer, and what was `hidden` in its request.
    pub(super) fn hide_in_answer(&self, answer: &mut Value, hidden: &[String]) {
        for pointer in &self.answer {
            at(answer, pointer, &mut |value| take(value, None, &mut Vec::new()));
        }
        self.hide_metadata(answer, &mut Vec::new());
        self.hide_texts(answer, hidden);
    }

    /// Hides what is to be hidden in the deltas of a stream. Where that is spread over them, all of the text comes to be in
    /// the first and the others are empty. `fields` are those of the answer or error that the deltas stand for.
    pub(super) fn hide_in_deltas(&self, deltas: &mut [&mut String], fields: &[&str], hidden: &[String]) {
        let text = deltas.iter().map(|delta| delta.as_str()).collect::<String>();
        if text.is_empty() {
            return;
        }
        let whole = fields.iter().fold(text, |text, field| {
            let mut answer = json!({ *field: text });
            self.hide_in_answer(&mut answer, hidden);
            answer.get(*field).and_then(Value::as_str).unwrap_or(HIDDEN).to_owned()
        });
        let parts: Vec<String> =
            deltas.iter().map(|delta| self.hidden_within(delta, hidden).unwrap_or_else(|| (**delta).clone())).collect();
        if parts.concat() == whole {
            deltas.iter_mut().zip(parts).for_each(|(delta, part)| **delta = part);
            return;
        }
        let mut whole = Some(whole);
        for delta in deltas.iter_mut().filter(|delta| !delta.is_empty()) {
            **delta = whole.take().unwrap_or_default();
        }
    }

    /// Whether every pointer points to something that may be hidden; if not, which one, and why.
    pub(super) fn check(&self) -> Result<(), String> {
        self.request.iter().chain(&self.answer).try_for_each(|pointer| pointer::check(pointer))?;
        self.answer.iter().try_for_each(|pointer| needed::check(pointer))
    }

    /// The number of the first line of a file that has a secret in it.
    pub(super) fn line_with_secret(&self, file: &[u8]) -> Option<usize> {
        texts::line_with(file, &self.secrets)
    }

    fn hide_metadata(&self, value: &mut Value, hidden: &mut Vec<String>) {
        for place in ["/metadata", "/media/metadata"] {
            let Some(metadata) = value.pointer_mut(place) else { continue };
            for key in &self.metadata {
                if let Some(value) = metadata.get_mut(key) {
                    take(value, Some(HIDDEN), hidden);
                }
            }
        }
    }

    fn hide_texts(&self, value: &mut Value, hidden: &[String]) {
        each_text(value, &|text| {
            if hidden.iter().any(|hidden| hidden == text) {
                return Some(HIDDEN.to_owned());
            }
            self.hidden_within(text, hidden)
        });
        // Keys elsewhere are those of requests and answers; here they are the caller's own.
        for place in ["/metadata", "/media/metadata"] {
            if let Some(metadata) = value.pointer_mut(place) {
                each_key(metadata, &|key| self.hidden_within(key, hidden));
            }
        }
    }

    /// A text without what is to be hidden in it; `None` if there is nothing.
    fn hidden_within(&self, text: &str, hidden: &[String]) -> Option<String> {
        let long = hidden.iter().filter(|hidden| hidden.len() >= UNMISTAKABLE);
        let patterns: Vec<&str> = self.secrets.iter().chain(long).map(String::as_str).collect();
        texts::replaced(text, &patterns)
    }
}

/// Replaces a value, and keeps the texts that were in it, with and without the spaces around them.
fn take(value: &mut Value, otherwise: Option<&str>, hidden: &mut Vec<String>) {
    let placeholder = if value.is_string() { Some(HIDDEN) } else { otherwise };
    let mut was = std::mem::replace(value, placeholder.map_or(Value::Null, Value::from));
    let texts = std::cell::RefCell::new(hidden);
    let keep = |text: &str| {
        for text in [text, text.trim()] {
            let mut texts = texts.borrow_mut();
            if !text.is_empty() && text != HIDDEN && !texts.iter().any(|known| known == text) {
                texts.push(text.to_owned());
            }
        }
        None
    };
    each_text(&mut was, &keep);
    each_key(&mut was, &keep);
}

/// Has `change` look at each key within a value.
fn each_key(value: &mut Value, change: &impl Fn(&str) -> Option<String>) {
    match value {
        Value::Object(fields) => {
            for (key, mut value) in std::mem::take(fields) {
                each_key(&mut value, change);
                fields.insert(change(&key).unwrap_or(key), value);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| each_key(value, change)),
        _ => {}
    }
}

impl fmt::Debug for Redaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redaction")
            .field("request", &self.request)
            .field("answer", &self.answer)
            .field("metadata", &self.metadata)
            .field("secrets", &self.secrets.len())
            .finish()
    }
}
