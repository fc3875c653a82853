//! What an image is asked for with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::size::{AspectRatio, ImageSize};
use crate::model::ModelId;
use crate::registry::described;

/// A request for one image. Serialises to exactly the API's JSON body; options that are not set are not sent.
///
/// ```
/// use cosmic_ai_core::{AspectRatio, ImageRequest, ImageSize};
///
/// let request = ImageRequest::new("A mountain lake at sunset")
///     .with_size(ImageSize::SQUARE_2048)
///     .with_aspect_ratio(AspectRatio::WIDE)
///     .with_alt_text("Lake between mountains");
/// assert_eq!(
///     serde_json::to_string(&request)?,
///     r#"{"prompt":"A mountain lake at sunset","size":"2048x2048","aspect_ratio":"16:9","alt_text":"Lake between mountains"}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ImageRequest {
    /// What the image shows. Must not be blank.
    #[schemars(regex(pattern = r"\S"))]
    pub prompt: String,
    /// The model; `None` is the registry's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = described::image_model)]
    pub model: Option<ModelId>,
    /// Size in pixels, one of the model's; `None` is the model's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = described::image_size)]
    pub size: Option<ImageSize>,
    /// Shape, one of the model's; `None` leaves the shape to the size. See [`ImageSize::shaped`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<AspectRatio>,
    /// Quality, one of the model's; `None` is standard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = described::image_quality)]
    pub quality: Option<ImageQuality>,
    /// Public http(s) URLs of images whose style or content guides the new one, as many as the model takes.
    #[serde(default, deserialize_with = "crate::wire::list_or_null", skip_serializing_if = "Vec::is_empty")]
    #[schemars(transform = described::image_references)]
    pub reference_images: Vec<String>,
    /// File format; `None` is PNG.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<ImageFormat>,
    /// Folder of the media library, which must exist; `None` is its top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Alternative text stored with the image; `None` stores the prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt_text: Option<String>,
    /// A JSON object stored with the image. The key `cosmic_ai_operation_id` is reserved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub metadata: Option<Value>,
}

impl ImageRequest {
    /// A request for an image of `prompt`, everything else left at its default.
    pub fn new(prompt: impl Into<String>) -> Self {
        Self { prompt: prompt.into(), ..Self::default() }
    }

    /// Asks for a model, by id, alias or display name.
    #[must_use]
    pub fn with_model(mut self, model: impl Into<ModelId>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Asks for a size in pixels.
    #[must_use]
    pub fn with_size(mut self, size: ImageSize) -> Self {
        self.size = Some(size);
        self
    }

    /// Asks for a shape.
    #[must_use]
    pub fn with_aspect_ratio(mut self, ratio: AspectRatio) -> Self {
        self.aspect_ratio = Some(ratio);
        self
    }

    /// Asks for a quality.
    #[must_use]
    pub fn with_quality(mut self, quality: ImageQuality) -> Self {
        self.quality = Some(quality);
        self
    }

    /// Adds a reference image by its public http(s) URL.
    #[must_use]
    pub fn with_reference_image(mut self, url: impl Into<String>) -> Self {
        self.reference_images.push(url.into());
        self
    }

    /// Asks for a file format.
    #[must_use]
    pub fn with_format(mut self, format: ImageFormat) -> Self {
        self.format = Some(format);
        self
    }

    /// Stores the image in a folder of the media library.
    #[must_use]
    pub fn with_folder(mut self, folder: impl Into<String>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Stores an alternative text with the image.
    #[must_use]
    pub fn with_alt_text(mut self, alt_text: impl Into<String>) -> Self {
        self.alt_text = Some(alt_text.into());
        self
    }

    /// Stores a JSON object with the image.
    #[must_use]
    pub fn with_metadata(mut self, metadata: impl Into<Value>) -> Self {
        self.metadata = Some(metadata.into());
        self
    }
}

/// How much detail an image has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ImageQuality {
    /// The default.
    #[default]
    Standard,
    /// More detail at a higher price, where a model has it.
    Hd,
}

impl ImageQuality {
    /// The value on the wire: `standard` or `hd`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Hd => "hd",
        }
    }
}

impl std::fmt::Display for ImageQuality {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// The file format of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ImageFormat {
    /// Pixels, `image/png`: the default.
    #[default]
    Png,
    /// Vectors, `image/svg+xml`.
    Svg,
}

impl ImageFormat {
    /// The value on the wire: `png` or `svg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
        }
    }
}

impl std::fmt::Display for ImageFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
