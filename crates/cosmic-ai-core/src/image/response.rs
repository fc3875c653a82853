//! What comes back for an image.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::media::Media;
use crate::usage::Usage;

/// A generated image, already stored in the media library.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ImageResponse {
    /// The stored image.
    pub media: Media,
    /// The prompt as the model rewrote it, if it did.
    #[serde(default, deserialize_with = "crate::wire::lenient", skip_serializing_if = "Option::is_none")]
    pub revised_prompt: Option<String>,
    /// Usage, if the service reports one. The Cosmic API does not for images: the charge is the registry's price.
    #[serde(default, deserialize_with = "crate::wire::lenient", skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
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
