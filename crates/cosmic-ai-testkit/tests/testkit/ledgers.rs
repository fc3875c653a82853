//! Every broken ledger is caught by the check that is named for its fault.

mod broken;

use std::sync::Arc;

use cosmic_ai_pricing::ledger::{Ledger, MemoryLedger};
use cosmic_ai_testkit::conformance::{self, CheckOutcome, Report};

use self::broken::{Broken, Fault};

async fn run<L: Ledger + 'static>(new: impl Fn() -> L) -> Report {
    conformance::ledger(|handles| {
        let ledger: Arc<dyn Ledger> = Arc::new(new());
        async move { Ok(vec![ledger; handles]) }
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn the_ledger_in_memory_keeps_every_rule_and_no_check_is_skipped() {
    let report = run(MemoryLedger::new).await;
    report.assert_ok();
    let not_passed: Vec<_> = report.results.iter().filter(|check| check.outcome != CheckOutcome::Passed).collect();
    assert!(not_passed.is_empty(), "{not_passed:?}");
    let mut names: Vec<_> = report.results.iter().map(|check| check.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), report.results.len(), "names are unique");
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_cannot_be_opened_fails_every_check() {
    let report =
        conformance::ledger(async |_| Err(cosmic_ai_pricing::ledger::LedgerError::unavailable("no disk"))).await;
    assert_eq!(report.failures().count(), report.results.len());
}

macro_rules! caught {
    ($($test:ident: $fault:ident fails [$($check:literal),+];)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $test() {
            let report = run(|| Broken::new(Fault::$fault)).await;
            let failed: Vec<&str> = report.failures().map(|check| check.name).collect();
            assert_eq!(failed, [$(concat!("ledger/", $check)),+], "{report}");
        }
    )*};
}

// These checks fail, in this order, and no others.
caught! {
    a_limit_that_is_ignored: IgnoresTheLastLimit fails [
        "admission-is-all-or-nothing", "a-refusal-says-what-is-over", "windows-count-apart",
        "reconciling-says-what-it-compared"
    ];
    a_second_settlement: SettlesTwice fails [
        "changes-follow-the-states", "a-change-of-another-attempt-changes-nothing",
        "of-settlements-of-one-operation-one-is-done"
    ];
    a_command_out_of_turn: AppliesWhatIsEnqueuedOnFlush fails [
        "enqueued-changes-keep-their-order", "an-enqueued-change-comes-before-a-later-admission"
    ];
    an_attempt_taken_for_another: KnowsTheSameAttempt fails ["the-same-admission-again-is-new"];
    an_id_for_two_requests: AdmitsAnotherBody fails ["another-body-under-an-id-is-known"];
    a_gap_between_pages: SkipsOneBetweenPages fails ["pages-neither-skip-nor-repeat"];
    another_order: OrdersByIdAlone fails [
        "entries-come-by-time-and-id", "entries-are-chosen-by-the-query", "pages-neither-skip-nor-repeat"
    ];
    a_filter_that_is_ignored: ListsAllStates fails ["entries-are-chosen-by-the-query"];
    an_early_expiry: ExpiresAtTheDeadline fails [
        "expiry-takes-the-overdue-for-lost", "a-deadline-that-is-now-has-not-passed"
    ];
    a_sent_call_that_is_released: ReleasesWhatWasSent fails [
        "expiry-takes-the-overdue-for-lost", "what-was-lost-can-still-be-settled"
    ];
    an_expiry_of_everything: ExpiresWhatIsNotDue fails [
        "expiry-takes-the-overdue-for-lost", "expiry-leaves-the-others-alone",
        "a-deadline-that-is-now-has-not-passed"
    ];
    a_pruned_call_that_is_open: PruningClosesTheOpen fails [
        "pruning-keeps-totals", "pruning-keeps-what-is-open-or-recent"
    ];
    the_wrong_limit: BlamesTheFirstLimit fails ["a-refusal-says-what-is-over", "windows-count-apart"];
    an_ignored_ticket: IgnoresTickets fails ["a-change-of-another-attempt-changes-nothing"];
    an_unknown_that_cost_more: IgnoresAtLeast fails [
        "unknown-raises-the-hold-to-what-it-cost-at-least", "a-part-draws-on-its-plan",
        "entries-come-back-as-they-went-in", "a-charge-beyond-the-most-is-kept-as-the-most"
    ];
    labels_in_lower_case: LowersLabels fails [
        "labels-count-in-their-counters", "entries-come-back-as-they-went-in",
        "odd-labels-count-and-come-back"
    ];
    a_forgotten_result: ForgetsResults fails [
        "a-hold-is-released-on-settling", "unknown-stays-held", "entries-come-back-as-they-went-in"
    ];
    cut_amounts: CutsAmounts fails [
        "amounts-beyond-the-most-change-nothing", "a-charge-beyond-the-most-is-kept-as-the-most"
    ];
    an_admission_that_is_dropped: DropsWithTheFuture fails ["a-dropped-admission-is-entered-all-the-same"];
}

macro_rules! among {
    ($($test:ident: $fault:ident fails $check:literal;)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $test() {
            let report = run(|| Broken::new(Fault::$fault)).await;
            let is_caught = report.failures().any(|check| check.name == concat!("ledger/", $check));
            assert!(is_caught, "{report}");
        }
    )*};
}

// Faults that spread further than it is worth listing: the check that is named for them is among those that fail.
among! {
    a_hold_that_stays: KeepsHoldsOnSettling fails "a-hold-is-released-on-settling";
    a_charge_that_counts_twice: CountsTwice fails "a-hold-is-released-on-settling";
    a_lost_command: LosesWhatIsEnqueued fails "what-was-enqueued-is-there-after-a-flush";
    pruned_spending: PruningLosesSpending fails "pruning-keeps-totals";
    a_refusal_that_holds: HoldsWhatItRefuses fails "admission-is-all-or-nothing";
    a_cut_charge: CutsChargesToTheHold fails "a-charge-over-its-hold-is-recorded-in-full";
    an_unknown_that_is_freed: FreesTheUnknown fails "unknown-stays-held";
    a_plan_without_use: ForgetsPlans fails "a-part-draws-on-its-plan";
    a_free_call_refused: ChargesTheFree fails "free-calls-pass-an-empty-budget";
    a_counter_from_now_on: StandsAtNothingUntilAsked fails "standing-needs-no-kept-total";
    a_look_before_the_leap: LooksBeforeItLeaps fails "together-they-admit-what-fits";
}
