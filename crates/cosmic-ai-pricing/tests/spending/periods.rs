//! Periods: when a budget begins anew, and to which period a call belongs.

use cosmic_ai_core::{TextGenerator, Tokens};
use cosmic_ai_pricing::{Budget, Period};

use super::setup::{Setup, ask, call, refusal, time};

#[track_caller]
fn check(period: &Period, at: &str, expected: (&str, &str)) {
    let (from, until) = period.window(time(at));
    assert_eq!((from, until), (time(expected.0), Some(time(expected.1))), "{period} at {at}");
}

#[test]
fn days_and_months_begin_at_midnight_of_their_time_zone() {
    check(&Period::day(), "2026-11-22T10:00:00Z", ("2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"));
    check(&Period::month(), "2026-11-22T10:00:00Z", ("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"));
    let berlin = Period::day().in_time_zone("Europe/Berlin").unwrap();
    check(&berlin, "2026-11-22T22:59:59Z", ("2026-11-21T23:00:00Z", "2026-11-22T23:00:00Z"));
    check(&berlin, "2026-11-22T23:00:00Z", ("2026-11-22T23:00:00Z", "2026-11-23T23:00:00Z"));
    let kathmandu = Period::month().in_time_zone("Asia/Kathmandu").unwrap();
    check(&kathmandu, "2026-11-30T18:15:00Z", ("2026-11-30T18:15:00Z", "2026-12-31T18:15:00Z"));
}

#[test]
fn a_day_is_as_long_as_the_clock_makes_it() {
    let berlin = Period::day().in_time_zone("Europe/Berlin").unwrap();
    check(&berlin, "2026-03-29T12:00:00Z", ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"));
    check(&berlin, "2026-10-25T12:00:00Z", ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"));
    // Midnight itself is skipped in Santiago when its summer begins.
    let santiago = Period::day().in_time_zone("America/Santiago").unwrap();
    check(&santiago, "2026-09-06T12:00:00Z", ("2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"));
}

#[test]
fn a_month_begins_on_its_start_day_or_on_the_last_day_that_it_has() {
    let from_15 = Period::month_from(15).unwrap();
    check(&from_15, "2026-11-14T23:59:59Z", ("2026-10-15T00:00:00Z", "2026-11-15T00:00:00Z"));
    check(&from_15, "2026-11-15T00:00:00Z", ("2026-11-15T00:00:00Z", "2026-12-15T00:00:00Z"));
    let from_31 = Period::month_from(31).unwrap();
    check(&from_31, "2027-02-15T00:00:00Z", ("2027-01-31T00:00:00Z", "2027-02-28T00:00:00Z"));
    check(&from_31, "2027-02-28T00:00:00Z", ("2027-02-28T00:00:00Z", "2027-03-31T00:00:00Z"));
    check(&from_31, "2028-02-29T12:00:00Z", ("2028-02-29T00:00:00Z", "2028-03-31T00:00:00Z"));
}

#[test]
fn a_period_that_there_is_not_is_refused_with_what_there_is() {
    let error = Period::month_from(32).unwrap_err().to_string();
    assert!(error.contains("start_day `32`") && error.contains("did you mean `31`?"), "{error}");
    let error = Period::day().in_time_zone("Europe/Berlim").unwrap_err().to_string();
    assert!(error.contains("time_zone `Europe/Berlim` is not a name of the IANA time zone database"), "{error}");
}

#[tokio::test]
async fn a_budget_begins_anew_with_its_period_and_spend_counts_in_the_period_of_its_reservation() {
    let setup = Setup::new([], |meter| meter.with_budget(Budget::daily(Tokens(300))));
    setup.clock.set("2026-11-22T23:59:59Z");
    let stream = setup.metered.stream_text(&call("late"), &ask()).await.unwrap();
    let error = setup.metered.generate_text(&call("refused"), &ask()).await.unwrap_err();
    assert_eq!(refusal(&error).renews_at, Some(time("2026-11-23T00:00:00Z")));
    setup.clock.set("2026-11-23T00:00:01Z");
    stream.collect().await.unwrap();
    // The new day has all of its 300, though the late call was settled in it.
    setup.metered.generate_text(&call("anew"), &ask().with_max_tokens(123)).await.unwrap();
    setup.standing().await;
}

#[tokio::test]
async fn a_hold_past_its_deadline_is_listed_and_a_forgotten_reservation_frees_its_budget() {
    let setup = Setup::new([], |meter| meter.with_budget(Budget::monthly(Tokens(300))));
    // A process that died after it had sent: the stream is never read and never dropped.
    std::mem::forget(setup.metered.stream_text(&call("dead"), &ask()).await.unwrap());
    setup.clock.advance(std::time::Duration::from_mins(59));
    assert!(setup.metered.meter().unresolved().await.unwrap().is_empty());
    setup.clock.advance(std::time::Duration::from_mins(2));
    let unresolved = setup.metered.meter().unresolved().await.unwrap();
    assert_eq!(unresolved.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["dead"]);
    // Still held: it may have been billed.
    refusal(&setup.metered.generate_text(&call("next"), &ask()).await.unwrap_err());
}

#[tokio::test]
async fn the_longest_time_limit_has_a_deadline_within_the_calendar() {
    let setup = Setup::new([], |meter| meter);
    let endless = call("endless").with_time_limit(std::time::Duration::MAX);
    setup.metered.generate_text(&endless, &ask()).await.unwrap();
    let entry = setup.entry(&"endless".parse().unwrap()).await;
    assert_eq!(entry.deadline, time("2027-11-22T10:00:00Z"));
}
