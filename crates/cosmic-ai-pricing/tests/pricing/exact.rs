//! Exact counts on demand: what they change, and what they leave alone.

use cosmic_ai_core::{Message, Registry, TextRequest, Tokens, VideoRequest};
use cosmic_ai_pricing::{Assumption, Estimator};
use proptest::prelude::*;

const MUG: &str = "Write a product description for a coffee mug";

fn usual() -> Estimator<'static> {
    Estimator::new(Registry::built_in())
}

fn exact() -> Estimator<'static> {
    usual().with_exact_counts()
}

#[test]
fn a_text_for_openai_is_its_tokens_and_framing() {
    let found = exact().estimate(&TextRequest::new(MUG).with_model("gpt-5").with_max_tokens(500)).unwrap();
    let input = found.input_tokens;
    assert_eq!((input.low, input.expected, input.high), (Tokens(8), Some(Tokens(10)), Some(Tokens(24))));
    assert_eq!(found.to_string(), "at most 1,048 tokens deducted (gpt-5, Standard 2.0x)");
    assert_eq!(found.assumptions[0], Assumption::InputCountedExactly { vocabulary: "o200k_base" });
    assert!(!found.assumptions.contains(&Assumption::InputCounted));
    let chat = TextRequest::chat([Message::user(MUG), Message::assistant("Ja"), Message::user(MUG)]).with_model("o3");
    let input = exact().estimate(&chat).unwrap().input_tokens;
    assert_eq!((input.low, input.expected, input.high), (Tokens(17), Some(Tokens(23)), Some(Tokens(17 + 16 + 3 * 8))));
}

#[test]
fn a_file_is_added_as_ever() {
    let file = TextRequest::new(MUG).with_model("gpt-5").with_media_url("https://example.com/a.pdf");
    let found = exact().with_media_tokens(Tokens(100)).estimate(&file).unwrap();
    assert_eq!(found.input_tokens.high, Some(Tokens(24 + 100)));
    assert_eq!(found.input_tokens.expected, Some(Tokens(10 + 100)));
}

#[test]
fn other_models_and_media_stay_as_they_are() {
    for model in ["claude-opus-4-8", "gemini-3-pro-preview", "claude-haiku-4-5"] {
        let ask = TextRequest::new(MUG).with_model(model).with_max_tokens(5);
        assert_eq!(exact().estimate(&ask), usual().estimate(&ask), "{model}");
    }
    let film = VideoRequest::new("Rain");
    assert_eq!(exact().estimate(&film), usual().estimate(&film));
}

#[test]
fn nothing_changes_without_being_asked_for() {
    let ask = TextRequest::new(MUG).with_model("gpt-5").with_max_tokens(5);
    assert_eq!(usual().estimate(&ask).unwrap().input_tokens.high, Some(Tokens(60)));
}

proptest! {
    #[test]
    fn exact_counts_are_never_above_the_bound_without_them(text in "x\\PC{0,200}", messages in 1_usize..4) {
        let chat = TextRequest::chat((0..messages).map(|_| Message::user(text.clone()))).with_model("gpt-4o");
        let (exact, usual) = (exact().estimate(&chat).unwrap().input_tokens, usual().estimate(&chat).unwrap().input_tokens);
        prop_assert!(exact.high <= usual.high);
        prop_assert!(Some(exact.low) <= exact.expected && exact.expected <= exact.high);
    }
}
