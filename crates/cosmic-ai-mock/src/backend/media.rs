//! Images of the mock, and how it stores what it makes.

use async_trait::async_trait;
use cosmic_ai_core::registry::{ImageSpec, Spec};
use cosmic_ai_core::{
    Call, Error, ErrorKind, ImageFormat, ImageGenerator, ImageRequest, ImageResponse, ImageSize, Media, MediaId,
    MediaLibrary, Modality, OPERATION_ID_KEY, Outcome, Upload, Usage,
};
use serde_json::{Map, Value, json};

use super::MockBackend;
use super::perform::{Made, Make, Material};
use crate::generate::look::Look;
use crate::generate::{RenderError, png, svg};
use crate::script::{Content, Medium};

#[async_trait]
impl ImageGenerator for MockBackend {
    async fn generate_image(&self, call: &Call, request: &ImageRequest) -> Result<ImageResponse, Error> {
        self.perform(call, request).await
    }
}

impl Make for ImageRequest {
    type Made = ImageResponse;

    async fn make(&self, mock: &MockBackend, call: &Call, material: Material) -> Result<ImageResponse, Error> {
        let mut content = self.clone();
        (content.folder, content.alt_text, content.metadata) = (None, None, None);
        let seed = mock.seed_of("image", &content);
        let size = pixels(mock.image_spec(self), self);
        let look = Look::from_seed(seed);
        let (medium, dimensions) = match material.content {
            // How large a picture is that someone else made is not looked into.
            Content::Medium(medium) => (medium, None),
            _ if self.format.unwrap_or_default() == ImageFormat::Svg => {
                let drawing = svg::render(size.width(), size.height(), &look, &self.prompt);
                (made("image/svg+xml", drawing.into_bytes()), Some((size.width(), size.height())))
            }
            _ => {
                let picture = png::render(size.width(), size.height(), &look);
                let picture = picture.map_err(|error| failed(call, error))?;
                (made("image/png", picture), Some((size.width(), size.height())))
            }
        };
        let original = format!("{}.{}", slug(&self.prompt), medium.extension());
        let name = format!("{}-{original}", mock.new_uuid(seed));
        let mut upload = Upload::new(name, medium.content_type, medium.bytes)
            .with_original_name(original)
            .with_alt_text(self.alt_text.clone().unwrap_or_else(|| self.prompt.clone()));
        upload.dimensions = dimensions;
        let media = mock.store(call, upload, self.folder.as_deref(), self.metadata.as_ref(), Map::new()).await?;
        Ok(ImageResponse::new(media).with_revised_prompt(format!("{}, as a flat pattern", self.prompt.trim())))
    }
}

impl Made for ImageResponse {
    type Response = Self;

    fn usage(&mut self) -> &mut Option<Usage> {
        &mut self.usage
    }

    fn media_id(&self) -> Option<&MediaId> {
        Some(&self.media.id)
    }

    fn into_response(self) -> Self {
        self
    }
}

/// A medium that was made here.
pub(super) fn made(content_type: &str, bytes: Vec<u8>) -> Medium {
    Medium { content_type: content_type.to_owned(), bytes: bytes.into() }
}

impl MockBackend {
    /// Stores what was made, with the user's metadata, the generator's (which wins) and the operation's id.
    pub(super) async fn store(
        &self,
        call: &Call,
        mut upload: Upload,
        folder: Option<&str>,
        metadata: Option<&Value>,
        generated: Map<String, Value>,
    ) -> Result<Media, Error> {
        upload.folder = folder.map(str::to_owned);
        upload.metadata = metadata.and_then(Value::as_object).cloned().unwrap_or_default();
        upload.metadata.extend(generated);
        upload.metadata.insert(OPERATION_ID_KEY.to_owned(), json!(call.operation_id()));
        self.put(upload).await.map_err(|error| error.with_operation_id(call.operation_id()))
    }

    fn image_spec(&self, request: &ImageRequest) -> Option<&ImageSpec> {
        match &self.model_of(Modality::Image, request.model.as_ref())?.spec {
            Spec::Image(spec) => Some(spec),
            _ => None,
        }
    }
}

/// The size in pixels that a request asks for.
fn pixels(spec: Option<&ImageSpec>, request: &ImageRequest) -> ImageSize {
    let size = request.size.or(spec.map(|spec| spec.default_size)).unwrap_or(ImageSize::SQUARE_1024);
    request.aspect_ratio.map_or(size, |ratio| size.shaped(ratio))
}

/// What a model of an overlay asks for may be more than the encoders can.
pub(super) fn failed(call: &Call, error: RenderError) -> Error {
    let kind = ErrorKind::Backend { message: "the mock cannot make such a medium".to_owned() };
    Error::new(kind, Outcome::Refused).with_operation_id(call.operation_id()).with_source(error)
}

/// A file name of the prompt's first words.
fn slug(prompt: &str) -> String {
    let words: Vec<String> = prompt
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(4)
        .map(|word| word.chars().take(20).collect::<String>().to_lowercase())
        .collect();
    if words.is_empty() { "image".to_owned() } else { words.join("-") }
}
