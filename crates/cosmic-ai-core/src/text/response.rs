//! What comes back for text.

use std::fmt;

use schemars::JsonSchema;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::model::ModelId;
use crate::usage::{Reported, Usage};

/// A generated answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct TextResponse {
    /// The answer.
    pub text: String,
    /// The tokens used, before the tier multiplier; `None` if the service did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// The model that answered, if the service says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelId>,
    /// Fields that this version does not know, and the `usage` where it could not be read.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl TextResponse {
    /// An answer with nothing but its text.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Adds the tokens used.
    #[must_use]
    pub fn with_usage(mut self, usage: Usage) -> Self {
        self.extra.remove("usage");
        self.usage = Some(usage);
        self
    }

    /// Adds the model that answered.
    #[must_use]
    pub fn with_model(mut self, model: impl Into<ModelId>) -> Self {
        self.model = Some(model.into());
        self
    }
}

/// By hand, for speed: with a flattened field, the derived code keeps a copy of everything until the end is seen.
impl<'de> Deserialize<'de> for TextResponse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ResponseVisitor)
    }
}

struct ResponseVisitor;

impl<'de> Visitor<'de> for ResponseVisitor {
    type Value = TextResponse;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("struct TextResponse")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<TextResponse, A::Error> {
        let (mut text, mut usage, mut model) = (None, None::<Reported>, None);
        let mut extra = Map::new();
        while let Some(key) = fields.next_key()? {
            match key {
                Key::Text => once(&mut text, "text", fields.next_value()?)?,
                Key::Usage => once(&mut usage, "usage", fields.next_value()?)?,
                Key::Model => once(&mut model, "model", lenient(fields.next_value()?))?,
                Key::Other(key) => {
                    extra.insert(key, fields.next_value()?);
                }
            }
        }
        let text = text.ok_or_else(|| A::Error::missing_field("text"))?;
        let usage = usage.unwrap_or_default().read_or_kept(&mut extra);
        Ok(TextResponse { text, usage, model: model.flatten(), extra })
    }
}

fn once<T, E: serde::de::Error>(place: &mut Option<T>, field: &'static str, value: T) -> Result<(), E> {
    if place.replace(value).is_some() { Err(E::duplicate_field(field)) } else { Ok(()) }
}

/// A part that has the documented shape, or `None`; see [`crate::wire::lenient`].
fn lenient<T: serde::de::DeserializeOwned>(value: Value) -> Option<T> {
    T::deserialize(value).ok()
}

/// A key of an answer. Only those are copied that are kept.
enum Key {
    Text,
    Usage,
    Model,
    Other(String),
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(KeyVisitor)
    }
}

struct KeyVisitor;

impl Visitor<'_> for KeyVisitor {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Key, E> {
        Ok(match key {
            "text" => Key::Text,
            "usage" => Key::Usage,
            "model" => Key::Model,
            other => Key::Other(other.to_owned()),
        })
    }
}
