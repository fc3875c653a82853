//! Images, clips and extensions of the mock.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use cosmic_ai_core::cost::video_price;
use cosmic_ai_core::registry::{GenerationTime, ImageSpec, Spec, VideoSpec};
use cosmic_ai_core::{
    Call, ClipSeconds, Error, ErrorKind, ExtensionRequest, ImageFormat, ImageGenerator, ImageRequest, ImageResponse,
    ImageSize, Media, MediaLibrary, Modality, Model, ModelId, OPERATION_ID_KEY, Outcome, Progress, Rejection,
    Resolution, Tokens, Upload, Usage, VideoGenerator, VideoRequest, VideoResponse,
};
use serde_json::{Map, Value, json};

use super::MockBackend;
use crate::generate::look::Look;
use crate::generate::mp4::{self, Clip};
use crate::generate::seed::{Sequence, hash};
use crate::generate::{RenderError, png, svg};

/// The metadata key that marks a clip as made by Veo, and so as one that can be extended.
const VEO_KEY: &str = "veo_file_uri";
/// What the value of that key begins with; the look of the clip's last picture follows.
const VEO_URI: &str = "https://generativelanguage.googleapis.com/v1beta/files/mock-";
/// How long a clip takes whose model has no published time, in seconds.
const GENERATION_TIME: GenerationTime = GenerationTime { least_seconds: 30, most_seconds: 90 };

#[async_trait]
impl ImageGenerator for MockBackend {
    async fn generate_image(&self, call: &Call, request: &ImageRequest) -> Result<ImageResponse, Error> {
        let started = Instant::now();
        let request = self.accept(call, request)?;
        call.report(&Progress::Sending { attempt: 1 });
        let mut content = request.clone().into_owned();
        (content.folder, content.alt_text, content.metadata) = (None, None, None);
        let seed = self.seed_of("image", &content);
        let size = pixels(self.image_spec(&request), &request);
        let look = Look::from_seed(seed);
        let (bytes, content_type, extension) = if request.format.unwrap_or_default() == ImageFormat::Svg {
            let drawing = svg::render(size.width(), size.height(), &look, &request.prompt);
            (drawing.into_bytes(), "image/svg+xml", "svg")
        } else {
            let picture = png::render(size.width(), size.height(), &look);
            (picture.map_err(|error| failed(call, error))?, "image/png", "png")
        };
        let original = format!("{}.{extension}", slug(&request.prompt));
        let upload = Upload::new(format!("{}-{original}", self.new_uuid(seed)), content_type, bytes)
            .with_original_name(original)
            .with_alt_text(request.alt_text.clone().unwrap_or_else(|| request.prompt.clone()))
            .with_dimensions(size.width(), size.height());
        let media = self.store(call, upload, request.folder.as_deref(), request.metadata.as_ref(), Map::new()).await?;
        call.report(&Progress::Done { elapsed: started.elapsed() });
        Ok(ImageResponse::new(media).with_revised_prompt(format!("{}, as a flat pattern", request.prompt.trim())))
    }
}

#[async_trait]
impl VideoGenerator for MockBackend {
    async fn generate_video(&self, call: &Call, request: &VideoRequest) -> Result<VideoResponse, Error> {
        let started = Instant::now();
        let request = self.accept(call, request)?;
        call.report(&Progress::Sending { attempt: 1 });
        let mut content = request.clone().into_owned();
        (content.folder, content.metadata) = (None, None);
        let seed = self.seed_of("video", &content);
        let (model, spec) = self.video_spec(request.model.as_ref());
        let duration = request.duration.or(spec.map(|spec| spec.default_duration)).unwrap_or(ClipSeconds::EIGHT);
        let to = Look::from_seed(seed);
        let film = Film {
            prefix: "veo",
            prompt: &request.prompt,
            model,
            duration,
            resolution: request.resolution.or(spec.map(|spec| spec.default_resolution)).unwrap_or(Resolution::P720),
            // The picture itself cannot be fetched here; its address stands for it.
            from: request.reference_images.first().map_or(to, |url| Look::from_seed(hash(url.as_bytes()))),
            to,
            time: generation_time(spec, seed),
            price: spec.and_then(|spec| Some(video_price(spec, duration)?.expected)),
            folder: request.folder.as_deref(),
            metadata: request.metadata.as_ref(),
        };
        let response = self.film(call, seed, &film, Map::new()).await?;
        call.report(&Progress::Done { elapsed: started.elapsed() });
        Ok(response)
    }

    async fn extend_video(&self, call: &Call, request: &ExtensionRequest) -> Result<VideoResponse, Error> {
        let started = Instant::now();
        let request = self.accept(call, request)?;
        let source = self.get(&request.media_id).await.map_err(|error| error.with_operation_id(call.operation_id()))?;
        let from = last_look(&source).ok_or_else(|| not_extendable(call, &source))?;
        call.report(&Progress::Sending { attempt: 1 });
        let mut content = request.clone().into_owned();
        (content.folder, content.metadata) = (None, None);
        let seed = self.seed_of("extend", &content);
        let (model, spec) = self.video_spec(request.model.as_ref());
        let extension = spec.and_then(|spec| spec.extension.as_ref());
        let film = Film {
            prefix: "veo-ext",
            prompt: &request.prompt,
            model,
            duration: extension.map_or(ClipSeconds::EIGHT, |extension| extension.duration),
            resolution: extension.map_or(Resolution::P720, |extension| extension.resolution),
            from,
            to: Look::from_seed(seed),
            time: generation_time(spec, seed),
            price: extension.map(|extension| extension.price.expected),
            folder: request.folder.as_deref(),
            metadata: request.metadata.as_ref(),
        };
        let mut generated = Map::new();
        generated.insert("is_extension".to_owned(), json!(true));
        generated.insert("source_media_id".to_owned(), json!(request.media_id));
        let response = self.film(call, seed, &film, generated).await?;
        call.report(&Progress::Done { elapsed: started.elapsed() });
        Ok(response.extending(request.media_id.clone()))
    }
}

/// A clip to be made.
struct Film<'a> {
    prefix: &'static str,
    prompt: &'a str,
    model: Option<ModelId>,
    duration: ClipSeconds,
    resolution: Resolution,
    from: Look,
    to: Look,
    time: Duration,
    price: Option<Tokens>,
    folder: Option<&'a str>,
    metadata: Option<&'a Value>,
}

impl MockBackend {
    async fn film(
        &self,
        call: &Call,
        seed: u64,
        film: &Film<'_>,
        mut generated: Map<String, Value>,
    ) -> Result<VideoResponse, Error> {
        let (width, height) = (film.resolution.width(), film.resolution.height());
        let clip = Clip { width, height, seconds: film.duration.get(), from: film.from, to: film.to };
        let bytes = mp4::render(&clip).map_err(|error| failed(call, error))?;
        generated.insert("prompt".to_owned(), json!(film.prompt));
        generated.insert("duration".to_owned(), json!(film.duration));
        generated.insert("resolution".to_owned(), json!(film.resolution));
        generated.insert("generation_time_seconds".to_owned(), json!(film.time.as_secs()));
        generated.insert(VEO_KEY.to_owned(), json!(format!("{VEO_URI}{:016x}", film.to.seed())));
        if let Some(model) = &film.model {
            generated.insert("model".to_owned(), json!(model));
        }
        let name = format!("{}-{}.mp4", film.prefix, self.new_uuid(seed));
        let upload = Upload::new(name, "video/mp4", bytes).with_alt_text(film.prompt);
        let media = self.store(call, upload, film.folder, film.metadata, generated).await?;
        let mut response = VideoResponse::new(media).with_generation_time(film.time);
        // Under the input, where the API's examples have it.
        response.usage = film.price.map(|price| Usage::new(price, Tokens::ZERO).with_total());
        Ok(response)
    }

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

    /// The model that a request gets, if the registry holds it.
    pub(super) fn model_of(&self, modality: Modality, named: Option<&ModelId>) -> Option<&Model> {
        let registry = &self.inner.registry;
        named.map_or_else(|| registry.default_model(modality), |named| registry.find(named.as_str()))
    }

    fn image_spec(&self, request: &ImageRequest) -> Option<&ImageSpec> {
        match &self.model_of(Modality::Image, request.model.as_ref())?.spec {
            Spec::Image(spec) => Some(spec),
            _ => None,
        }
    }

    fn video_spec(&self, named: Option<&ModelId>) -> (Option<ModelId>, Option<&VideoSpec>) {
        match self.model_of(Modality::Video, named).map(|model| (&model.id, &model.spec)) {
            Some((id, Spec::Video(spec))) => (Some(id.clone()), Some(spec)),
            _ => (named.cloned(), None),
        }
    }
}

/// The size in pixels that a request asks for.
fn pixels(spec: Option<&ImageSpec>, request: &ImageRequest) -> ImageSize {
    let size = request.size.or(spec.map(|spec| spec.default_size)).unwrap_or(ImageSize::SQUARE_1024);
    request.aspect_ratio.map_or(size, |ratio| size.shaped(ratio))
}

/// Some whole second of the model's usual time.
fn generation_time(spec: Option<&VideoSpec>, seed: u64) -> Duration {
    let time = spec.and_then(|spec| spec.generation_time.as_ref()).unwrap_or(&GENERATION_TIME);
    let seconds = Sequence::new(seed).between(time.least_seconds.into(), time.most_seconds.into());
    Duration::from_secs(seconds.unsigned_abs())
}

/// The look of the last picture of a clip that can be extended.
fn last_look(source: &Media) -> Option<Look> {
    let uri = source.metadata.get(VEO_KEY)?.as_str()?;
    let look = uri.strip_prefix(VEO_URI).and_then(|seed| u64::from_str_radix(seed, 16).ok());
    // A clip of the real service, brought here by its library: its address stands for its look.
    Some(Look::from_seed(look.unwrap_or_else(|| hash(uri.as_bytes()))))
}

fn not_extendable(call: &Call, source: &Media) -> Error {
    let rejection =
        Rejection::new(format!("media {} was not made by Veo: it has no {VEO_KEY} in its metadata", source.id));
    Error::new(ErrorKind::Refused(rejection), Outcome::Refused).with_status(400).with_operation_id(call.operation_id())
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
