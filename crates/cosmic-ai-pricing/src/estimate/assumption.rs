//! What an estimate assumes, in words.

use std::borrow::Cow;
use std::fmt;

use cosmic_ai_core::Tokens;
use cosmic_ai_core::cost::SPEECH_ASSUMPTION;
use cosmic_ai_core::registry::{Figure, Provenance};
use serde::{Serialize, Serializer};

/// Something that an estimate assumes. `Display` and serde give it in words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Assumption {
    /// How the tokens of a text are counted.
    InputCounted,
    /// The text is counted exactly; only its framing is assumed.
    InputCountedExactly {
        /// The vocabulary, such as `o200k_base`.
        vocabulary: &'static str,
    },
    /// How many tokens an answer is expected to have.
    UsualAnswer {
        /// That many, or as many as the answer may have if those are fewer.
        tokens: Tokens,
    },
    /// `max_tokens` bounds the answer.
    MaxTokensBounds,
    /// The model's ceiling bounds the answer, as the request does not.
    CeilingBounds {
        /// The ceiling.
        tokens: Tokens,
        /// Who states it, and how sure it is.
        provenance: Provenance,
    },
    /// Neither the request nor a published ceiling bounds the answer.
    Unbounded,
    /// The multiplier holds for input and output alike.
    MultiplierOnBoth,
    /// The tier is not documented; the text says what is assumed.
    Tier(Cow<'static, str>),
    /// The price is not documented; the text says what is assumed.
    Price(Cow<'static, str>),
    /// The file behind `media_url` is as large as the caller states.
    MediaStated {
        /// Its tokens.
        tokens: Tokens,
    },
    /// The file behind `media_url` may fill the context window.
    MediaFillsWindow {
        /// The window, who states it and how sure it is; `None` where no one does, and the input is unbounded.
        window: Option<Figure<Tokens>>,
    },
    /// The input of media is next to nothing.
    MediaInput,
    /// Reference images cost nothing beyond the fixed price.
    ReferenceImages,
    /// How speech is charged.
    SpeechByThousand,
    /// How the input of speech is counted.
    SpeechInput,
    /// No one knows the price of this model.
    UnknownPrice,
    /// The rate by which tokens are shown in money, and where it comes from.
    Rate(Cow<'static, str>),
}

impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InputCounted => f.write_str(
                "input is counted by script; at most one token a byte, 16 a request and 8 a message, at least half of what is expected",
            ),
            Self::InputCountedExactly { vocabulary } => write!(
                f,
                "input is counted exactly by {vocabulary}, which OpenAI publishes for this family of models; framing adds at most 16 a request and 8 a message"
            ),
            Self::UsualAnswer { tokens } => write!(f, "an answer is expected to have {tokens} tokens, if it may"),
            Self::MaxTokensBounds => f.write_str("max_tokens bounds the whole answer, hidden reasoning included"),
            Self::CeilingBounds { tokens, provenance } => {
                write!(f, "no max_tokens: the answer is bounded by the model's ceiling of {tokens} tokens, {provenance}")
            }
            Self::Unbounded => {
                f.write_str("no max_tokens and no published ceiling: the answer is unbounded; set max_tokens")
            }
            Self::MultiplierOnBoth => {
                f.write_str("the multiplier holds for input and output alike, and usage is reported before it")
            }
            Self::Tier(reason) | Self::Price(reason) | Self::Rate(reason) => f.write_str(reason),
            Self::MediaStated { tokens } => write!(f, "the file at media_url makes at most {tokens} tokens, as stated"),
            Self::MediaFillsWindow { window: Some(Figure { value, provenance, .. }) } => write!(
                f,
                "the file at media_url may fill the context window of {value} tokens, {provenance}; state its tokens to the estimator to narrow this"
            ),
            Self::MediaFillsWindow { window: None } => f.write_str(
                "the file at media_url may fill a context window that no one publishes: the input is unbounded; state its tokens to the estimator",
            ),
            Self::MediaInput => f.write_str(
                "the prompt of a medium is deducted as next to nothing, at most one token a byte and 16 a request",
            ),
            Self::ReferenceImages => f.write_str("reference images cost nothing beyond the fixed price"),
            Self::SpeechByThousand => f.write_str(SPEECH_ASSUMPTION),
            Self::SpeechInput => f.write_str(
                "the input of speech is a quarter of its characters, whatever its script, as in the source's one example",
            ),
            Self::UnknownPrice => f.write_str("the price of this model is unknown"),
        }
    }
}

impl Serialize for Assumption {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
