//! What one event says.

use cosmic_ai_core::{Error, TextEvent, TextResponse, Usage};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::plain::plain_text;
use super::{Line, fault};
use crate::classify::{self, excerpt};
use crate::sse::SseEvent;

/// What was found in an event or in one line of it.
pub(super) enum Read {
    /// Nothing that counts here.
    Nothing,
    /// An event that is not known: what a model does before it speaks, for all one knows.
    Other,
    /// A part of the text, not empty, and no more than that.
    Text(String),
    Message(Message),
    /// Several lines, which are to be read by themselves.
    Lines(Vec<u8>),
    Unreadable(Error),
}

/// What an object says: first its text, then usage, then the end or an error.
#[derive(Default)]
pub(super) struct Message {
    /// Empty where there is none.
    pub(super) text: String,
    pub(super) usage: Option<Usage>,
    pub(super) last: Option<Box<Result<TextEvent, Error>>>,
}

/// The keys that are known, of the API itself and of the models behind it. Everything is looked at only if it is there.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    token_count: Option<&'a RawValue>,
    usage: Option<&'a RawValue>,
    event: Option<&'a RawValue>,
    data: Option<&'a RawValue>,
    error: Option<&'a RawValue>,
    content: Option<&'a RawValue>,
    delta: Option<&'a RawValue>,
    choices: Option<&'a RawValue>,
    #[serde(rename = "type")]
    kind: Option<&'a RawValue>,
}

/// Where a model's own events have text.
#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    content: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    delta: Option<&'a RawValue>,
}

/// Reads an event. `produced` says whether text or usage came before.
#[inline]
pub(super) fn read(event: SseEvent<'_>, produced: bool) -> Read {
    let data = event.data();
    if let Some(text) = std::str::from_utf8(data).ok().and_then(plain_text) {
        return if text.is_empty() { Read::Other } else { Read::Text(text) };
    }
    read_other(data, event.name(), produced)
}

/// Reads an event of another shape than the usual.
#[cold]
fn read_other(data: &[u8], name: Option<&[u8]>, produced: bool) -> Read {
    // Services that keep a connection alive by events put anything into them.
    if matches!(name, Some(b"ping" | b"heartbeat" | b"keepalive" | b"keep-alive")) {
        return Read::Nothing;
    }
    let named_error = name == Some(b"error");
    match object(data, named_error, produced) {
        Ok(read) => read,
        Err(_) if named_error => {
            let text = Value::String(excerpt(data));
            Read::Message(Message::error(fault::event(&text, produced)))
        }
        Err(_) if memchr::memchr(b'\n', data).is_some() => Read::Lines(data.to_vec()),
        Err(error) => Read::Unreadable(fault::unreadable(data, error)),
    }
}

/// Reads one line of an event that is not one object.
pub(super) fn read_line(line: Line<'_>, produced: bool) -> Read {
    object(line.line, false, produced).unwrap_or_else(|error| Read::Unreadable(fault::unreadable(line.rest, error)))
}

/// Reads a text that should be an object of JSON. With `is_error`, what names itself an error is one, whatever its keys.
fn object(data: &[u8], is_error: bool, produced: bool) -> Result<Read, Box<dyn std::error::Error + Send + Sync>> {
    let text = std::str::from_utf8(data)?.trim_ascii();
    if matches!(text, "" | "[DONE]") {
        return Ok(Read::Nothing);
    }
    if !text.starts_with('{') {
        // Other JSON is an event that is not known; what is not JSON at all is an error.
        let other: &RawValue = serde_json::from_str(text)?;
        return if is_error { Err(other.get().into()) } else { Ok(Read::Other) };
    }
    let wire: Wire<'_> = serde_json::from_str(text)?;
    let mut message = Message { text: wire.text()?, usage: wire.usage(), last: None };
    if let Some(error) = wire.error(text, is_error) {
        let produced = produced || !message.text.is_empty() || message.usage.is_some();
        message.last = Some(Box::new(Err(fault::event(&error, produced))));
    } else if wire.event.is_some_and(|event| event.get() == r#""end""#) {
        message.last = Some(Box::new(Ok(TextEvent::End(end(wire.data)))));
    }
    let says_nothing = message.text.is_empty() && message.usage.is_none() && message.last.is_none();
    let is_ping = wire.kind.is_some_and(|kind| kind.get() == r#""ping""#);
    Ok(match says_nothing {
        true if is_ping => Read::Nothing,
        true => Read::Other,
        false => Read::Message(message),
    })
}

impl Message {
    fn error(error: Error) -> Self {
        Self { last: Some(Box::new(Err(error))), ..Self::default() }
    }
}

impl Wire<'_> {
    /// The text. Where the API's own key has something else, that is an error: no part of an answer is lost unheard.
    fn text(&self) -> serde_json::Result<String> {
        if let Some(text) = self.text {
            return serde_json::from_str(text.get());
        }
        let from_model = [self.content, of_delta(self.delta)?, of_choices(self.choices)?];
        from_model
            .into_iter()
            .flatten()
            .find(|value| is_text(value))
            .map_or(Ok(String::new()), |value| serde_json::from_str(value.get()))
    }

    /// The usage, where it has the documented shape: what is not understood is never taken for zero.
    fn usage(&self) -> Option<Usage> {
        [self.token_count, self.usage].into_iter().flatten().find_map(|usage| serde_json::from_str(usage.get()).ok())
    }

    /// What the object says of an error, if it does: the text or object under `error`, with `code`, `status` and `message`
    /// beside it.
    fn error(&self, whole: &str, is_error: bool) -> Option<Value> {
        let said = self
            .error
            .is_some_and(|error| serde_json::from_str(error.get()).is_ok_and(|error| classify::is_error(&error)));
        (said || is_error).then(|| serde_json::from_str(whole).unwrap_or_default())
    }
}

fn is_text(value: &RawValue) -> bool {
    value.get().starts_with('"')
}

fn of_delta(delta: Option<&RawValue>) -> serde_json::Result<Option<&RawValue>> {
    let Some(delta) = delta.filter(|delta| delta.get().starts_with('{')) else { return Ok(None) };
    let delta: Delta<'_> = serde_json::from_str(delta.get())?;
    Ok(delta.text.into_iter().chain(delta.content).find(|value| is_text(value)))
}

fn of_choices(choices: Option<&RawValue>) -> serde_json::Result<Option<&RawValue>> {
    // Other things than a list of objects are not what is meant here.
    let choices = choices.and_then(|choices| serde_json::from_str::<Vec<Choice<'_>>>(choices.get()).ok());
    of_delta(choices.and_then(|choices| choices.first().and_then(|choice| choice.delta)))
}

/// The answer out of the data of an end, which may say anything or nothing.
fn end(data: Option<&RawValue>) -> TextResponse {
    let Some(data) = data else { return TextResponse::default() };
    let mut data = match serde_json::from_str(data.get()) {
        Ok(Value::Object(data)) => data,
        Ok(other) => Map::from_iter([("data".to_owned(), other)]),
        Err(_) => return TextResponse::default(),
    };
    if !data.get("text").is_some_and(Value::is_string) {
        data.insert("text".to_owned(), Value::String(String::new()));
    }
    let counted = data.get("token_count").and_then(|usage| Usage::deserialize(usage).ok());
    let mut response: TextResponse = serde_json::from_value(Value::Object(data)).unwrap_or_default();
    response.usage = response.usage.or(counted);
    response
}
