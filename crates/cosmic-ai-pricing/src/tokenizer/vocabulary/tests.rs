//! Which model has which vocabulary, and what holds for counts of any text.

use cosmic_ai_core::registry::Spec;
use cosmic_ai_core::{Modality, Registry};
use proptest::prelude::*;

use super::super::most_tokens;
use super::*;

const BOTH: [Vocabulary; 2] = [Vocabulary::O200kBase, Vocabulary::Cl100kBase];

/// The longest token of both vocabularies.
const LONGEST: u64 = 128;

#[test]
fn every_text_model_of_openai_in_the_registry_has_its_vocabulary_and_no_other_has_one() {
    for model in Registry::built_in().models() {
        let counted = model.provider == Provider::OpenAi && matches!(model.spec, Spec::Text(_));
        let vocabulary = Vocabulary::of(model);
        if counted {
            assert_eq!(vocabulary, Some(Vocabulary::O200kBase), "{}", model.id);
        } else if model.modality() == Modality::Text {
            assert_eq!(vocabulary, None, "{}", model.id);
        }
    }
}

#[test]
fn models_of_an_overlay_get_the_vocabulary_of_their_family_or_none() {
    let cases = [
        ("gpt-4", Some("cl100k_base")),
        ("gpt-4-turbo", Some("cl100k_base")),
        ("gpt-3.5-turbo", Some("cl100k_base")),
        ("gpt-4o-2024-05-13", Some("o200k_base")),
        ("gpt-4.1-2025-04-14", Some("o200k_base")),
        ("gpt-5.9-codex", Some("o200k_base")),
        ("o4-mini-high", Some("o200k_base")),
        ("gpt-4.9", None),
        ("gpt-6", None),
        ("o5", None),
        ("o10", None),
    ];
    for (id, name) in cases {
        for (provider, expected) in [("openai", name), ("us", None)] {
            let id = format!("{id}{}", if provider == "us" { "-of-us" } else { "" });
            let built_in = Registry::built_in().find(&id).is_some();
            let overlay = format!("[[text]]\nid = \"{id}\"\nprovider = \"{provider}\"\ntier = \"Budget\"");
            let overlay = if built_in { String::new() } else { overlay };
            let registry = Registry::built_in().with_overlay(&overlay, "o.toml").unwrap();
            let found = Vocabulary::of(registry.find(&id).unwrap()).map(Vocabulary::name);
            assert_eq!(found, expected, "{id} of {provider}");
        }
    }
}

#[test]
fn the_page_s_example_has_eight_tokens() {
    assert_eq!(Vocabulary::O200kBase.count("Write a product description for a coffee mug"), 8);
    for vocabulary in BOTH {
        assert_eq!(vocabulary.count(""), 0);
    }
}

/// Texts on which simpler encoders take time in the square of the length, and tables the depth of a stack. No clock is
/// read: that the test ends soon is seen by those who wait for it, and the square of these lengths would take minutes.
#[test]
fn huge_repetitive_texts_are_counted_whole() {
    let units =
        ["a", "ab", " ", "\n", "\t \r\n", "0", "-", "é", "\u{301}", "的", "😀", "\u{200d}", "\0", "Aa", "'s", "/ "];
    for vocabulary in BOTH {
        for unit in units {
            let text = unit.repeat(40_000 / unit.len());
            let count = vocabulary.count(&text);
            let bytes = most_tokens(&text);
            assert!(bytes.div_ceil(LONGEST) <= count && count <= bytes, "{unit:?}: {count} of {bytes} bytes");
            let half = vocabulary.count(text.get(..text.floor_char_boundary(text.len() / 2)).unwrap());
            assert!(count.abs_diff(2 * half) <= 2 + count / 100, "{unit:?}: {count}, of half of it {half}");
        }
    }
}

proptest! {
    /// A text that were lost in part would be counted too low, and the upper bound be unsound.
    #[test]
    fn nothing_of_a_text_is_lost(text in prop_oneof![any::<String>(), "[a-zA-Z' \\n\\t0-9é的😀\u{301}]{0,80}", "\\s{0,40}[a-z]?"]) {
        for vocabulary in BOTH {
            let tokens = vocabulary.tokenizer().encode(text.as_str());
            prop_assert_eq!(vocabulary.count(&text), tokens.len() as u64);
            prop_assert_eq!(vocabulary.tokenizer().decode(&tokens), Some(text.clone()));
            prop_assert!(vocabulary.count(&text) <= most_tokens(&text));
        }
    }
}
