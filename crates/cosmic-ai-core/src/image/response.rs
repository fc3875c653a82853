//! What comes back for an image.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::media::Media;
use crate::usage::{Reported, Usage};

/// A generated image, already stored in the media library.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ImageResponse {
    /// The stored image.
    pub media: Media,
    /// The prompt as the model rewrote it, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revised_prompt: Option<String>,
    /// Usage, if the service reports one. The Cosmic API does not for images: the charge is the registry's price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Fields that this version does not know, and the `usage` where it could not be read.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl<'de> Deserialize<'de> for ImageResponse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            media: Media,
            #[serde(default, deserialize_with = "crate::wire::lenient")]
            revised_prompt: Option<String>,
            #[serde(default)]
            usage: Reported,
            #[serde(flatten)]
            extra: Map<String, Value>,
        }
        let Wire { media, revised_prompt, usage, mut extra } = Wire::deserialize(deserializer)?;
        Ok(Self { media, revised_prompt, usage: usage.read_or_kept(&mut extra), extra })
    }
}

impl ImageResponse {
    /// A response with nothing but the stored image.
    pub fn new(media: Media) -> Self {
        Self { media, revised_prompt: None, usage: None, extra: Map::new() }
    }

    /// Adds the prompt as the model rewrote it.
    #[must_use]
    pub fn with_revised_prompt(mut self, prompt: impl Into<String>) -> Self {
        self.revised_prompt = Some(prompt.into());
        self
    }
}
