//! What holds for every plan: sums are sums, and what is suggested fits.

use cosmic_ai_core::{Call, Charge, Currency, Error, Money, Tokens};
use cosmic_ai_pricing::ledger::MemoryLedger;
use cosmic_ai_pricing::{Budget, Meter, Plan, PlanChange, PlanFit, PlanTotal, Rate};
use proptest::prelude::*;

use super::super::properties::request;
use super::{block_on, estimator, plan_of};

fn is_sum(total: &PlanTotal, parts: &[&PlanTotal]) -> bool {
    let sum = |of: fn(&PlanTotal) -> Option<Charge>| {
        parts.iter().try_fold(Charge::ZERO, |sum, part| sum.checked_add(of(part)?))
    };
    total.calls == parts.iter().map(|part| part.calls).sum::<u64>()
        && sum(|part| Some(part.least)) == Some(total.least)
        && sum(|part| part.expected) == total.expected
        && sum(|part| part.most) == total.most
}

async fn fits_after(meter: &Meter, plan: Plan, changes: &[PlanChange]) -> Result<PlanFit, Error> {
    meter.fit(&Call::new(), &changes.iter().fold(plan, Plan::with_change)).await
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn totals_are_the_sums_of_items_and_of_subtotals(requests in proptest::collection::vec(request(), 0..12)) {
        let rate = Rate::new(Currency::USD, "any").with_input(3).with_output(700_001);
        let found = estimator().with_rate(&rate).plan(&plan_of(&requests)).unwrap();
        let mut sums = [Some(Charge::ZERO); 3];
        for item in &found.items {
            let ends = [Some(item.estimate.least()), item.estimate.expected(), item.estimate.most()];
            for (sum, end) in sums.iter_mut().zip(ends) {
                *sum = sum.zip(end).and_then(|(sum, end)| sum.checked_add(end));
            }
        }
        let total = found.total;
        prop_assert_eq!(sums, [Some(total.least), total.expected, total.most]);
        prop_assert!(is_sum(&total, &found.by_modality.values().collect::<Vec<_>>()));
        prop_assert!(is_sum(&total, &found.by_model.values().collect::<Vec<_>>()));
        prop_assert_eq!(total.most.map(Charge::total), total.deducted_tokens.high);
        prop_assert_eq!(found.is_bounded(), total.most.is_some());
        prop_assert_eq!(total.calls, requests.len() as u64);
        if let Some(money) = total.money {
            let items = found.items.iter().map(|item| item.estimate.money.unwrap().expected.unwrap().micros());
            prop_assert_eq!(money.expected.unwrap().micros(), items.sum::<u64>());
        }
    }

    #[test]
    fn what_a_fit_suggests_really_fits(
        requests in proptest::collection::vec(request(), 1..7), share in 0_u64..1_100, pool in 0..3,
    ) {
        let plan = plan_of(&requests);
        let bounded = estimator().plan(&plan).unwrap().items.into_iter().filter_map(|item| item.estimate.most());
        let whole = bounded.map(Charge::total).sum::<Tokens>().get().max(50_000);
        let left = Tokens(u64::try_from(u128::from(whole) * u128::from(share) / 1_000).unwrap());
        let rate = Rate::new(Currency::USD, "any").with_input(1_000_000).with_output(2_000_000);
        let budget = match pool {
            0 => Budget::daily(left),
            1 => Budget::daily(Tokens(u64::MAX / 4)).with_output(left),
            _ => Budget::daily(Tokens(u64::MAX / 4))
                .with_money(Money::from_micros(left.get(), Currency::USD), rate)
                .unwrap(),
        };
        let meter = Meter::new(MemoryLedger::new()).with_budget(budget);
        block_on(async {
            let fit = meter.fit(&Call::new(), &plan).await.unwrap();
            for change in &fit.changes {
                let changed = fits_after(&meter, plan.clone(), std::slice::from_ref(change)).await.unwrap();
                prop_assert!(changed.fits(), "{change} of {fit}");
            }
            if !fit.combination.is_empty() {
                prop_assert!(fit.changes.is_empty() && fit.combination.len() > 1, "{fit}");
                let changed = fits_after(&meter, plan.clone(), &fit.combination).await.unwrap();
                prop_assert!(changed.fits(), "{fit}");
                let most = |fit: &PlanFit, item: &str| {
                    fit.estimate.items.iter().find(|found| found.name == item).unwrap().estimate.most()
                };
                let last = fit.combination.last().unwrap();
                prop_assert_eq!(most(&changed, &last.item), last.suggestion.estimate.most());
                for left_out in 0..fit.combination.len() {
                    let mut fewer = fit.combination.clone();
                    let item = fewer.remove(left_out).item;
                    // Of two changes of one item the first may be what lets the second be made.
                    if fewer.iter().all(|change| change.item != item) {
                        let without = fits_after(&meter, plan.clone(), &fewer).await.unwrap();
                        prop_assert!(!without.fits(), "{item} need not change: {fit}");
                    }
                }
            }
            let reserved = meter.reserve(&Call::new(), &plan).await;
            prop_assert_eq!(reserved.is_ok(), fit.fits());
            Ok(())
        })?;
    }
}
