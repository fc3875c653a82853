//! What a clip and an extension are asked for with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::resolution::{ClipSeconds, Resolution};
use crate::media::MediaId;
use crate::model::ModelId;
use crate::registry::described;

/// A request for one clip. Serialises to exactly the API's JSON body; options that are not set are not sent.
///
/// ```
/// use cosmic_ai_core::{ClipSeconds, Resolution, VideoRequest};
///
/// let request = VideoRequest::new("The product turns slowly")
///     .with_duration(ClipSeconds::SIX)
///     .with_resolution(Resolution::P1080)
///     .with_first_frame("https://example.com/product.jpg");
/// assert_eq!(
///     serde_json::to_string(&request)?,
///     r#"{"prompt":"The product turns slowly","duration":6,"resolution":"1080p","reference_images":["https://example.com/product.jpg"]}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct VideoRequest {
    /// What happens in the clip. Must not be blank.
    #[schemars(regex(pattern = r"\S"))]
    pub prompt: String,
    /// The model; `None` is the registry's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = described::video_model)]
    pub model: Option<ModelId>,
    /// Length in seconds, one of the model's; `None` is the model's default. It decides the price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = described::video_duration)]
    pub duration: Option<ClipSeconds>,
    /// Resolution, one of the model's; `None` is the model's default. It does not change the price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = described::video_resolution)]
    pub resolution: Option<Resolution>,
    /// Public http(s) URLs, as many as the model takes: the image that becomes the first frame. 1024x1024 or larger is advised.
    #[serde(default, deserialize_with = "crate::wire::list_or_null", skip_serializing_if = "Vec::is_empty")]
    #[schemars(transform = described::video_references)]
    pub reference_images: Vec<String>,
    /// Folder of the media library, which must exist; `None` is its top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// A JSON object stored with the clip. The key `cosmic_ai_operation_id` is reserved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub metadata: Option<Value>,
}

impl VideoRequest {
    /// A request for a clip of `prompt`, everything else left at its default.
    pub fn new(prompt: impl Into<String>) -> Self {
        Self { prompt: prompt.into(), ..Self::default() }
    }

    /// Asks for a model, by id, alias or display name.
    #[must_use]
    pub fn with_model(mut self, model: impl Into<ModelId>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Asks for a length.
    #[must_use]
    pub fn with_duration(mut self, duration: ClipSeconds) -> Self {
        self.duration = Some(duration);
        self
    }

    /// Asks for a resolution.
    #[must_use]
    pub fn with_resolution(mut self, resolution: Resolution) -> Self {
        self.resolution = Some(resolution);
        self
    }

    /// Starts the clip from an image, given by its public http(s) URL.
    #[must_use]
    pub fn with_first_frame(mut self, url: impl Into<String>) -> Self {
        self.reference_images = vec![url.into()];
        self
    }

    /// Stores the clip in a folder of the media library.
    #[must_use]
    pub fn with_folder(mut self, folder: impl Into<String>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Stores a JSON object with the clip.
    #[must_use]
    pub fn with_metadata(mut self, metadata: impl Into<Value>) -> Self {
        self.metadata = Some(metadata.into());
        self
    }
}

/// A request to continue a clip: a new one that starts from the last second of its source. Its length and resolution are the
/// model's to say.
///
/// Serialises to exactly the API's JSON body; options that are not set are not sent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = described::extension)]
#[non_exhaustive]
pub struct ExtensionRequest {
    /// The clip to continue, which a model must have made. Extensions can be extended.
    pub media_id: MediaId,
    /// What happens next. Must not be blank.
    #[schemars(regex(pattern = r"\S"))]
    pub prompt: String,
    /// The model; `None` is the registry's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = described::video_model)]
    pub model: Option<ModelId>,
    /// Folder of the media library, which must exist; `None` is its top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// A JSON object stored with the clip. The key `cosmic_ai_operation_id` is reserved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub metadata: Option<Value>,
}

impl ExtensionRequest {
    /// A request to continue the clip `media_id` with `prompt`.
    pub fn new(media_id: impl Into<MediaId>, prompt: impl Into<String>) -> Self {
        Self { media_id: media_id.into(), prompt: prompt.into(), ..Self::default() }
    }

    /// Asks for a model, by id, alias or display name.
    #[must_use]
    pub fn with_model(mut self, model: impl Into<ModelId>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Stores the clip in a folder of the media library.
    #[must_use]
    pub fn with_folder(mut self, folder: impl Into<String>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Stores a JSON object with the clip.
    #[must_use]
    pub fn with_metadata(mut self, metadata: impl Into<Value>) -> Self {
        self.metadata = Some(metadata.into());
        self
    }
}
