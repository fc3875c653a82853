//! What comes back for speech.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::media::Media;
use crate::usage::Usage;

/// A spoken text, already stored in the media library as an MP3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct SpeechResponse {
    /// The stored recording. Its metadata says how many characters and pieces were spoken and about how long it is.
    pub media: Media,
    /// The tokens used; `None` if the service did not say.
    #[serde(default, deserialize_with = "crate::wire::lenient", skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl SpeechResponse {
    /// A response with nothing but the stored recording.
    pub fn new(media: Media) -> Self {
        Self { media, usage: None, extra: Map::new() }
    }

    /// Adds the tokens used.
    #[must_use]
    pub fn with_usage(mut self, usage: Usage) -> Self {
        self.usage = Some(usage);
        self
    }
}
