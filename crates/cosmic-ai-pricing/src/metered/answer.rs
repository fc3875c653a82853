//! What a meter needs to know of an answer: its usage, its medium, and how it is recorded.

use cosmic_ai_core::{ImageResponse, MediaId, SpeechResponse, TextResponse, Usage, VideoResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// An answer of any modality.
pub(super) trait Answer: Serialize + DeserializeOwned + Send + Sync {
    fn usage(&self) -> Option<&Usage>;

    /// The text, if it is one.
    fn text(&self) -> Option<&str> {
        None
    }

    /// What is recorded of it, with the words in it or without; `None` where nothing is left without them.
    fn recorded(&self, with_words: bool) -> Option<Value>;
}

impl Answer for TextResponse {
    fn usage(&self) -> Option<&Usage> {
        self.usage.as_ref()
    }

    fn text(&self) -> Option<&str> {
        Some(&self.text)
    }

    fn recorded(&self, with_words: bool) -> Option<Value> {
        if with_words { serde_json::to_value(self).ok() } else { None }
    }
}

macro_rules! media_answers {
    ($($response:ident),*) => {$(
        impl Answer for $response {
            fn usage(&self) -> Option<&Usage> {
                self.usage.as_ref()
            }

            fn recorded(&self, with_words: bool) -> Option<Value> {
                let mut value = serde_json::to_value(self).ok()?;
                if !with_words {
                    remove_words(&mut value);
                }
                Some(value)
            }
        }
    )*};
}

media_answers!(ImageResponse, VideoResponse, SpeechResponse);

/// Leaves of a recorded medium what finds it again and nothing that people wrote.
fn remove_words(value: &mut Value) {
    let kept = ["media", "usage", "generation_time_seconds", "source_media_id", "is_extension"];
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|name, _| kept.contains(&name.as_str()));
        if let Some(medium) = fields.get_mut("media").and_then(Value::as_object_mut) {
            let kept = ["id", "name", "size", "type", "bucket", "created_at", "url", "imgix_url", "width", "height"];
            medium.retain(|name, _| kept.contains(&name.as_str()));
        }
    }
}

/// The record of a medium of which only the id is known.
pub(super) fn record_of_id(id: &MediaId) -> Value {
    json!({ "media": { "id": id } })
}

/// The id of the medium in a record.
pub(super) fn recorded_media_id(record: &Value) -> Option<MediaId> {
    record.pointer("/media/id").and_then(Value::as_str).map(MediaId::from)
}
