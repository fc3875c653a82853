//! Names of models: their ids, who makes them, what they generate.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The id of a model, such as `claude-opus-4-8`.
///
/// Any text is an id; whether a model of that id exists is the registry's to say. Requests also take an alias or a
/// display name here, which becomes the id before anything is sent. Constants for the built-in models are in
/// [`models`](crate::models).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct ModelId(Cow<'static, str>);

impl ModelId {
    /// An id known when the program is compiled.
    pub const fn from_static(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ModelId {
    fn from(id: &str) -> Self {
        Self(Cow::Owned(id.to_owned()))
    }
}

impl From<String> for ModelId {
    fn from(id: String) -> Self {
        Self(Cow::Owned(id))
    }
}

impl From<&ModelId> for ModelId {
    fn from(id: &ModelId) -> Self {
        id.clone()
    }
}

impl AsRef<str> for ModelId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl PartialEq<str> for ModelId {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for ModelId {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// Who makes a model. Serialises to its name in `snake_case`, an unlisted one as it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Provider {
    /// Anthropic: the Claude models.
    Anthropic,
    /// Google: Gemini and Veo.
    Google,
    /// `OpenAI`: GPT, the o-series, DALL-E, TTS.
    OpenAi,
    /// Any other, by name.
    Other(Cow<'static, str>),
}

impl Provider {
    /// The name as written in registry files: `anthropic`, `google`, `openai`, or the other's name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Anthropic => "anthropic",
            Self::Google => "google",
            Self::OpenAi => "openai",
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for Provider {
    fn from(name: &str) -> Self {
        match name {
            "anthropic" => Self::Anthropic,
            "google" => Self::Google,
            "openai" => Self::OpenAi,
            other => Self::Other(Cow::Owned(other.to_owned())),
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Provider {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What a model generates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Modality {
    /// Text, whole or streamed.
    Text,
    /// Still images.
    Image,
    /// Video clips and their extensions.
    Video,
    /// Spoken text.
    Speech,
}

impl Modality {
    /// The name in lower case: `text`, `image`, `video`, `speech`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
            Self::Video => "video",
            Self::Speech => "speech",
        }
    }
}

impl fmt::Display for Modality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
