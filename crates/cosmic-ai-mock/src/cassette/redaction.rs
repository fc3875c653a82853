//! What a cassette must not contain.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::operation::each_text;

/// What stands in the place of what is hidden.
const HIDDEN: &str = "[redacted]";
/// Hidden texts at least so long are hidden inside of longer texts too. Shorter ones may be there by chance.
const UNMISTAKABLE: usize = 8;

/// What is hidden from a cassette: replaced by `[redacted]` when a call is recorded, and again when one is compared with
/// what was recorded. Nothing is by default; keys are never in a request or answer to begin with.
///
/// Fields are JSON pointers such as `/prompt`; `*` stands for every element or key, as in `/messages/*/content`. What was
/// hidden in a request is hidden wherever the answer repeats it, in a longer text if it has 8 bytes or more. That does not
/// reach an answer's beginning of it, such as the first 100 characters of a spoken text, nor what a stream tells in pieces:
/// hide those by fields of their own.
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
    /// `/kind/refused/request_id`. What is not a text there becomes `null`.
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

    /// Hides a text wherever it is: in requests, answers and errors. It is not written into the cassette, so tell it to
    /// the replay as well where requests contain it. An empty text is ignored.
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

    fn hide_metadata(&self, value: &mut Value, hidden: &mut Vec<String>) {
        for place in ["/metadata", "/media/metadata"] {
            for key in &self.metadata {
                if let Some(value) = value.pointer_mut(place).and_then(|metadata| metadata.get_mut(key)) {
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
            let long = hidden.iter().filter(|hidden| hidden.len() >= UNMISTAKABLE);
            let changed =
                self.secrets.iter().chain(long).fold(text.to_owned(), |text, hidden| text.replace(hidden, HIDDEN));
            (changed != text).then_some(changed)
        });
    }
}

/// Replaces a value, and keeps the texts that were in it.
fn take(value: &mut Value, otherwise: Option<&str>, hidden: &mut Vec<String>) {
    let placeholder = if value.is_string() { Some(HIDDEN) } else { otherwise };
    let mut was = std::mem::replace(value, placeholder.map_or(Value::Null, Value::from));
    let texts = std::cell::RefCell::new(hidden);
    each_text(&mut was, &|text| {
        if !text.is_empty() && text != HIDDEN {
            texts.borrow_mut().push(text.to_owned());
        }
        None
    });
}

/// Does something with each value that a pointer points to.
fn at(value: &mut Value, pointer: &str, change: &mut impl FnMut(&mut Value)) {
    let Some(rest) = pointer.strip_prefix('/') else { return change(value) };
    let (key, rest) = rest.find('/').map_or((rest, ""), |end| rest.split_at(end));
    let name = key.replace("~1", "/").replace("~0", "~");
    match value {
        Value::Object(fields) if key == "*" => fields.values_mut().for_each(|value| at(value, rest, change)),
        Value::Object(fields) => fields.get_mut(&name).into_iter().for_each(|value| at(value, rest, change)),
        Value::Array(values) if key == "*" => values.iter_mut().for_each(|value| at(value, rest, change)),
        Value::Array(values) => {
            name.parse()
                .ok()
                .and_then(|place: usize| values.get_mut(place))
                .into_iter()
                .for_each(|value| at(value, rest, change));
        }
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
