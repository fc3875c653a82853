//! The public vocabularies: which model has which, and exact counts by them. Only with the feature `bpe`.

use bpe_openai::Tokenizer;
use cosmic_ai_core::{Model, Provider};

/// A vocabulary that `OpenAI` publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    /// Of GPT-4o and what came after it.
    O200kBase,
    /// Of GPT-4 and GPT-3.5.
    Cl100kBase,
}

/// The vocabularies of families of models, from `OpenAI`'s own table (`tiktoken/model.py`, read on 2026-10-04). A model
/// is of a family by its name alone or with a dash and more behind it; all that begins with `gpt-5` is one family. What
/// is not here, a newer family say, is counted by script: a wrong vocabulary would make the upper bound unsound.
const FAMILIES: [(&str, Vocabulary); 10] = [
    ("gpt-4.5", Vocabulary::O200kBase),
    ("gpt-4.1", Vocabulary::O200kBase),
    ("gpt-4o", Vocabulary::O200kBase),
    ("chatgpt-4o", Vocabulary::O200kBase),
    ("o1", Vocabulary::O200kBase),
    ("o3", Vocabulary::O200kBase),
    ("o4-mini", Vocabulary::O200kBase),
    // The built-in registry has none of these; an overlay may.
    ("gpt-4", Vocabulary::Cl100kBase),
    ("gpt-3.5", Vocabulary::Cl100kBase),
    ("gpt-35", Vocabulary::Cl100kBase),
];

impl Vocabulary {
    /// The vocabulary of `model`; `None` where it is not public or not known to be one of these.
    pub(crate) fn of(model: &Model) -> Option<Self> {
        if model.provider != Provider::OpenAi {
            return None;
        }
        let id = model.id.as_str();
        if id.starts_with("gpt-5") {
            return Some(Self::O200kBase);
        }
        let is_of = |family| id.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
        FAMILIES.iter().find(|(family, _)| is_of(*family)).map(|(_, vocabulary)| *vocabulary)
    }

    /// The name by which it is published.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::O200kBase => "o200k_base",
            Self::Cl100kBase => "cl100k_base",
        }
    }

    /// The number of tokens of `text`. The first count of a process loads the vocabulary, some 50 milliseconds. Each takes
    /// time and memory in proportion to the text, whatever it repeats, because the encoder visits no position twice and
    /// no token has more than 128 bytes; a million bytes took 10 to 50 milliseconds, of one dash or equals sign 800.
    pub(crate) fn count(self, text: &str) -> u64 {
        self.tokenizer().count(text) as u64
    }

    fn tokenizer(self) -> &'static Tokenizer {
        match self {
            Self::O200kBase => bpe_openai::o200k_base(),
            Self::Cl100kBase => bpe_openai::cl100k_base(),
        }
    }
}

#[cfg(test)]
mod tests;
