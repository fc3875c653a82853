//! How long the mock takes to answer, by modality.

use std::time::Duration;

use cosmic_ai_core::registry::{GenerationTime, Spec};
use cosmic_ai_core::{Modality, Registry, RequestRef};

use crate::generate::seed::{Sequence, hash};
use crate::script::texts;

/// Of images without a published time, in seconds: our assumption.
const IMAGE_TIME: GenerationTime = GenerationTime { least_seconds: 5, most_seconds: 20 };
/// Of clips without a published time, in seconds: what is usual of Veo Fast.
pub(crate) const VIDEO_TIME: GenerationTime = GenerationTime { least_seconds: 30, most_seconds: 90 };
/// Until the first fragment of a text, in milliseconds: our assumption.
const FIRST_FRAGMENT_MILLISECONDS: (i64, i64) = (400, 1_200);
/// Between fragments of three tokens: our assumption, 60 tokens a second.
const FRAGMENT: Duration = Duration::from_millis(50);
/// Of speech: our assumption, a second and two more for each started 1,000 characters.
const SPEECH: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(2));

/// How long an answer takes. Time is tokio's: under a paused clock (`#[tokio::test(start_paused = true)]`), minutes of
/// it pass at once.
///
/// What is billed is settled when a request is taken, and media are in the library from then on; latency delays the
/// answer. So who gives up waiting, by a time limit or by dropping the call, has paid and can look for the medium, as
/// with the real service.
///
/// Whatever waits needs a tokio runtime with its time enabled, and panics without one as tokio's timers do.
///
/// ```
/// use std::time::Duration;
/// use cosmic_ai_core::{Call, VideoGenerator, VideoRequest};
/// use cosmic_ai_mock::{Latency, MockBackend};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), cosmic_ai_core::Error> {
/// // In a test with `#[tokio::test(start_paused = true)]`, this takes milliseconds.
/// let mock = MockBackend::builder().with_latency(Latency::realistic()).build();
/// let clip = mock.generate_video(&Call::new(), &VideoRequest::new("A kite")).await?;
/// assert!(clip.generation_time >= Some(Duration::from_secs(30)));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Latency(Profile);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Profile {
    #[default]
    None,
    Fixed(Duration),
    Realistic,
}

impl Latency {
    /// Answers at once: the default. Needs no runtime with a clock.
    pub const NONE: Self = Self(Profile::None);

    /// Answers after `latency`; of a streamed text the first fragment comes then, and the rest at once.
    pub const fn fixed(latency: Duration) -> Self {
        Self(Profile::Fixed(latency))
    }

    /// Answers as slowly as the service, the same request always in the same time:
    /// - clips in the usual time of their model in the registry: Veo Fast 30 to 90 s, Standard 60 to 180 s. It is the
    ///   time that their response reports;
    /// - images in 5 to 20 s, unless the registry has a time (assumed);
    /// - speech in 1 s and 2 s more for each started 1,000 characters (assumed);
    /// - text with its first fragment after 400 to 1,200 ms, each further one 50 ms after the one before: about 60 tokens
    ///   a second (assumed). An answer as a whole comes when its last fragment would.
    pub const fn realistic() -> Self {
        Self(Profile::Realistic)
    }

    /// The pace of an answer to a request.
    fn pace(self, registry: &Registry, request: RequestRef<'_>) -> Pace {
        let mut sequence = Sequence::new(hash(texts(request).concat().as_bytes()));
        match (self.0, request) {
            (Profile::None, _) => Pace::default(),
            (Profile::Fixed(first), _) => Pace { first, ..Pace::default() },
            (Profile::Realistic, RequestRef::Text(_)) => {
                let first = sequence.between(FIRST_FRAGMENT_MILLISECONDS.0, FIRST_FRAGMENT_MILLISECONDS.1);
                Pace { first: Duration::from_millis(first.unsigned_abs()), fragment: FRAGMENT, is_reported: false }
            }
            (Profile::Realistic, RequestRef::Speech(speech)) => {
                let thousands = speech.prompt.chars().count().div_ceil(1_000);
                let thousands = u32::try_from(thousands).unwrap_or(u32::MAX);
                Pace { first: SPEECH.0.saturating_add(SPEECH.1.saturating_mul(thousands)), ..Pace::default() }
            }
            (Profile::Realistic, _) => {
                let time = usual_time(registry, request);
                let seconds = sequence.between(time.least_seconds.into(), time.most_seconds.into());
                let first = Duration::from_secs(seconds.unsigned_abs());
                Pace { first, is_reported: true, ..Pace::default() }
            }
        }
    }
}

fn usual_time(registry: &Registry, request: RequestRef<'_>) -> GenerationTime {
    let model = match request.model() {
        Some(named) => registry.find(named.as_str()),
        None => registry.default_model(request.modality()),
    };
    match model.map(|model| &model.spec) {
        Some(Spec::Image(spec)) => spec.generation_time.clone().unwrap_or(IMAGE_TIME),
        Some(Spec::Video(spec)) => spec.generation_time.clone().unwrap_or(VIDEO_TIME),
        _ if request.modality() == Modality::Image => IMAGE_TIME,
        _ => VIDEO_TIME,
    }
}

/// How fast an answer comes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pace {
    /// Until the answer, or until the first fragment of a text.
    pub(crate) first: Duration,
    /// Between fragments.
    pub(crate) fragment: Duration,
    /// Whether the time that the response reports, if it does, goes before `first`.
    pub(crate) is_reported: bool,
}

/// The latency of each modality.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Latencies {
    text: Latency,
    image: Latency,
    video: Latency,
    speech: Latency,
}

impl Latencies {
    pub(crate) const fn all(latency: Latency) -> Self {
        Self { text: latency, image: latency, video: latency, speech: latency }
    }

    pub(crate) fn set(&mut self, modality: Modality, latency: Latency) {
        match modality {
            Modality::Image => self.image = latency,
            Modality::Video => self.video = latency,
            Modality::Speech => self.speech = latency,
            _ => self.text = latency,
        }
    }

    /// The pace of the answer to a request.
    pub(crate) fn pace(&self, registry: &Registry, request: RequestRef<'_>) -> Pace {
        let latency = match request.modality() {
            Modality::Image => self.image,
            Modality::Video => self.video,
            Modality::Speech => self.speech,
            _ => self.text,
        };
        if latency == Latency::NONE { Pace::default() } else { latency.pace(registry, request) }
    }
}
