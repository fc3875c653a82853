//! What a backend offers: one slot per modality, each of which may be empty.

use std::sync::Arc;

use crate::image::ImageGenerator;
use crate::library::MediaLibrary;
use crate::speech::SpeechGenerator;
use crate::text::TextGenerator;
use crate::video::VideoGenerator;

/// The generators that an application uses, one slot per modality. A backend implements what it can; the slots may be
/// filled from several.
///
/// ```
/// # use std::sync::Arc;
/// # use cosmic_ai_core::{Generators, TextGenerator};
/// # fn show(mine: Arc<dyn TextGenerator>, cosmic: Generators) {
/// let generators = cosmic.with_text(mine); // images, video and speech stay with the other backend
/// # }
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Generators {
    /// Writes text.
    pub text: Option<Arc<dyn TextGenerator>>,
    /// Makes images.
    pub image: Option<Arc<dyn ImageGenerator>>,
    /// Makes and extends clips.
    pub video: Option<Arc<dyn VideoGenerator>>,
    /// Speaks.
    pub speech: Option<Arc<dyn SpeechGenerator>>,
    /// Keeps what was made.
    pub library: Option<Arc<dyn MediaLibrary>>,
}

impl Generators {
    /// Empty slots.
    pub fn new() -> Self {
        Self::default()
    }

    /// All slots filled by one backend.
    pub fn all<B>(backend: Arc<B>) -> Self
    where
        B: TextGenerator + ImageGenerator + VideoGenerator + SpeechGenerator + MediaLibrary + 'static,
    {
        Self {
            text: Some(backend.clone()),
            image: Some(backend.clone()),
            video: Some(backend.clone()),
            speech: Some(backend.clone()),
            library: Some(backend),
        }
    }

    /// Fills the text slot.
    #[must_use]
    pub fn with_text(mut self, generator: impl TextGenerator + 'static) -> Self {
        self.text = Some(Arc::new(generator));
        self
    }

    /// Fills the image slot.
    #[must_use]
    pub fn with_image(mut self, generator: impl ImageGenerator + 'static) -> Self {
        self.image = Some(Arc::new(generator));
        self
    }

    /// Fills the video slot.
    #[must_use]
    pub fn with_video(mut self, generator: impl VideoGenerator + 'static) -> Self {
        self.video = Some(Arc::new(generator));
        self
    }

    /// Fills the speech slot.
    #[must_use]
    pub fn with_speech(mut self, generator: impl SpeechGenerator + 'static) -> Self {
        self.speech = Some(Arc::new(generator));
        self
    }

    /// Fills the library slot.
    #[must_use]
    pub fn with_library(mut self, library: impl MediaLibrary + 'static) -> Self {
        self.library = Some(Arc::new(library));
        self
    }
}
