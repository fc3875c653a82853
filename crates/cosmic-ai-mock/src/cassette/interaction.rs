//! One call and what came of it.

use std::fmt;
use std::time::Duration;

use cosmic_ai_core::{
    Error, ImageResponse, Media, OperationId, SpeechResponse, TextEvent, TextResponse, Usage, VideoResponse,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::failure::{Failure, milliseconds};
use super::operation;

/// What was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Text,
    Stream,
    Image,
    Video,
    Extend,
    Speech,
    /// A file stored in the library.
    Put,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Stream => "stream",
            Self::Image => "image",
            Self::Video => "video",
            Self::Extend => "extend",
            Self::Speech => "speech",
            Self::Put => "put",
        })
    }
}

/// One call and what came of it. Exactly one of `answer`, `error` and `events` is there, or `dropped` alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Interaction {
    pub(super) kind: Kind,
    pub(super) request: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) answer: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) events: Option<Vec<Event>>,
    /// Whether the caller gave up before it was over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) dropped: bool,
    /// The file of a medium, in the folder of the cassette.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<String>,
}

impl Interaction {
    /// A call that nothing is known of yet.
    pub(super) const fn new(kind: Kind, request: Value) -> Self {
        Self { kind, request, answer: None, error: None, events: None, dropped: false, file: None }
    }

    /// Whether it can be served: everything in it is what calls of its kind answer.
    pub(super) fn check(&self) -> Result<(), (&'static str, String)> {
        let some = OperationId::mint();
        if let Some(events) = &self.events {
            if self.kind != Kind::Stream {
                return Err(("events", format!("a call of kind `{}` has none", self.kind)));
            }
            for event in events {
                event.played(&some).map(drop).map_err(|message| ("events", message))?;
            }
        }
        if let Some(error) = &self.error {
            to_error(error, &some).map_err(|message| ("error", message))?;
        }
        if let Some(answer) = &self.answer {
            let checked = match self.kind {
                Kind::Text => to_answer::<TextResponse>(answer, Some(&some)).map(drop),
                Kind::Stream => Err("a stream has events instead".to_owned()),
                Kind::Image => to_answer::<ImageResponse>(answer, Some(&some)).map(drop),
                Kind::Video | Kind::Extend => to_answer::<VideoResponse>(answer, Some(&some)).map(drop),
                Kind::Speech => to_answer::<SpeechResponse>(answer, Some(&some)).map(drop),
                Kind::Put => to_answer::<Media>(answer, Some(&some)).map(drop),
            };
            checked.map_err(|message| ("answer", message))?;
        }
        let parts = [self.answer.is_some(), self.error.is_some(), self.events.is_some()];
        match (parts.into_iter().filter(|is_there| *is_there).count(), self.dropped) {
            (1, false) | (0, true) => Ok(()),
            (1, true) if self.events.is_some() => Ok(()),
            _ => {
                Err(("(interaction)", "it needs one of `answer`, `error` and `events`, or `dropped` alone".to_owned()))
            }
        }
    }
}

/// One item of a stream. Exactly one of `delta`, `usage`, `end` and `error` is there.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Event {
    /// Since the event before; left out where timing is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) after_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delta: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
    /// The answer without its text, which is the deltas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) end: Option<Value>,
    /// The error, without its partial text where that is the deltas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<Value>,
}

impl Event {
    /// An item of a stream whose deltas so far are `text`. `None` for events that this version does not know.
    pub(super) fn recorded(item: &Result<TextEvent, Error>, text: &str, after: Option<Duration>) -> Option<Self> {
        let mut event = Self { after_ms: after.map(milliseconds), ..Self::default() };
        match item {
            Ok(TextEvent::Delta(delta)) => event.delta = Some(delta.clone()),
            Ok(TextEvent::Usage(usage)) => event.usage = Some(*usage),
            Ok(TextEvent::End(answer)) => {
                let mut end = to_value(answer);
                remove_if(&mut end, "text", text);
                event.end = Some(end);
            }
            Err(error) => {
                let mut failure = to_value(&Failure::from(error));
                remove_if(&mut failure, "partial_text", text);
                event.error = Some(failure);
            }
            _ => return None,
        }
        Some(event)
    }

    /// The item, for the operation `id`.
    pub(super) fn played(&self, id: &OperationId) -> Result<Result<TextEvent, Error>, String> {
        let Self { delta, usage, end, error, .. } = self;
        match (delta, usage, end, error) {
            (Some(delta), None, None, None) => {
                let mut delta = Value::from(delta.as_str());
                operation::show(&mut delta, Some(id));
                Ok(Ok(TextEvent::Delta(delta.as_str().unwrap_or_default().to_owned())))
            }
            (None, Some(usage), None, None) => Ok(Ok(TextEvent::Usage(*usage))),
            (None, None, Some(end), None) => {
                let mut end = end.clone();
                if let Some(fields) = end.as_object_mut() {
                    // The stream fills in its deltas.
                    fields.entry("text").or_insert_with(|| Value::from(""));
                }
                to_answer(&end, Some(id)).map(|answer| Ok(TextEvent::End(answer)))
            }
            (None, None, None, Some(error)) => to_error(error, id).map(Err),
            _ => Err("an event is one of `delta`, `usage`, `end` and `error`".to_owned()),
        }
    }

    /// The text in it.
    pub(super) const fn delta(&mut self) -> Option<&mut String> {
        self.delta.as_mut()
    }
}

/// An answer of any kind.
pub(super) trait Answer: Serialize + DeserializeOwned + Send + Sync {
    /// The medium that was made.
    fn media(&self) -> Option<&Media>;
}

impl Answer for TextResponse {
    fn media(&self) -> Option<&Media> {
        None
    }
}

impl Answer for Media {
    fn media(&self) -> Option<&Media> {
        Some(self)
    }
}

macro_rules! media_answers {
    ($($response:ident),*) => {$(
        impl Answer for $response {
            fn media(&self) -> Option<&Media> {
                Some(&self.media)
            }
        }
    )*};
}

media_answers!(ImageResponse, VideoResponse, SpeechResponse);

/// Plain data as JSON: it always serialises.
pub(super) fn to_value(data: &impl Serialize) -> Value {
    serde_json::to_value(data).unwrap_or_default()
}

/// A recorded answer, for the operation `id`.
pub(super) fn to_answer<A: DeserializeOwned>(recorded: &Value, id: Option<&OperationId>) -> Result<A, String> {
    let mut value = recorded.clone();
    operation::show(&mut value, id);
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// A recorded error, for the operation `id`.
pub(super) fn to_error(recorded: &Value, id: &OperationId) -> Result<Error, String> {
    to_answer::<Failure>(recorded, Some(id)).map(Error::from)
}

fn remove_if(value: &mut Value, key: &str, text: &str) {
    if let Some(fields) = value.as_object_mut()
        && fields.get(key).and_then(Value::as_str) == Some(text)
    {
        fields.remove(key);
    }
}
