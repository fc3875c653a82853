//! Standings: what budgets have spent, held and left.

use std::time::Duration;

use cosmic_ai_core::{Call, Currency, ImageGenerator, ImageRequest, Money, Tokens};
use cosmic_ai_mock::MockBackend;
use cosmic_ai_pricing::ledger::MemoryLedger;
use cosmic_ai_pricing::{Budget, BudgetStanding, Meter, Metered, Period, Plan, Rate, Scope};
use serde_json::json;

use super::plan::Still;

fn lines(standings: &[BudgetStanding]) -> Vec<String> {
    standings.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn every_budget_that_counts_a_call_says_how_it_stands() {
    let rate = Rate::new(Currency::EUR, "our plan").with_output(5_000_000);
    let berlin = Period::month().in_time_zone("Europe/Berlin").unwrap();
    let meter = Meter::new(MemoryLedger::new())
        .with_clock(Still::at("2026-11-22T09:00:00Z"))
        .with_budget(Budget::new(berlin).with_total(Tokens(100_000)).with_output(Tokens(50_000)).named("the month"))
        .with_budget(Budget::daily(Tokens(70_000)).for_scope(Scope::each("user")))
        .with_budget(Budget::once(Tokens(1)).for_scope(Scope::project("winter")))
        .with_budget(
            Budget::new(Period::forever())
                .with_money(Money::from_micros(1_000_000, Currency::EUR), rate.with_input(0))
                .unwrap(),
        );
    let studio = Metered::new(MockBackend::new(), meter);
    let ann = Call::new().with_label("user", "ann");
    studio.generate_image(&ann, &ImageRequest::new("A lake")).await.unwrap();
    let shown = lines(&studio.meter().standings(&Call::new().with_label("user", "ann")).await.unwrap());
    assert_eq!(
        shown,
        [
            "the month: 32,160 tokens and 32,160 output tokens spent, 0 tokens and 0 output tokens held, \
             67,840 tokens and 17,840 output tokens left until 2026-11-30T23:00:00Z",
            "70,000 tokens a day for each user (user ann): 32,160 tokens spent, 0 tokens held, 37,840 tokens left until 2026-11-23T00:00:00Z",
            "1.00 EUR in all for all calls: 0.1608 EUR spent, 0.00 EUR held, 0.8392 EUR left",
        ]
    );
    let ben = studio.meter().standings(&Call::new().with_label("user", "ben")).await.unwrap();
    assert_eq!(ben[1].spent.total, Some(Tokens::ZERO));
    assert_eq!(ben[1].left.total, Some(Tokens(70_000)));
}

#[tokio::test]
async fn a_standing_survives_json_with_what_is_not_limited_as_null() {
    let clock = Still::at("2026-11-22T09:00:00Z");
    let meter = Meter::new(MemoryLedger::new()).with_clock(clock).with_budget(Budget::daily(Tokens(50_000)));
    let plan = Plan::new().with("cover", ImageRequest::new("A lake"));
    let reserved = meter.reserve(&Call::new(), &plan).await.unwrap();
    let standings = meter.standings(&Call::new()).await.unwrap();
    let json = serde_json::to_value(&standings).unwrap();
    let expected = json!([{
        "budget": "50,000 tokens a day for all calls",
        "scope": { "name": "", "value": "" },
        "from": "2026-11-22T00:00:00Z",
        "until": "2026-11-23T00:00:00Z",
        "limits": { "input": null, "output": null, "total": 50_000, "money": null },
        "held": { "input": 22, "output": 32_160, "total": 32_182, "money": null },
        "spent": { "input": 0, "output": 0, "total": 0, "money": null },
        "left": { "input": null, "output": null, "total": 17_818, "money": null },
    }]);
    assert_eq!(json, expected);
    assert_eq!(serde_json::from_value::<Vec<BudgetStanding>>(json).unwrap(), standings);
    drop(reserved);
}

#[tokio::test]
async fn what_is_past_its_deadline_is_left_again() {
    let clock = Still::at("2026-11-22T09:00:00Z");
    let meter = Meter::new(MemoryLedger::new()).with_clock(clock.clone()).with_budget(Budget::daily(Tokens(50_000)));
    let plan = Plan::new().with("cover", ImageRequest::new("A lake"));
    meter.reserve(&Call::new(), &plan).await.unwrap().keep();
    clock.forward(Duration::from_hours(2));
    assert_eq!(meter.standings(&Call::new()).await.unwrap()[0].left.total, Some(Tokens(50_000)));
    assert!(Meter::new(MemoryLedger::new()).standings(&Call::new()).await.unwrap().is_empty());
}

#[tokio::test]
async fn money_that_nobody_can_tell_is_unknown_and_leaves_nothing() {
    let rate = Rate::new(Currency::USD, "half a plan").with_input(1);
    let money = Budget::once(Tokens(1)).with_money(Money::from_micros(9, Currency::USD), rate).unwrap().named("strict");
    let ledger = std::sync::Arc::new(MemoryLedger::new());
    let other = Metered::new(MockBackend::new(), Meter::new(ledger.clone()));
    other.generate_image(&Call::new(), &ImageRequest::new("A lake")).await.unwrap();
    let standing = Meter::new(ledger).with_budget(money).standings(&Call::new()).await.unwrap().remove(0);
    assert_eq!(
        standing.to_string(),
        "strict: 32,160 tokens and unknown money spent, 0 tokens and 0.00 USD held, 0 tokens and 0.00 USD left"
    );
}
