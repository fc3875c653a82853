//! Whether a plan fits, and what would make it fit.

use std::error::Error as _;

use cosmic_ai_core::{Call, ErrorKind, LargestFit, Pool, TextRequest, Tokens, VideoRequest};
use cosmic_ai_pricing::ledger::MemoryLedger;
use cosmic_ai_pricing::{Budget, Meter, Plan, SuggestedChange};

use super::{article, exact, most};

#[tokio::test]
async fn a_plan_that_fits_exactly_fits_and_one_token_less_does_not() {
    let plan = article();
    let (meter, _) = exact(&plan);
    let fit = meter.fit(&Call::new(), &plan).await.unwrap();
    assert!(fit.fits() && fit.changes.is_empty() && fit.to_string().ends_with("\nfits"), "{fit}");
    let less = Budget::daily(Tokens(most(&plan).total().get() - 1)).named("the day");
    let fit = Meter::new(MemoryLedger::new()).with_budget(less).fit(&Call::new(), &plan).await.unwrap();
    let refusal = fit.refusal.clone().unwrap();
    assert_eq!((refusal.budget.as_str(), refusal.pool), ("the day", Pool::Total));
    assert!(refusal.renews_at.is_some());
    let lines: Vec<String> = fit.changes.iter().map(ToString::to_string).collect();
    // A narration that is cut is no narration.
    let expected = ["cover: use dall-e-3 (at most 4,836 tokens)", "clip: shorten to 6 s (at most 216,040 tokens)"];
    assert_eq!(lines, expected);
    let json = serde_json::to_value(&fit).unwrap();
    assert_eq!(json["fits"], false);
    assert_eq!(json["refusal"]["budget"], "the day");
    assert_eq!(json["changes"][0]["item"], fit.changes[0].item);
}

#[tokio::test]
async fn where_no_single_change_suffices_a_smallest_combination_does() {
    let film = |prompt: &str| VideoRequest::new(prompt).with_model("veo-3.1-generate-preview");
    let plan = Plan::new().with("one", film("a")).with("two", film("b")).with("three", film("c"));
    // 3 x 768,000. Two of them on the fast model, 288,000 each, are 1,344,000.
    let meter = Meter::new(MemoryLedger::new()).with_budget(Budget::daily(Tokens(1_400_000)));
    let fit = meter.fit(&Call::new(), &plan).await.unwrap();
    assert!(!fit.fits() && fit.changes.is_empty());
    let lines: Vec<String> = fit.combination.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "one: use veo-3.1-fast-generate-preview (at most 288,017 tokens)",
            "two: use veo-3.1-fast-generate-preview (at most 288,017 tokens)",
        ]
    );
    assert!(fit.to_string().contains("\nwould fit with one: use veo-3.1-fast"), "{fit}");
    // Even the shortest fast clips are 144,000 each.
    let small = Meter::new(MemoryLedger::new()).with_budget(Budget::daily(Tokens(400_000)));
    let fit = small.fit(&Call::new(), &plan).await.unwrap();
    assert!(fit.changes.is_empty() && fit.combination.is_empty());
    assert!(fit.to_string().ends_with("\nno change of model or size makes it fit"), "{fit}");
}

#[tokio::test]
async fn answers_share_what_is_left() {
    let ask = |prompt: &str| TextRequest::new(prompt).with_model("o1"); // Premium, 4x, no published ceiling
    let plan = Plan::new().with("one", ask("a")).with("two", ask("b"));
    let meter = Meter::new(MemoryLedger::new()).with_budget(Budget::daily(Tokens(100_000)).named("the day"));
    let fit = meter.fit(&Call::new(), &plan).await.unwrap();
    assert!(fit.refusal.clone().unwrap().to_string().contains("no upper bound"));
    let limits: Vec<_> = fit.combination.iter().map(|change| change.suggestion.change.clone()).collect();
    let each = (100_000 - 2 * 4 * 17) / 4 / 2;
    assert_eq!(limits, [LargestFit::MaxTokens(each), LargestFit::MaxTokens(each)].map(SuggestedChange::Smaller));
    let single = meter.fit(&Call::new(), &Plan::new().with("one", ask("a"))).await.unwrap();
    let last = single.changes.last().unwrap();
    assert_eq!(last.suggestion.change, SuggestedChange::Smaller(LargestFit::MaxTokens((100_000 - 4 * 17) / 4)));
    assert_eq!(single.refusal.unwrap().largest, Some(LargestFit::MaxTokens((100_000 - 4 * 17) / 4)));
    let error = meter.reserve(&Call::new(), &plan).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Budget(_)), "{error}");
    let advice = error.source().unwrap().to_string();
    assert!(advice.starts_with("without an upper bound: one, two; would fit with one: set max_tokens to"), "{advice}");
}
