//! Speech of the mock.

use std::time::Duration;

use async_trait::async_trait;
use cosmic_ai_core::cost::{SpeechLength, speech_input, speech_price};
use cosmic_ai_core::registry::{Spec, SpeechSpec};
use cosmic_ai_core::{
    Call, Error, MediaId, Modality, PIECE_CHARACTERS, SpeechGenerator, SpeechRequest, SpeechResponse, Upload, Usage,
    Voice, split_speech,
};
use serde_json::{Map, json};

use super::MockBackend;
use super::media::{failed, made};
use super::perform::{Made, Make, Material};
use crate::generate::mp3;
use crate::generate::seed::hash;
use crate::script::Content;

/// The longest sound that is made, whatever the text.
const LONGEST: Duration = Duration::from_hours(6);
/// How long a word takes: 150 a minute.
const MILLISECONDS_A_WORD: u64 = 400;
/// How long a character takes at least, for scripts without spaces.
const MILLISECONDS_A_CHARACTER: u64 = 66;
/// How much of a text its metadata repeats, in characters.
const SHOWN_CHARACTERS: usize = 100;

#[async_trait]
impl SpeechGenerator for MockBackend {
    async fn generate_speech(&self, call: &Call, request: &SpeechRequest) -> Result<SpeechResponse, Error> {
        self.perform(call, request).await
    }
}

impl Make for SpeechRequest {
    type Made = SpeechResponse;

    async fn make(&self, mock: &MockBackend, call: &Call, material: Material) -> Result<SpeechResponse, Error> {
        let mut content = self.clone();
        (content.folder, content.metadata) = (None, None);
        let seed = mock.seed_of("speech", &content);
        let model = mock.model_of(Modality::Speech, self.model.as_ref());
        let spec = model.and_then(|model| match &model.spec {
            Spec::Speech(spec) => Some(spec),
            _ => None,
        });
        let voice = self.voice.clone().or(spec.map(|spec| spec.default_voice.clone())).unwrap_or(Voice::NOVA);
        let SpeechLength { characters, .. } = SpeechLength::of(&self.prompt);
        let spoken = spoken_time(&self.prompt, characters);
        let medium = match material.content {
            Content::Medium(medium) => medium,
            _ => {
                made("audio/mpeg", mp3::render(spoken, pitch(spec, &voice), seed).map_err(|error| failed(call, error))?)
            }
        };

        let piece_characters = spec.map_or(PIECE_CHARACTERS, |spec| spec.piece_characters as usize);
        let shown = beginning(&self.prompt);
        let mut generated = Map::new();
        generated.insert("prompt".to_owned(), json!(shown));
        generated.insert("model".to_owned(), json!(model.map(|model| &model.id).or(self.model.as_ref())));
        generated.insert("voice".to_owned(), json!(voice));
        generated
            .insert("duration_estimate".to_owned(), json!(format!("{} min", spoken.as_secs().div_ceil(60).max(1))));
        generated.insert("char_count".to_owned(), json!(characters));
        generated.insert("chunk_count".to_owned(), json!(split_speech(&self.prompt, piece_characters).count()));

        let name = format!("tts-{}.{}", mock.new_uuid(seed), medium.extension());
        let upload = Upload::new(name, medium.content_type, medium.bytes).with_alt_text(shown);
        let media = mock.store(call, upload, self.folder.as_deref(), self.metadata.as_ref(), generated).await?;
        let mut response = SpeechResponse::new(media);
        let price = spec.and_then(|spec| speech_price(characters, spec.price_per_thousand.value));
        response.usage = price.map(|price| Usage::new(speech_input(characters), price).with_total());
        Ok(response)
    }
}

impl Made for SpeechResponse {
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

/// How long it takes to speak a text.
fn spoken_time(text: &str, characters: u64) -> Duration {
    let words = text.split_whitespace().count() as u64;
    let milliseconds = (words * MILLISECONDS_A_WORD).max(characters * MILLISECONDS_A_CHARACTER);
    Duration::from_millis(milliseconds).min(LONGEST)
}

/// The number of a voice: its place in the model's list, so that those sound apart.
fn pitch(spec: Option<&SpeechSpec>, voice: &Voice) -> u8 {
    let place = spec.and_then(|spec| spec.voices.iter().position(|known| known.voice == *voice));
    place.map_or(hash(voice.as_str().as_bytes()).to_le_bytes()[0], |place| u8::try_from(place).unwrap_or(u8::MAX))
}

/// The first characters of a text, with an ellipsis where it goes on.
fn beginning(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}
