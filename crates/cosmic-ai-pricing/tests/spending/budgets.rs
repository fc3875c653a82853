//! Budgets that were raced, starved and evaded.

use std::sync::Arc;

use cosmic_ai_core::{
    Amount, Asked, Charge, ClipSeconds, Currency, Error, ErrorKind, ImageGenerator, ImageRequest, LargestFit, Money,
    Outcome, Pool, Registry, SpeechGenerator, SpeechRequest, TextGenerator, TextRequest, Tokens, VideoGenerator,
    VideoRequest,
};
use cosmic_ai_pricing::ledger::State;
use cosmic_ai_pricing::{Budget, Metered, Period, Rate, Scope};

use super::backend::{Act, StreamEnd};
use super::setup::{COST, HELD, Setup, ask, call, refusal, tokens};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_concurrent_first_requests_admit_only_what_fits() {
    // Each holds 254: three fit. All hang, so that none gives anything back.
    let setup =
        Arc::new(Setup::new(vec![Act::Hang; 8], |meter| meter.with_budget(Budget::daily(Tokens(3 * 254 + 100)))));
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let metered = setup.metered.clone();
            tokio::spawn(async move { metered.generate_text(&call(&format!("task-{task}")), &ask()).await })
        })
        .collect();
    let mut refused = 0;
    while refused < 5 || setup.backend.sent() < 3 {
        refused = tasks.iter().filter(|task| task.is_finished()).count();
        tokio::task::yield_now().await;
    }
    assert_eq!((refused, setup.backend.sent()), (5, 3));
    for task in tasks {
        if task.is_finished() {
            refusal(&task.await.unwrap().unwrap_err());
        } else {
            task.abort();
        }
    }
}

#[tokio::test]
async fn what_was_not_used_is_released_at_once_so_that_worst_cases_starve_no_one() {
    // A hundred calls that may cost 254 each, and do cost 60, under a budget that could hold no more than 24 of them.
    let setup = Setup::new([], |meter| meter.with_budget(Budget::monthly(Tokens(6_200))));
    for number in 0..100 {
        setup.metered.generate_text(&call(&format!("call-{number}")), &ask()).await.unwrap();
    }
    let standing = setup.standing().await;
    assert_eq!((standing.held, standing.spent.total()), (Charge::ZERO, Tokens(6_000)));
}

#[tokio::test]
async fn a_refused_or_unsent_call_gives_its_hold_back() {
    for outcome in [Outcome::NotSent, Outcome::Refused] {
        let setup = Setup::new([Act::Fail(outcome)], |meter| meter.with_budget(Budget::monthly(Tokens(254))));
        setup.metered.generate_text(&call("first"), &ask()).await.unwrap_err();
        assert_eq!(setup.entry(&"first".parse().unwrap()).await.state, State::Released);
        setup.metered.generate_text(&call("second"), &ask()).await.unwrap();
    }
}

#[tokio::test]
async fn a_refusal_says_what_was_asked_what_is_left_when_it_renews_and_what_fits() {
    let setup = Setup::new([], |meter| {
        meter
            .with_budget(Budget::monthly(Tokens(300)).for_scope(Scope::project("spring")))
            .with_label("project", "spring")
    });
    setup.metered.generate_text(&call("first"), &ask()).await.unwrap();
    let error = setup.metered.generate_text(&call("second"), &ask()).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(
        error.to_string(),
        "over budget: at most 254 tokens asked, 240 tokens left of 300 tokens a month for project spring, \
         which renews at 2026-12-01T00:00:00Z; the largest that fits: max_tokens 93"
    );
    let said = refusal(&error);
    assert_eq!((said.pool, said.asked, said.left), (Pool::Total, Asked::Amount(tokens(254)), tokens(240)));
    // What it names does fit, and one more does not.
    let Some(LargestFit::MaxTokens(most)) = said.largest else { panic!("{said:?}") };
    let larger = ask().with_max_tokens(most + 1);
    setup.metered.generate_text(&call("larger"), &larger).await.unwrap_err();
    setup.metered.generate_text(&call("fits"), &ask().with_max_tokens(most)).await.unwrap();
}

#[tokio::test]
async fn without_max_tokens_the_ceiling_is_held_or_the_largest_that_fits_is_named() {
    let setup = Setup::new([], |meter| meter.with_budget(Budget::monthly(Tokens(10_000))));
    let unbounded = TextRequest::new("Write words");
    let error = setup.metered.generate_text(&call("text"), &unbounded).await.unwrap_err();
    assert_eq!(refusal(&error).largest, Some(LargestFit::MaxTokens((10_000 - 54) / 2)));
    // A model whose ceiling nobody publishes has no upper bound at all.
    let error = setup.metered.generate_text(&call("text"), &unbounded.with_model("o1")).await.unwrap_err();
    assert_eq!(refusal(&error).asked, Asked::Unbounded);
    assert!(matches!(refusal(&error).largest, Some(LargestFit::MaxTokens(_))), "{error}");
    assert_eq!(setup.backend.sent(), 0);
}

#[tokio::test]
async fn the_largest_that_fits_is_named_for_every_kind() {
    let largest = async |budget: u64, kind: &str| {
        let setup = Setup::new([], |meter| meter.with_budget(Budget::monthly(Tokens(budget))));
        let error: Error = match kind {
            "video" => setup.metered.generate_video(&call("it"), &VideoRequest::new("Waves")).await.unwrap_err(),
            "image" => setup.metered.generate_image(&call("it"), &ImageRequest::new("Waves")).await.unwrap_err(),
            _ => {
                let speech = SpeechRequest::new("word ".repeat(1_000));
                setup.metered.generate_speech(&call("it"), &speech).await.unwrap_err()
            }
        };
        assert_eq!(setup.backend.sent(), 0);
        refusal(&error).largest
    };
    assert_eq!(largest(250_000, "video").await, Some(LargestFit::Duration(ClipSeconds::SIX)));
    assert_eq!(largest(1_000, "video").await, None);
    assert_eq!(largest(1_000, "image").await, None);
    assert!(matches!(largest(9_000, "speech").await, Some(LargestFit::Characters(2_000..=2_100))));
}

#[tokio::test]
async fn a_model_of_unknown_price_is_refused_under_a_budget_unless_it_is_allowed() {
    let registry = Registry::built_in().clone().allow_unknown();
    let ask = TextRequest::new("Write words").with_model("brand-new-model").with_max_tokens(10);
    let budget = Budget::monthly(Tokens(1_000_000));

    let setup = Setup::new([], |meter| meter.with_registry(registry.clone()).with_budget(budget.clone()));
    let error = setup.metered.generate_text(&call("text"), &ask).await.unwrap_err();
    assert_eq!(refusal(&error).asked, Asked::Unpriced);
    assert_eq!(setup.backend.sent(), 0);

    let setup = Setup::new([], |meter| meter.with_registry(registry).with_budget(budget.allow_unpriced()));
    setup.metered.generate_text(&call("text"), &ask).await.unwrap();
    let entry = setup.entry(&"text".parse().unwrap()).await;
    // Unknown is not zero.
    assert_eq!((entry.state, entry.held, entry.charge), (State::Settled, None, None));
}

#[tokio::test]
async fn several_budgets_admit_together_or_not_at_all() {
    let setup = Setup::new([], |meter| {
        meter
            .with_budget(Budget::monthly(Tokens(1_000_000)))
            .with_budget(Budget::daily(Tokens(400)).for_scope(Scope::each("user")))
    });
    let of = |user: &str, id: &str| call(id).with_label("user", user);
    setup.metered.generate_text(&of("anna", "1"), &ask()).await.unwrap();
    setup.metered.generate_text(&of("anna", "2"), &ask()).await.unwrap();
    setup.metered.generate_text(&of("anna", "3"), &ask()).await.unwrap();
    let error = setup.metered.generate_text(&of("anna", "4"), &ask()).await.unwrap_err();
    assert_eq!(refusal(&error).budget, "400 tokens a day for each user (user anna)");
    setup.metered.generate_text(&of("ben", "5"), &ask()).await.unwrap();
    // Leaving the label out evades nothing: those calls share one budget.
    for id in ["6", "7", "8"] {
        setup.metered.generate_text(&call(id), &ask()).await.unwrap();
    }
    let error = setup.metered.generate_text(&call("9"), &ask()).await.unwrap_err();
    assert_eq!(refusal(&error).budget, "400 tokens a day for each user (calls without user)");
    // What the second budget refused counts in the first neither.
    assert_eq!(setup.standing().await.spent.total(), Tokens(7 * COST.total().get()));
}

#[tokio::test]
async fn pools_are_limited_apart() {
    let setup = Setup::new([], |meter| {
        meter.with_budget(Budget::new(Period::month()).with_input(Tokens(53)).with_output(Tokens(1_000_000)))
    });
    let error = setup.metered.generate_text(&call("text"), &ask()).await.unwrap_err();
    let said = refusal(&error);
    assert_eq!((said.pool, said.asked, said.left), (Pool::Input, Asked::Amount(tokens(54)), tokens(53)));
}

#[tokio::test]
async fn money_is_limited_by_a_rate() {
    let usd = |micros| Money::from_micros(micros, Currency::USD);
    let rate = Rate::new(Currency::USD, "the contract").with_input(1_000_000).with_output(4_000_000);
    let setup = Setup::new([], |meter| {
        meter.with_budget(Budget::new(Period::month()).with_money(usd(1_000), rate.clone()).unwrap())
    });
    // 54 input and 200 output tokens at 1 and 4 millionths of a dollar.
    let error = setup.metered.generate_text(&call("text"), &ask().with_max_tokens(200)).await.unwrap_err();
    let said = refusal(&error);
    assert_eq!((said.pool, said.left), (Pool::Money, Amount::Money(usd(1_000))));
    assert_eq!(said.asked, Asked::Amount(Amount::Money(usd(54 + 4 * 400))));
    setup.metered.generate_text(&call("text"), &ask()).await.unwrap();
    // What the rate cannot price is refused.
    let half = Rate::new(Currency::USD, "the contract").with_output(4_000_000);
    let setup =
        Setup::new([], |meter| meter.with_budget(Budget::new(Period::month()).with_money(usd(1_000), half).unwrap()));
    let error = setup.metered.generate_text(&call("text"), &ask()).await.unwrap_err();
    assert_eq!(refusal(&error).asked, Asked::Unpriced);
}

#[tokio::test]
async fn a_call_that_costs_nothing_passes_an_empty_budget() {
    let overlay = "[[tier]]\nname = 'Free'\nmultiplier = 0\n[[text]]\nid = 'claude-opus-4-8'\ntier = 'Free'";
    let registry = Registry::built_in().with_overlay(overlay, "free.toml").unwrap();
    let setup = Setup::new([], |meter| meter.with_registry(registry).with_budget(Budget::once(Tokens(0))));
    setup.metered.generate_text(&call("free"), &ask()).await.unwrap();
    let error = setup.metered.generate_image(&call("image"), &ImageRequest::new("A lake")).await.unwrap_err();
    assert_eq!(refusal(&error).renews_at, None);
}

#[tokio::test]
async fn calls_of_other_processes_without_budgets_count_too() {
    let setup = Setup::new([], |meter| meter);
    setup.metered.generate_text(&call("before"), &ask()).await.unwrap();
    let strict = cosmic_ai_pricing::Meter::new(setup.ledger.clone()).with_clock(setup.clock.clone());
    let strict = Metered::new(setup.backend.clone(), strict.with_budget(Budget::monthly(Tokens(254 + 60))));
    strict.generate_text(&call("strict"), &ask()).await.unwrap();
    setup.metered.generate_text(&call("after"), &ask()).await.unwrap();
    let error = strict.generate_text(&call("too-much"), &ask()).await.unwrap_err();
    assert_eq!(refusal(&error).left, tokens(254 + 60 - 3 * 60));
}

#[tokio::test]
async fn a_refusal_repeats_no_words_of_the_request() {
    let setup = Setup::new([Act::Stream(vec![], StreamEnd::Hang)], |meter| meter.with_budget(Budget::once(Tokens(1))));
    let secret = TextRequest::new("my secret plan").with_max_tokens(10);
    let error = setup.metered.generate_text(&call("text"), &secret).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"));
    assert_eq!(HELD.total(), Tokens(254));
}

#[tokio::test]
async fn what_no_ledger_can_keep_is_refused_as_invalid_before_it_is_sent() {
    let setup =
        Setup::new([], |meter| meter.with_budget(Budget::daily(Tokens(1_000_000)).for_scope(Scope::each("user"))));
    let long = "x".repeat(9_000);
    let labels = [("user", long.as_str(), "is too long"), ("user", "a\0b", "control"), ("", "x", "without a name")];
    for (name, value, problem) in labels {
        let error = setup.metered.generate_text(&call("text").with_label(name, value), &ask()).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Invalid(_)), "{error:?}");
        assert!(error.to_string().contains(problem), "{error}");
        assert_eq!(error.outcome(), Outcome::NotSent);
    }
    // The ids of summaries are the ledger's own: nobody can lay one in the way of what is pruned.
    let error = setup.metered.generate_text(&call("summary:0123"), &ask()).await.unwrap_err();
    assert!(error.to_string().contains("operation_id `summary:0123` begins with `summary:`"), "{error}");
    assert_eq!(setup.backend.sent(), 0);
}

#[tokio::test]
async fn each_value_of_a_label_without_a_name_is_everything() {
    for scope in [Scope::each(""), Scope::label("", "x")] {
        let setup = Setup::new([], |meter| meter.with_budget(Budget::daily(Tokens(300)).for_scope(scope)));
        setup.metered.generate_text(&call("first"), &ask()).await.unwrap();
        refusal(&setup.metered.generate_text(&call("second"), &ask()).await.unwrap_err());
    }
}

#[test]
fn money_in_another_currency_than_its_rate_is_no_budget() {
    let rate = Rate::new(Currency::USD, "the contract").with_output(4_000_000);
    let error = Budget::new(Period::month()).with_money(Money::from_micros(1_000, Currency::EUR), rate).unwrap_err();
    let said = "invalid request: money `0.001 EUR` is in another currency than the rate (allowed: USD)";
    assert_eq!(error.to_string(), said);
}
