//! Text of the mock, whole and streamed.

use std::time::Duration;

use async_trait::async_trait;
use cosmic_ai_core::registry::Spec;
use cosmic_ai_core::{Call, Error, Modality, Multiplier, TextGenerator, TextRequest, TextResponse, TextStream, Usage};

use super::MockBackend;
use super::perform::{Made, Make, Material, Taken};
use super::stream::Giving;
use crate::fault::Struck;
use crate::generate::text::{Draft, write};
use crate::latency::Pace;
use crate::recorder::Record;
use crate::script::{Content, Fragments};

/// What is added to each text of a request.
const FRAMING_TOKENS: u64 = 2;
/// How many letters of a word one token holds.
const WORD_LETTERS: u64 = 6;

#[async_trait]
impl TextGenerator for MockBackend {
    async fn generate_text(&self, call: &Call, request: &TextRequest) -> Result<TextResponse, Error> {
        self.perform(call, request).await
    }

    async fn stream_text(&self, call: &Call, request: &TextRequest) -> Result<TextStream, Error> {
        let mut record = self.begin(call, request.into(), true);
        match self.begin_stream(call, request, &mut record).await {
            Ok((taken, tier)) => Ok(TextStream::new(call.operation_id(), Giving::new(taken, tier, record))),
            Err(error) => {
                record.settle(Some(&error));
                Err(error)
            }
        }
    }
}

impl MockBackend {
    /// Takes a call for a stream, unless a fault strikes before that begins; with the multiplier of its model.
    async fn begin_stream(
        &self,
        call: &Call,
        request: &TextRequest,
        record: &mut Record,
    ) -> Result<(Taken<Written>, Option<Multiplier>), Error> {
        let mut taken = self.take(call, request, record).await?;
        // An answer that is lost as a whole, and so not streamed at all.
        let is_lost = |struck: &mut Struck| struck.fault.fails() && struck.fault.fragments.is_none();
        if let Some(struck) = taken.struck.take_if(is_lost) {
            let charge = self.inner.registry.cost(request, taken.made.end.usage.as_ref()).charge();
            record.bill(struck.charge(charge));
            return Err(Self::fail(&taken.patience, struck, taken.delay.unwrap_or(taken.pace.first)).await);
        }
        let model = self.model_of(Modality::Text, taken.made.end.model.as_ref());
        let tier = model.and_then(|model| match &model.spec {
            Spec::Text(spec) => Some(spec.tier.multiplier),
            _ => None,
        });
        Ok((taken, tier))
    }
}

/// A text that is written and not given yet.
pub(super) struct Written {
    pub(super) draft: Draft,
    /// Its response without the text.
    pub(super) end: TextResponse,
}

impl Make for TextRequest {
    type Made = Written;

    async fn make(&self, mock: &MockBackend, _: &Call, material: Material) -> Result<Written, Error> {
        let (mut draft, most) = match material.content {
            Content::Text(text) => (Draft::of(&text), self.max_tokens.map_or(u64::MAX, u64::from)),
            _ => (write(self.texts(), mock.seed_of("text", self), self.max_tokens), u64::MAX),
        };
        match material.fragments {
            Fragments::Usual => {}
            Fragments::Count(count) => draft.cut(count),
            Fragments::Ends(ends) => draft.cut_at(ends),
        }
        let usage = Usage::new(input_tokens(self), draft.tokens().min(most));
        let default = || mock.inner.registry.default_model(Modality::Text).map(|model| model.id.clone());
        let mut end = TextResponse::default().with_usage(usage);
        end.model = self.model.clone().or_else(default);
        Ok(Written { draft, end })
    }
}

impl Made for Written {
    type Response = TextResponse;

    fn usage(&mut self) -> &mut Option<Usage> {
        &mut self.end.usage
    }

    fn time(&self, pace: Pace) -> Duration {
        let further = u32::try_from(self.draft.fragments().saturating_sub(1)).unwrap_or(u32::MAX);
        pace.first.saturating_add(pace.fragment.saturating_mul(further))
    }

    fn into_response(self) -> TextResponse {
        let mut response = self.end;
        response.text = self.draft.into_text();
        response
    }
}

/// What a request is charged for: its texts, and the framing of each.
fn input_tokens(request: &TextRequest) -> u64 {
    request.texts().map(|text| count_tokens(text) + FRAMING_TOKENS).sum()
}

/// How many tokens a text has, about as models count: common words are one, long ones more, marks and digits one each.
fn count_tokens(text: &str) -> u64 {
    let (mut tokens, mut quarters, mut word) = (0, 0, 0_u64);
    for character in text.chars() {
        word = if character.is_ascii_alphabetic() { word + 1 } else { 0 };
        match character.len_utf8() as u64 {
            1 if word > 0 => tokens += u64::from(word % WORD_LETTERS == 1),
            1 => tokens += u64::from(character != ' '),
            4 => tokens += 2,
            bytes => quarters += bytes,
        }
    }
    tokens + u64::div_ceil(quarters, 4)
}
