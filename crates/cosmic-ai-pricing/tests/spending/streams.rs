//! Streamed answers: spend that was recorded as nothing because the stream said no usage, or broke, or was dropped.

use cosmic_ai_core::{Charge, Outcome, TextEvent, TextGenerator, Tokens, Usage};
use cosmic_ai_pricing::cut_stays_unresolved;
use cosmic_ai_pricing::ledger::{Basis, MOST_TOKENS, State};
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

#[tokio::test]
async fn a_text_that_is_said_to_have_taken_nothing_is_not_recorded_as_nothing() {
    let nothing = Usage::new(0_u64, 0_u64);
    let setup =
        Setup::new([Act::AnswerWith(nothing), Act::Stream(PARTS.to_vec(), StreamEnd::End(Some(nothing)))], |meter| {
            meter
        });
    setup.metered.generate_text(&call("whole"), &ask()).await.unwrap();
    setup.metered.stream_text(&call("stream"), &ask()).await.unwrap().collect().await.unwrap();
    for (id, text) in [("whole", "the answer".to_owned()), ("stream", PARTS.concat())] {
        let entry = setup.entry(&id.parse().unwrap()).await;
        let expected = Charge::new(Tokens(0), Tokens(2 * estimate_tokens(&text)));
        assert_eq!((entry.basis, entry.charge), (Some(Basis::Estimated), Some(expected)), "{id}");
    }
}

#[tokio::test]
async fn usage_that_was_reported_before_the_last_words_is_not_believed_to_be_all() {
    let early = Usage::new(10_u64, 1_u64);
    let setup = Setup::new([Act::Stream(PARTS.to_vec(), StreamEnd::EndAfter(early))], |meter| meter);
    setup.metered.stream_text(&call("text"), &ask()).await.unwrap().collect().await.unwrap();
    let entry = setup.entry(&"text".parse().unwrap()).await;
    let expected = Charge::new(Tokens(20), Tokens(2 * estimate_tokens(&PARTS.concat())));
    assert_eq!((entry.basis, entry.charge), (Some(Basis::Estimated), Some(expected)));
}

#[tokio::test]
async fn an_absurd_usage_is_recorded_as_the_most_that_can_be() {
    let absurd = Usage::new(10_u64, 2_000_000_000_000_u64);
    let setup = Setup::new([Act::AnswerWith(absurd)], |meter| meter);
    setup.metered.generate_text(&call("text"), &ask()).await.unwrap();
    let entry = setup.entry(&"text".parse().unwrap()).await;
    assert_eq!(entry.charge, Some(Charge::new(Tokens(20), Tokens(MOST_TOKENS))));
    assert_eq!((entry.state, entry.basis), (State::Settled, Some(Basis::Estimated)));
}

#[tokio::test]
async fn a_policy_that_panics_ends_nothing_but_its_own_stream() {
    let setup = Setup::new([], |meter| meter.with_cut_policy(|_| panic!("a policy of someone else's")));
    let stream = setup.metered.stream_text(&call("text"), &ask()).await.unwrap();
    let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(stream)));
    assert!(dropped.is_err());
    assert_eq!(setup.entry(&"text".parse().unwrap()).await.state, State::Sent);
}
