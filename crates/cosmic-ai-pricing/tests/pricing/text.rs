//! Text: counted input, bounded output, times the tier.

use cosmic_ai_core::{Charge, Message, Multiplier, Registry, TextRequest, Tokens};
use cosmic_ai_pricing::{Assumption, Estimate, Estimator, tokenizer};

const MUG: &str = "Write a product description for a coffee mug";

/// What the prompt is expected to be with its framing; the page reports 10.
fn mug() -> u64 {
    tokenizer::estimate_tokens(MUG) + 2
}

fn estimate(request: &TextRequest) -> Estimate {
    Estimator::new(Registry::built_in()).estimate(request).unwrap()
}

fn ask(model: &str) -> TextRequest {
    TextRequest::new(MUG).with_model(model)
}

fn has(estimate: &Estimate, part: &str) -> bool {
    estimate.assumptions.iter().any(|assumption| assumption.to_string().contains(part))
}

#[test]
fn the_page_s_first_example_lies_within_its_estimate() {
    let found = estimate(&TextRequest::new(MUG).with_max_tokens(500));
    let input = found.input_tokens;
    assert_eq!(input.high, Some(Tokens(44 + 16)));
    assert!(input.low <= Tokens(10) && mug().abs_diff(10) <= 1, "{input:?}, reported are 10");
    assert_eq!(input.expected, Some(Tokens(mug())));
    assert_eq!(found.output_tokens.high, Some(Tokens(500)));
    assert_eq!(found.most(), Some(Charge::new(Tokens(120), Tokens(1_000))));
    assert_eq!(found.deducted_tokens.high, Some(Tokens(1_120)));
    assert_eq!(
        (found.tier.as_deref(), found.multiplier),
        (Some("Standard"), Some(Multiplier::from_thousandths(2_000)))
    );
}

#[test]
fn the_high_of_the_input_is_bytes_and_framing() {
    let chat = TextRequest::chat([Message::user("Grüße"), Message::assistant("Ja"), Message::user("你好")]);
    let cases = [(TextRequest::new("a"), 1 + 16), (TextRequest::new("你好"), 6 + 16), (chat, 7 + 2 + 6 + 16 + 3 * 8)];
    for (request, high) in cases {
        let found = estimate(&request);
        assert_eq!(found.input_tokens.high, Some(Tokens(high)), "{request:?}");
        let counted: u64 = request.texts().map(tokenizer::estimate_tokens).sum();
        let messages = request.messages.as_ref().map_or(1, Vec::len) as u64;
        assert_eq!(found.input_tokens.expected, Some(Tokens(counted + 2 * messages)), "{request:?}");
    }
}

#[test]
fn the_answer_is_bounded_by_max_tokens_else_by_the_ceiling_else_not_at_all() {
    let cases = [
        (ask("claude-opus-4-8").with_max_tokens(7), Some(7), "max_tokens bounds"),
        (ask("claude-opus-4-8").with_max_tokens(u32::MAX), Some(u64::from(u32::MAX)), "max_tokens bounds"),
        (
            ask("claude-opus-4-8"),
            Some(128_000),
            "the model's ceiling of 128,000 tokens, documented (Claude Opus 4.8 overview",
        ),
        (ask("claude-haiku-4-5"), Some(64_000), "the model's ceiling of 64,000 tokens"),
        (ask("o1"), None, "unbounded; set max_tokens"),
        (ask("o1").with_max_tokens(9), Some(9), "max_tokens bounds"),
    ];
    for (request, high, why) in cases {
        let found = estimate(&request);
        assert_eq!(found.output_tokens.high.map(Tokens::get), high, "{request:?}");
        assert_eq!(found.output_tokens.low, Tokens(1));
        assert!(has(&found, why), "{request:?}: {:?}", found.assumptions);
        let usual = high.map_or(500, |high| high.min(500));
        assert_eq!(found.output_tokens.expected, Some(Tokens(usual)));
        assert_eq!(found.most().is_some(), high.is_some());
        assert!(found.has_known_price(), "a price without an upper bound is known all the same");
    }
}

#[test]
fn an_untiered_model_is_expected_in_standard_and_at_most_premium() {
    for model in ["gemini-3.1-pro-preview", "gpt-5.2-codex"] {
        let found = estimate(&ask(model).with_max_tokens(500));
        assert_eq!(found.most(), Some(Charge::new(Tokens(60 * 4), Tokens(500 * 4))), "{model}");
        assert_eq!(found.expected(), Some(Charge::new(Tokens(mug() * 2), Tokens(500 * 2))), "{model}");
        assert_eq!(found.multiplier, Some(Multiplier::from_thousandths(2_000)));
        assert!(has(&found, "in no tier of the page"), "{model}");
    }
    for (model, by) in [("gpt-5-nano", 1), ("gpt-5", 2), ("claude-opus-4", 4)] {
        let found = estimate(&ask(model).with_max_tokens(500));
        assert_eq!(found.most(), Some(Charge::new(Tokens(60 * by), Tokens(500 * by))), "{model}");
        assert!(!has(&found, "in no tier"), "{model}");
    }
}

#[test]
fn a_file_may_fill_the_context_window_unless_its_size_is_stated() {
    let request = ask("claude-opus-4-5").with_max_tokens(10).with_media_url("https://example.com/a.pdf");
    let free = estimate(&request);
    assert_eq!(free.input_tokens.high, Some(Tokens(60 + 200_000)));
    assert_eq!(free.input_tokens.expected, Some(Tokens(mug() + 1_600)));
    assert!(has(&free, "may fill the context window of 200,000 tokens, documented (Claude Opus 4.5 overview"));
    for (stated, usual) in [(0, 0), (100, 100), (50_000, 1_600)] {
        let estimator = Estimator::new(Registry::built_in()).with_media_tokens(Tokens(stated));
        let found = estimator.estimate(&request).unwrap();
        assert_eq!(found.input_tokens.high, Some(Tokens(60 + stated)));
        assert_eq!(found.input_tokens.expected, Some(Tokens(mug() + usual)));
        assert!(has(&found, "as stated"));
        let without_file = estimator.estimate(&ask("gpt-5")).unwrap();
        assert_eq!(
            without_file.input_tokens.high,
            Some(Tokens(60)),
            "what is stated counts only where there is a file"
        );
    }
}

#[test]
fn a_file_without_a_published_window_makes_the_input_unbounded() {
    let overlay = "[[text]]\nid = \"house\"\nprovider = \"us\"\ntier = \"Budget\"";
    let registry = Registry::built_in().with_overlay(overlay, "o.toml").unwrap();
    let request = ask("house").with_max_tokens(10).with_media_url("https://example.com/a.pdf");
    let found = Estimator::new(&registry).estimate(&request).unwrap();
    assert_eq!((found.input_tokens.high, found.deducted_tokens.high, found.most()), (None, None, None));
    assert_eq!(found.input_tokens.expected, Some(Tokens(mug() + 1_600)));
    assert!(found.assumptions.contains(&Assumption::MediaFillsWindow { window: None }));
    let stated = Estimator::new(&registry).with_media_tokens(Tokens(5)).estimate(&request).unwrap();
    assert_eq!(stated.most(), Some(Charge::new(Tokens(65), Tokens(10))));
}

#[test]
fn a_model_that_nobody_knows_has_an_unknown_price() {
    let registry = Registry::built_in().clone().allow_unknown();
    let found = Estimator::new(&registry).estimate(&ask("llama-3").with_max_tokens(5)).unwrap();
    assert_eq!((found.model.as_str(), found.tier.as_deref(), found.multiplier), ("llama-3", None, None));
    assert_eq!((found.expected(), found.most(), found.has_known_price()), (None, None, false));
    assert_eq!(found.deducted_tokens.expected, None);
    assert_eq!(found.assumptions, [Assumption::UnknownPrice]);
    assert!(Estimator::new(Registry::built_in()).estimate(&ask("llama-3")).is_err());
}
