//! Streamed answers: spend that was recorded as nothing because the stream said no usage, or broke, or was dropped.

use cosmic_ai_core::{Charge, Outcome, TextEvent, TextGenerator, Tokens, Usage};
use cosmic_ai_pricing::cut_stays_unresolved;
use cosmic_ai_pricing::ledger::{Basis, State};
use cosmic_ai_pricing::tokenizer::estimate_tokens;

use super::backend::{Act, StreamEnd};
use super::setup::{COST, HELD, Setup, ask, call};

const PARTS: [&str; 3] = ["Once upon ", "a time there was ", "a ledger."];

fn delivered(parts: &[&str]) -> Charge {
    Charge::new(HELD.input, Tokens(2 * estimate_tokens(&parts.concat())))
}

#[tokio::test]
async fn a_stream_settles_by_its_usage_before_its_end_is_handed_over() {
    let setup = Setup::new([], |meter| meter);
    let mut stream = setup.metered.stream_text(&call("text"), &ask()).await.unwrap();
    while let Some(event) = stream.next().await {
        if let TextEvent::End(answer) = event.unwrap() {
            assert_eq!(answer.text, "the answer");
            let entry = setup.entry(&"text".parse().unwrap()).await;
            assert_eq!((entry.state, entry.basis, entry.charge), (State::Settled, Some(Basis::Reported), Some(COST)));
        }
    }
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_stream_without_usage_is_not_recorded_as_nothing() {
    let setup = Setup::new([Act::Stream(PARTS.to_vec(), StreamEnd::End(None))], |meter| meter);
    let answer = setup.metered.stream_text(&call("text"), &ask()).await.unwrap().collect().await.unwrap();
    assert_eq!(answer.usage, None);
    let entry = setup.entry(&"text".parse().unwrap()).await;
    assert_eq!((entry.basis, entry.charge), (Some(Basis::Estimated), Some(delivered(&PARTS))));
}

#[tokio::test]
async fn a_cut_stream_settles_what_was_delivered() {
    let broken = Act::Stream(PARTS.to_vec(), StreamEnd::Fail(Outcome::UNKNOWN));
    let setup = Setup::new([broken], |meter| meter);
    let error = setup.metered.stream_text(&call("text"), &ask()).await.unwrap().collect().await.unwrap_err();
    assert_eq!(error.partial_text(), Some(PARTS.concat().as_str()));
    assert!(error.outcome().is_unknown());
    let entry = setup.entry(&"text".parse().unwrap()).await;
    assert_eq!((entry.state, entry.basis), (State::Settled, Some(Basis::Estimated)));
    assert_eq!(entry.charge, Some(delivered(&PARTS)));
    assert_eq!(setup.standing().await.held, Charge::ZERO);
}

#[tokio::test]
async fn a_dropped_stream_settles_what_was_delivered() {
    let setup = Setup::new([Act::Stream(PARTS.to_vec(), StreamEnd::Hang)], |meter| meter);
    let mut stream = setup.metered.stream_text(&call("text"), &ask()).await.unwrap();
    for part in &PARTS[..2] {
        assert_eq!(stream.next().await.unwrap().unwrap(), TextEvent::Delta((*part).to_owned()));
    }
    drop(stream);
    let entry = setup.entry(&"text".parse().unwrap()).await;
    assert_eq!((entry.state, entry.charge), (State::Settled, Some(delivered(&PARTS[..2]))));
}

#[tokio::test]
async fn a_stream_that_is_never_read_settles_its_input() {
    let setup = Setup::new([], |meter| meter);
    drop(setup.metered.stream_text(&call("text"), &ask()).await.unwrap());
    let entry = setup.entry(&"text".parse().unwrap()).await;
    assert_eq!(entry.charge, Some(Charge::new(HELD.input, Tokens(0))));
}

#[tokio::test]
async fn what_a_broken_stream_reported_counts_if_it_is_more() {
    let outcome = Outcome::Unknown { at_least: Charge::new(Tokens(30), Tokens(170)) };
    let setup = Setup::new([Act::Stream(PARTS.to_vec(), StreamEnd::Fail(outcome))], |meter| meter);
    setup.metered.stream_text(&call("text"), &ask()).await.unwrap().collect().await.unwrap_err();
    let entry = setup.entry(&"text".parse().unwrap()).await;
    assert_eq!(entry.charge, Some(Charge::new(HELD.input, Tokens(170))));
}

#[tokio::test]
async fn the_policy_for_cut_texts_can_be_replaced() {
    let broken = Act::Stream(PARTS.to_vec(), StreamEnd::Fail(Outcome::UNKNOWN));
    let setup = Setup::new([broken], |meter| meter.with_cut_policy(cut_stays_unresolved));
    setup.metered.stream_text(&call("text"), &ask()).await.unwrap().collect().await.unwrap_err();
    let unresolved = setup.metered.meter().unresolved().await.unwrap();
    assert_eq!(unresolved.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["text"]);
    assert_eq!(setup.standing().await.held, HELD);
}

#[tokio::test]
async fn a_charge_above_the_hold_is_recorded_in_full() {
    let usage = Usage::new(500_u64, 4_000_u64);
    let setup = Setup::new([Act::Stream(vec!["much"], StreamEnd::End(Some(usage)))], |meter| meter);
    setup.metered.stream_text(&call("text"), &ask()).await.unwrap().collect().await.unwrap();
    let entry = setup.entry(&"text".parse().unwrap()).await;
    assert_eq!(entry.charge, Some(Charge::new(Tokens(1_000), Tokens(8_000))));
    assert!(entry.is_over_hold());
    assert_eq!(setup.standing().await.spent.total(), Tokens(9_000));
}
