//! Clips and extensions of the mock.

use std::time::Duration;

use async_trait::async_trait;
use cosmic_ai_core::cost::video_price;
use cosmic_ai_core::registry::{Spec, VideoSpec};
use cosmic_ai_core::{
    Call, ClipSeconds, Error, ErrorKind, ExtensionRequest, Media, MediaId, MediaLibrary, Modality, ModelId, Outcome,
    Rejection, Resolution, Tokens, Upload, Usage, VideoGenerator, VideoRequest, VideoResponse,
};
use serde_json::{Map, Value, json};

use super::MockBackend;
use super::media::{failed, made};
use super::perform::{Made, Make, Material};
use crate::generate::look::Look;
use crate::generate::mp4::{self, Clip};
use crate::generate::seed::{Sequence, hash};
use crate::latency::{Pace, VIDEO_TIME};
use crate::script::Content;

/// The metadata key that marks a clip as made by Veo, and so as one that can be extended.
const VEO_KEY: &str = "veo_file_uri";
/// What the value of that key begins with; the look of the clip's last picture follows.
const VEO_URI: &str = "https://generativelanguage.googleapis.com/v1beta/files/mock-";

#[async_trait]
impl VideoGenerator for MockBackend {
    async fn generate_video(&self, call: &Call, request: &VideoRequest) -> Result<VideoResponse, Error> {
        self.perform(call, request).await
    }

    async fn extend_video(&self, call: &Call, request: &ExtensionRequest) -> Result<VideoResponse, Error> {
        self.perform(call, request).await
    }
}

impl Make for VideoRequest {
    type Made = VideoResponse;

    async fn make(&self, mock: &MockBackend, call: &Call, material: Material) -> Result<VideoResponse, Error> {
        let mut content = self.clone();
        (content.folder, content.metadata) = (None, None);
        let seed = mock.seed_of("video", &content);
        let (model, spec) = mock.video_spec(self.model.as_ref());
        let duration = self.duration.or(spec.map(|spec| spec.default_duration)).unwrap_or(ClipSeconds::EIGHT);
        let to = Look::from_seed(seed);
        let film = Film {
            prefix: "veo",
            prompt: &self.prompt,
            model,
            duration,
            resolution: self.resolution.or(spec.map(|spec| spec.default_resolution)).unwrap_or(Resolution::P720),
            // The picture itself cannot be fetched here; its address stands for it.
            from: self.reference_images.first().map_or(to, |url| Look::from_seed(hash(url.as_bytes()))),
            to,
            time: generation_time(spec, seed),
            price: spec.and_then(|spec| Some(video_price(spec, duration)?.expected)),
            folder: self.folder.as_deref(),
            metadata: self.metadata.as_ref(),
        };
        mock.film(call, seed, &film, material, Map::new()).await
    }
}

impl Make for ExtensionRequest {
    type Made = VideoResponse;

    async fn make(&self, mock: &MockBackend, call: &Call, material: Material) -> Result<VideoResponse, Error> {
        let mut content = self.clone();
        (content.folder, content.metadata) = (None, None);
        let seed = mock.seed_of("extend", &content);
        let to = Look::from_seed(seed);
        let from = if matches!(material.content, Content::Medium(_)) {
            // A clip that someone else made continues whatever it says.
            to
        } else {
            let source = mock.get(&self.media_id).await;
            let source = source.map_err(|error| error.with_operation_id(call.operation_id()))?;
            last_look(&source).ok_or_else(|| not_extendable(call, &source))?
        };
        let (model, spec) = mock.video_spec(self.model.as_ref());
        let extension = spec.and_then(|spec| spec.extension.as_ref());
        let film = Film {
            prefix: "veo-ext",
            prompt: &self.prompt,
            model,
            duration: extension.map_or(ClipSeconds::EIGHT, |extension| extension.duration),
            resolution: extension.map_or(Resolution::P720, |extension| extension.resolution),
            from,
            to,
            time: generation_time(spec, seed),
            price: extension.map(|extension| extension.price.expected),
            folder: self.folder.as_deref(),
            metadata: self.metadata.as_ref(),
        };
        let mut generated = Map::new();
        generated.insert("is_extension".to_owned(), json!(true));
        generated.insert("source_media_id".to_owned(), json!(self.media_id));
        let response = mock.film(call, seed, &film, material, generated).await?;
        Ok(response.extending(self.media_id.clone()))
    }
}

impl Made for VideoResponse {
    type Response = Self;

    fn usage(&mut self) -> &mut Option<Usage> {
        &mut self.usage
    }

    fn media_id(&self) -> Option<&MediaId> {
        Some(&self.media.id)
    }

    fn time(&self, pace: Pace) -> Duration {
        self.generation_time.filter(|_| pace.is_reported).unwrap_or(pace.first)
    }

    fn into_response(self) -> Self {
        self
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
        material: Material,
        mut generated: Map<String, Value>,
    ) -> Result<VideoResponse, Error> {
        let medium = if let Content::Medium(medium) = material.content {
            medium
        } else {
            let (width, height) = (film.resolution.width(), film.resolution.height());
            let clip = Clip { width, height, seconds: film.duration.get(), from: film.from, to: film.to };
            made("video/mp4", mp4::render(&clip).map_err(|error| failed(call, error))?)
        };
        generated.insert("prompt".to_owned(), json!(film.prompt));
        generated.insert("duration".to_owned(), json!(film.duration));
        generated.insert("resolution".to_owned(), json!(film.resolution));
        generated.insert("generation_time_seconds".to_owned(), json!(film.time.as_secs()));
        generated.insert(VEO_KEY.to_owned(), json!(format!("{VEO_URI}{:016x}", film.to.seed())));
        if let Some(model) = &film.model {
            generated.insert("model".to_owned(), json!(model));
        }
        let name = format!("{}-{}.{}", film.prefix, self.new_uuid(seed), medium.extension());
        let upload = Upload::new(name, medium.content_type, medium.bytes).with_alt_text(film.prompt);
        let media = self.store(call, upload, film.folder, film.metadata, generated).await?;
        let mut response = VideoResponse::new(media).with_generation_time(film.time);
        // Under the input, where the API's examples have it.
        response.usage = film.price.map(|price| Usage::new(price, Tokens::ZERO).with_total());
        Ok(response)
    }

    fn video_spec(&self, named: Option<&ModelId>) -> (Option<ModelId>, Option<&VideoSpec>) {
        match self.model_of(Modality::Video, named).map(|model| (&model.id, &model.spec)) {
            Some((id, Spec::Video(spec))) => (Some(id.clone()), Some(spec)),
            _ => (named.cloned(), None),
        }
    }
}

/// Some whole second of the model's usual time.
fn generation_time(spec: Option<&VideoSpec>, seed: u64) -> Duration {
    let time = spec.and_then(|spec| spec.generation_time.as_ref()).unwrap_or(&VIDEO_TIME);
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
