//! How a model's texts are counted: by script, or exactly where that was asked for and the vocabulary is public.

use cosmic_ai_core::Model;

#[cfg(feature = "bpe")]
use super::vocabulary::Vocabulary;
use super::{estimate_tokens, most_tokens};

/// Which way of counting an estimator was asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Counting {
    /// By script for every model.
    #[default]
    ByScript,
    /// Exactly for the models whose vocabulary is public.
    #[cfg(feature = "bpe")]
    Exact,
}

/// The way of counting that a model gets.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Counter {
    ByScript,
    #[cfg(feature = "bpe")]
    Exact(Vocabulary),
}

/// How many tokens a text has.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Count {
    pub(crate) expected: u64,
    pub(crate) most: u64,
}

impl Counter {
    #[cfg_attr(not(feature = "bpe"), expect(unused_variables, reason = "without vocabularies all models are alike"))]
    pub(crate) fn of(counting: Counting, model: &Model) -> Self {
        match counting {
            Counting::ByScript => Self::ByScript,
            #[cfg(feature = "bpe")]
            Counting::Exact => Vocabulary::of(model).map_or(Self::ByScript, Self::Exact),
        }
    }

    pub(crate) fn count<'t>(self, texts: impl Iterator<Item = &'t str>) -> Count {
        texts.fold(Count::default(), |sum, text| {
            let (expected, most) = match self {
                Self::ByScript => (estimate_tokens(text), most_tokens(text)),
                #[cfg(feature = "bpe")]
                Self::Exact(vocabulary) => {
                    let count = vocabulary.count(text);
                    (count, count)
                }
            };
            Count { expected: sum.expected + expected, most: sum.most + most }
        })
    }

    /// The name of the vocabulary; `None` where texts are counted by script.
    pub(crate) const fn vocabulary(self) -> Option<&'static str> {
        match self {
            Self::ByScript => None,
            #[cfg(feature = "bpe")]
            Self::Exact(vocabulary) => Some(vocabulary.name()),
        }
    }
}
