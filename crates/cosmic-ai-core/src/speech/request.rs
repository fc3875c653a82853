//! What speech is asked for with.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::ModelId;
use crate::registry::described;

/// A request to speak a text. Serialises to exactly the API's JSON body; options that are not set are not sent.
///
/// ```
/// use cosmic_ai_core::{SpeechRequest, Voice};
///
/// let request = SpeechRequest::new("Welcome to our show.").with_voice(Voice::SAGE);
/// assert_eq!(serde_json::to_string(&request)?, r#"{"prompt":"Welcome to our show.","voice":"sage"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct SpeechRequest {
    /// The text to speak, of any length; the price goes by its characters. Must not be blank.
    #[schemars(regex(pattern = r"\S"))]
    pub prompt: String,
    /// The voice, one of the model's; `None` is the model's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = described::speech_voice)]
    pub voice: Option<Voice>,
    /// The model; `None` is the registry's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = described::speech_model)]
    pub model: Option<ModelId>,
    /// Folder of the media library, which must exist; `None` is its top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// A JSON object stored with the recording. The key `cosmic_ai_operation_id` is reserved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub metadata: Option<Value>,
}

impl SpeechRequest {
    /// A request to speak `text`, everything else left at its default.
    pub fn new(text: impl Into<String>) -> Self {
        Self { prompt: text.into(), ..Self::default() }
    }

    /// Asks for a voice.
    #[must_use]
    pub fn with_voice(mut self, voice: impl Into<Voice>) -> Self {
        self.voice = Some(voice.into());
        self
    }

    /// Asks for a model, by id, alias or display name.
    #[must_use]
    pub fn with_model(mut self, model: impl Into<ModelId>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Stores the recording in a folder of the media library.
    #[must_use]
    pub fn with_folder(mut self, folder: impl Into<String>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Stores a JSON object with the recording.
    #[must_use]
    pub fn with_metadata(mut self, metadata: impl Into<Value>) -> Self {
        self.metadata = Some(metadata.into());
        self
    }
}

/// A voice, by the name that goes over the wire.
///
/// Any text is a voice; which voices a model has is in the registry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct Voice(Cow<'static, str>);

impl Voice {
    /// Feminine: warm and bright.
    pub const NOVA: Self = Self::from_static("nova");
    /// Feminine: soft and close.
    pub const SHIMMER: Self = Self::from_static("shimmer");
    /// Feminine: clear and businesslike.
    pub const CORAL: Self = Self::from_static("coral");
    /// Feminine: calm and thoughtful.
    pub const SAGE: Self = Self::from_static("sage");
    /// Feminine: even, for anything.
    pub const ALLOY: Self = Self::from_static("alloy");
    /// Masculine: deep and assured.
    pub const ECHO: Self = Self::from_static("echo");
    /// Masculine: bold and weighty.
    pub const ONYX: Self = Self::from_static("onyx");
    /// Masculine: lively, a storyteller.
    pub const FABLE: Self = Self::from_static("fable");
    /// Masculine: friendly, as in a talk.
    pub const ASH: Self = Self::from_static("ash");

    /// A voice known when the program is compiled.
    pub const fn from_static(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Voice {
    fn from(name: &str) -> Self {
        Self(Cow::Owned(name.to_owned()))
    }
}

impl From<String> for Voice {
    fn from(name: String) -> Self {
        Self(Cow::Owned(name))
    }
}

impl fmt::Display for Voice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
