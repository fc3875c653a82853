//! What comes back for speech.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::media::Media;
use crate::usage::{Reported, Usage};

/// A spoken text, already stored in the media library as an MP3.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SpeechResponse {
    /// The stored recording. Its metadata says how many characters and pieces were spoken and about how long it is.
    pub media: Media,
    /// The tokens used; `None` if the service did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Fields that this version does not know, and the `usage` where it could not be read.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl<'de> Deserialize<'de> for SpeechResponse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            media: Media,
            #[serde(default)]
            usage: Reported,
            #[serde(flatten)]
            extra: Map<String, Value>,
        }
        let Wire { media, usage, mut extra } = Wire::deserialize(deserializer)?;
        Ok(Self { media, usage: usage.read_or_kept(&mut extra), extra })
    }
}

impl SpeechResponse {
    /// A response with nothing but the stored recording.
    pub fn new(media: Media) -> Self {
        Self { media, usage: None, extra: Map::new() }
    }

    /// Adds the tokens used.
    #[must_use]
    pub fn with_usage(mut self, usage: Usage) -> Self {
        self.extra.remove("usage");
        self.usage = Some(usage);
        self
    }
}
