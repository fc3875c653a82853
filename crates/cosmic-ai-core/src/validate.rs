//! The one place that judges requests, before any money moves.

mod fields;
mod media;
mod text;

use std::borrow::Cow;

use crate::error::{InvalidRequest, Problem};
use crate::image::{ImageFormat, ImageQuality, ImageRequest, ImageSize};
use crate::model::{Modality, ModelId};
use crate::registry::{Model, Registry, Spec};
use crate::request::RequestRef;
use crate::speech::{SpeechRequest, Voice};
use crate::text::TextRequest;
use crate::video::{ClipSeconds, ExtensionRequest, Resolution, VideoRequest};

impl Registry {
    /// Judges a request and answers with its model: the one it names, or the default of its modality. `None` is a model
    /// that the registry does not hold but [allows](Self::allow_unknown).
    ///
    /// # Errors
    /// All problems of the request at once, each with field, value, what is allowed and what is nearest.
    ///
    /// ```
    /// use cosmic_ai_core::{ImageRequest, ImageSize, Registry};
    ///
    /// let request = ImageRequest::new("A lake").with_model("dall-e-3").with_size(ImageSize::SQUARE_512);
    /// let error = Registry::built_in().check(&request).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "invalid request: size `512x512` is not a size of dall-e-3, did you mean `1024x1024`? \
    ///      (allowed: 1024x1024, 1792x1024, 1024x1792)"
    /// );
    /// ```
    pub fn check<'a>(&self, request: impl Into<RequestRef<'a>>) -> Result<Option<&Model>, InvalidRequest> {
        let request = request.into();
        let mut problems = Vec::new();
        let model = self.model_of(request).unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        match request {
            RequestRef::Text(request) => text::check(request, &mut problems),
            RequestRef::Image(request) => media::check_image(request, model, &mut problems),
            RequestRef::Video(request) => media::check_video(request, model, &mut problems),
            RequestRef::Extend(request) => media::check_extension(request, model, &mut problems),
            RequestRef::Speech(request) => media::check_speech(request, model, &mut problems),
        }
        if problems.is_empty() { Ok(model) } else { Err(InvalidRequest::new(problems)) }
    }

    /// Judges a request and gives it in the form that is sent. Borrowed if nothing had to change:
    /// - the model's id stands in place of an alias or display name;
    /// - an explicit `standard` quality is left out where a model has no other;
    /// - what the request leaves to the registry is spelt out where the registry's default (of an overlay, say) is not
    ///   the API's own, so that what is priced is what is made.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn canonical<'r, R: Canonical>(&self, request: &'r R) -> Result<Cow<'r, R>, InvalidRequest>
    where
        &'r R: Into<RequestRef<'r>>,
    {
        let mut canonical = Cow::Borrowed(request);
        if let Some(model) = self.check(request)? {
            let says_otherwise = match request.model() {
                Some(named) => *named != model.id,
                None => Self::built_in().default_model(model.modality()).is_none_or(|usual| usual.id != model.id),
            };
            if says_otherwise {
                canonical.to_mut().set_model(model.id.clone());
            }
            R::settle(&mut canonical, model);
        }
        Ok(canonical)
    }

    /// The model of a request; `Ok(None)` for one that is allowed without being known.
    fn model_of(&self, request: RequestRef<'_>) -> Result<Option<&Model>, Problem> {
        let modality = request.modality();
        let Some(named) = request.model() else { return Ok(self.default_model(modality)) };
        match self.find(named.as_str()) {
            Some(model) if model.modality() == modality => Ok(Some(model)),
            Some(model) => {
                let made = model.modality();
                let reason = format!("is a model for {made}, not for {modality}");
                Err(self.model_problem(named, modality, reason, self.default_model(modality).map(|model| &model.id)))
            }
            None if self.allows_unknown() && !named.as_str().trim().is_empty() => Ok(None),
            None => {
                let nearest = self.nearest(named.as_str(), modality);
                Err(self.model_problem(named, modality, "is not a known model", nearest.first()))
            }
        }
    }

    fn model_problem(
        &self,
        named: &ModelId,
        modality: Modality,
        reason: impl Into<Cow<'static, str>>,
        nearest: Option<impl std::fmt::Display>,
    ) -> Problem {
        let mut offered: Vec<&str> = self.nearest(named.as_str(), modality);
        for model in self.models_of(modality).filter(|model| model.is_offered()) {
            if !offered.contains(&model.id.as_str()) {
                offered.push(model.id.as_str());
            }
        }
        Problem::new("model", reason).given(named).allowed(offered).nearest(nearest)
    }
}

/// A request of one modality; implemented by the five request types and by nothing else.
pub trait Canonical: Clone + sealed::Sealed {
    /// The model that the request names, as it names it.
    fn model(&self) -> Option<&ModelId>;

    #[doc(hidden)]
    fn set_model(&mut self, model: ModelId);

    /// Makes the other options say what `model` makes of the request, and no more.
    #[doc(hidden)]
    fn settle(request: &mut Cow<'_, Self>, model: &Model);
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! canonical {
    ($($request:ident: $settle:expr),*) => {$(
        impl sealed::Sealed for $request {}

        impl Canonical for $request {
            fn model(&self) -> Option<&ModelId> {
                self.model.as_ref()
            }

            fn set_model(&mut self, model: ModelId) {
                self.model = Some(model);
            }

            fn settle(request: &mut Cow<'_, Self>, model: &Model) {
                let settle: fn(&mut Cow<'_, Self>, &Spec) = $settle;
                settle(request, &model.spec);
            }
        }
    )*};
}

canonical!(
    TextRequest: |_, _| {},
    ImageRequest: settle_image,
    VideoRequest: settle_video,
    ExtensionRequest: |_, _| {},
    SpeechRequest: settle_speech
);

fn settle_image(request: &mut Cow<'_, ImageRequest>, spec: &Spec) {
    let Spec::Image(spec) = spec else { return };
    if request.size.is_none() && spec.default_size != ImageSize::SQUARE_1024 {
        request.to_mut().size = Some(spec.default_size);
    }
    let format = spec.formats.first().copied().unwrap_or_default();
    if request.format.is_none() && format != ImageFormat::Png {
        request.to_mut().format = Some(format);
    }
    if request.quality == Some(ImageQuality::Standard) && *spec.qualities == [ImageQuality::Standard] {
        request.to_mut().quality = None;
    }
}

fn settle_video(request: &mut Cow<'_, VideoRequest>, spec: &Spec) {
    let Spec::Video(spec) = spec else { return };
    if request.duration.is_none() && spec.default_duration != ClipSeconds::EIGHT {
        request.to_mut().duration = Some(spec.default_duration);
    }
    if request.resolution.is_none() && spec.default_resolution != Resolution::P720 {
        request.to_mut().resolution = Some(spec.default_resolution);
    }
}

fn settle_speech(request: &mut Cow<'_, SpeechRequest>, spec: &Spec) {
    let Spec::Speech(spec) = spec else { return };
    if request.voice.is_none() && spec.default_voice != Voice::NOVA {
        request.to_mut().voice = Some(spec.default_voice.clone());
    }
}

#[cfg(test)]
mod tests;
