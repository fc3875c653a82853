//! Money: exact, rounded up once, unknown where no rate is stated, and shown beside the tokens.

use cosmic_ai_core::{Charge, Currency, Money, Registry, TextRequest, Tokens, VideoRequest};
use cosmic_ai_pricing::{Estimate, Estimator, Rate};
use proptest::prelude::*;
use serde_json::json;

const MUG: &str = "Write a product description for a coffee mug";

fn usd(micros: u64) -> Money {
    Money::from_micros(micros, Currency::USD)
}

/// 2 USD for a million input tokens, 10 USD for a million output tokens.
fn plan() -> Rate {
    Rate::new(Currency::USD, "our plan").with_input(2_000_000).with_output(10_000_000)
}

fn charge(input: u64, output: u64) -> Charge {
    Charge::new(Tokens(input), Tokens(output))
}

#[test]
fn money_is_exact_and_rounded_up_once() {
    let odd = Rate::new(Currency::USD, "odd").with_input(1).with_output(1);
    let rows = [
        (plan().of(charge(0, 0)), Some(usd(0))),
        (plan().of(charge(1, 0)), Some(usd(2))),
        (plan().of(charge(120, 1_000)), Some(usd(10_240))),
        (odd.of(charge(1, 0)), Some(usd(1))),
        (odd.of(charge(1, 1)), Some(usd(1))), // not 2: both pools are rounded together
        (odd.of(charge(500_000, 500_000)), Some(usd(1))),
        (odd.of(charge(500_000, 500_001)), Some(usd(2))),
    ];
    for (row, (found, expected)) in rows.into_iter().enumerate() {
        assert_eq!(found, expected, "row {row}");
    }
}

#[test]
fn a_pool_without_a_rate_is_unknown_unless_nothing_is_charged_to_it() {
    let output = Rate::new(Currency::EUR, "half a plan").with_output(1_000_000);
    assert_eq!(output.of(charge(0, 5)), Some(Money::from_micros(5, Currency::EUR)));
    assert_eq!(output.of(charge(1, 5)), None);
    let nothing = Rate::new(Currency::EUR, "no plan");
    assert_eq!(
        (nothing.of(charge(0, 0)), nothing.of(charge(0, 1))),
        (Some(Money::from_micros(0, Currency::EUR)), None)
    );
    let free = Rate::new(Currency::EUR, "a gift").with_input(0).with_output(0);
    assert_eq!(free.of(charge(u64::MAX, u64::MAX)), Some(Money::from_micros(0, Currency::EUR)));
}

#[test]
fn the_published_rate_is_the_one_figure_that_its_source_gives() {
    let rate = Rate::published();
    assert_eq!((rate.input_micros_per_million(), rate.output_micros_per_million()), (None, Some(4_166_667)));
    assert_eq!(rate.currency(), Currency::USD);
    assert_eq!(rate.of(charge(0, 288_000)), Some(usd(1_200_001)), "about 1.20 USD, rounded up");
    assert!(rate.provenance().assumption().is_some_and(|reason| reason.contains("about 1.20 USD")));
    assert_eq!(rate.to_string(), "a million input tokens of unknown price, a million output tokens 4.166667 USD");
}

fn estimate(rate: &Rate, request: &TextRequest) -> Estimate {
    Estimator::new(Registry::built_in()).with_rate(rate).estimate(request).unwrap()
}

#[test]
fn an_estimate_with_a_rate_says_money_first() {
    let rate = plan();
    let found = estimate(&rate, &TextRequest::new(MUG).with_max_tokens(500));
    assert_eq!(found.to_string(), "at most 1,120 tokens deducted (0.01024 USD, claude-opus-4-8, Standard 2.0x)");
    let money = found.money.unwrap();
    assert_eq!(
        (money.low, money.expected),
        (rate.of(found.least()), found.expected().and_then(|charge| rate.of(charge)))
    );
    let unbounded = estimate(&rate, &TextRequest::new(MUG).with_model("o1"));
    let shown = unbounded.to_string();
    assert!(
        shown.contains("without an upper bound (about 0.02") && shown.ends_with(" USD, o1, Premium 4.0x)"),
        "{shown}"
    );
    let last = found.assumptions.last().unwrap().to_string();
    assert_eq!(last, "a million input tokens 2.00 USD, a million output tokens 10.00 USD, custom (our plan)");
}

#[test]
fn what_the_published_rate_cannot_say_is_unknown() {
    let text = estimate(Rate::published(), &TextRequest::new(MUG).with_max_tokens(500));
    assert_eq!(text.to_string(), "at most 1,120 tokens deducted (money unknown, claude-opus-4-8, Standard 2.0x)");
    let clip = VideoRequest::new("Rain");
    let clip = Estimator::new(Registry::built_in()).with_rate(Rate::published()).estimate(&clip).unwrap();
    assert_eq!(clip.to_string(), "at most 288,020 tokens deducted (about 1.200001 USD, veo-3.1-fast-generate-preview)");
    assert_eq!(clip.money.unwrap().high, None, "the prompt counts as input, which has no rate");
}

#[test]
fn json_has_money_only_where_a_rate_was_given() {
    let ask = TextRequest::new(MUG).with_max_tokens(500);
    let without = Estimator::new(Registry::built_in()).estimate(&ask).unwrap();
    assert_eq!(serde_json::to_value(&without).unwrap().get("money"), None);
    let with = serde_json::to_value(estimate(&plan(), &ask)).unwrap();
    assert_eq!(with["money"]["high"], json!({ "micros": 10_240, "currency": "USD" }));
    let unknown = serde_json::to_value(estimate(Rate::published(), &ask)).unwrap();
    assert_eq!(unknown["money"], json!({ "low": null, "expected": null, "high": null }));
}

proptest! {
    #[test]
    fn money_is_the_least_number_of_micros_that_covers_the_charge(
        input: u64, output: u64, input_rate: u64, output_rate: u64,
    ) {
        let rate = Rate::new(Currency::USD, "any").with_input(input_rate).with_output(output_rate);
        let exact = (u128::from(input) * u128::from(input_rate)).checked_add(u128::from(output) * u128::from(output_rate));
        match rate.of(charge(input, output)) {
            Some(money) => {
                let (micros, exact) = (u128::from(money.micros()) * 1_000_000, exact.unwrap());
                prop_assert!(exact <= micros && micros < exact + 1_000_000);
            }
            None => prop_assert!(exact.is_none_or(|exact| exact > u128::from(u64::MAX) * 1_000_000)),
        }
    }

    #[test]
    fn a_larger_charge_is_never_cheaper_and_parts_never_cheaper_than_the_whole(
        one in (0..1_u64 << 40, 0..1_u64 << 40), more in (0..1_u64 << 40, 0..1_u64 << 40), rates in (0..100_000_000_u64, 0..100_000_000_u64),
    ) {
        let rate = Rate::new(Currency::USD, "any").with_input(rates.0).with_output(rates.1);
        let (one, more) = (charge(one.0, one.1), charge(more.0, more.1));
        let micros = |charge| rate.of(charge).unwrap().micros();
        let whole = micros(one.checked_add(more).unwrap());
        prop_assert!(micros(one) <= whole && whole <= micros(one) + micros(more));
        prop_assert!(micros(one) + micros(more) <= whole + 1);
    }
}
