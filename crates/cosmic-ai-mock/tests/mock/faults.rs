//! Faults: at which calls they strike, what the caller is told, and what really became of the call.

use std::time::Duration;

use cosmic_ai_core::{
    Call, Charge, Error, ErrorKind, ImageGenerator, ImageRequest, MediaLibrary, MediaQuery, Multiplier, Outcome,
    Reconciled, Rejection, Search, TextEvent, TextGenerator, TextRequest, TextStream, TimeoutStage, Tokens, Usage,
    VideoGenerator, VideoRequest, reconcile,
};
use cosmic_ai_mock::{Account, Answer, CallState, Fault, MockBackend, MockBackendBuilder, When};

const TEXT: &str = "one two three four five six seven";

async fn ask(mock: &MockBackend) -> Result<String, Error> {
    Ok(mock.generate_text(&Call::new(), &TextRequest::new("Hello")).await?.text)
}

/// Which of the first `count` calls fail.
async fn struck(fault: Fault, count: u64) -> Vec<u64> {
    let mock = MockBackend::builder().fault(When::text(), fault).build();
    let mut struck = Vec::new();
    for call in 1..=count {
        if ask(&mock).await.is_err() {
            struck.push(call);
        }
    }
    struck
}

#[tokio::test]
async fn a_fault_strikes_when_it_is_its_turn() {
    assert_eq!(struck(Fault::server(500), 3).await, [1, 2, 3]);
    assert_eq!(struck(Fault::server(500).nth(3), 6).await, [3]);
    assert_eq!(struck(Fault::server(500).every(4), 9).await, [4, 8]);
    assert!(struck(Fault::server(500).every(0), 3).await.is_empty());
    assert!(struck(Fault::server(500).with_probability(0.0, 1), 50).await.is_empty());
    assert_eq!(struck(Fault::server(500).with_probability(1.0, 1), 50).await.len(), 50);
    assert!(struck(Fault::server(500).with_probability(f64::NAN, 1), 50).await.is_empty());
}

#[tokio::test]
async fn chance_is_the_same_for_the_same_seed_and_about_as_likely_as_it_says() {
    let first = struck(Fault::server(500).with_probability(0.25, 7), 400).await;
    assert_eq!(first, struck(Fault::server(500).with_probability(0.25, 7), 400).await);
    assert_ne!(first, struck(Fault::server(500).with_probability(0.25, 8), 400).await);
    assert!((70..130).contains(&first.len()), "{}", first.len());
}

#[tokio::test]
async fn the_first_fault_whose_turn_it_is_strikes_and_others_still_count_the_call() {
    let mock = MockBackend::builder()
        .fault(When::any().containing("Batman"), Fault::content_policy())
        .fault(When::any(), Fault::server(500).nth(2))
        .build();
    let policy = mock.generate_text(&Call::new(), &TextRequest::new("Batman")).await.unwrap_err();
    assert!(matches!(policy.kind(), ErrorKind::ContentPolicy(_)));
    assert_eq!(ask(&mock).await.unwrap_err().status(), Some(500));
    ask(&mock).await.unwrap();
    mock.fault(When::text(), Fault::credentials().nth(1));
    assert!(matches!(ask(&mock).await.unwrap_err().kind(), ErrorKind::Credentials(_)));
}

#[tokio::test]
async fn every_fault_is_the_error_that_its_name_says() {
    let pause = Duration::from_secs(2);
    let limit = Duration::from_secs(30);
    let faults = [
        (Fault::connection_failed(), "cannot connect: the mock refuses connections", Outcome::NotSent, None, true),
        (Fault::connection_lost(), "interrupted: the mock broke the connection", Outcome::UNKNOWN, None, false),
        (Fault::answer_lost(), "interrupted: the mock broke the connection", Outcome::UNKNOWN, None, false),
        (Fault::timeout(TimeoutStage::Connect, limit), "timed out connecting after 30s", Outcome::NotSent, None, true),
        (
            Fault::timeout(TimeoutStage::FirstByte, limit),
            "timed out waiting for the answer to begin after 30s",
            Outcome::UNKNOWN,
            None,
            false,
        ),
        (Fault::rate_limited(pause), "rate limited: Too many requests", Outcome::Refused, Some(429), true),
        (Fault::overloaded(pause), "server failed: Service temporarily unavailable", Outcome::Refused, Some(503), true),
        (Fault::server(503), "server failed: Internal error", Outcome::UNKNOWN, Some(503), false),
        (Fault::credentials(), "credentials not accepted: Unauthorized", Outcome::Refused, Some(401), false),
        (
            Fault::content_policy(),
            "declined by content policy: declined by the content policy",
            Outcome::Refused,
            Some(400),
            false,
        ),
        (
            Fault::tokens_used_up(),
            "tokens used up: You have reached your token usage limit. Model Claude Opus 4.8 (Standard tier, 2.0x cost) \
             [INSUFFICIENT_CREDITS]",
            Outcome::Refused,
            Some(402),
            false,
        ),
    ];
    for (fault, message, outcome, status, is_resendable) in faults {
        let mock = MockBackend::builder().fault(When::any(), fault).build();
        let call = Call::new();
        let whole = mock.generate_text(&call, &TextRequest::new("Hello")).await.unwrap_err();
        let stream = mock.stream_text(&call, &TextRequest::new("Hello")).await.unwrap_err();
        for error in [whole, stream] {
            assert_eq!(error.to_string(), message);
            assert_eq!((error.outcome(), error.status(), error.is_resendable()), (outcome, status, is_resendable));
            assert_eq!(error.operation_id(), Some(call.operation_id()));
        }
    }
}

#[tokio::test]
async fn faults_of_media_differ_from_those_of_text_where_the_service_does() {
    let mock = MockBackend::builder()
        .fault(When::video().containing("Batman"), Fault::content_policy())
        .fault(When::video(), Fault::overloaded(Duration::from_secs(1)))
        .build();
    let film = async |prompt: &str| mock.generate_video(&Call::new(), &VideoRequest::new(prompt)).await.unwrap_err();
    assert!(film("Batman").await.to_string().ends_with("No videos generated"));
    let error = film("A kite").await;
    assert_eq!((error.outcome(), error.retry_after()), (Outcome::UNKNOWN, Some(Duration::from_secs(1))));
    assert!(!error.is_resendable());
}

async fn found(mock: &MockBackend, call: &Call) -> bool {
    let found = reconcile(mock, &Search::of(call.operation_id().clone())).await.unwrap();
    matches!(found, Reconciled::Found(_))
}

#[tokio::test]
async fn a_lost_answer_leaves_a_billed_medium_that_its_operation_finds_and_a_lost_request_leaves_nothing() {
    for (fault, is_made) in [
        (Fault::answer_lost(), true),
        (Fault::connection_lost(), false),
        (Fault::timeout(TimeoutStage::Total, Duration::from_mins(1)), false),
        (Fault::timeout(TimeoutStage::Total, Duration::from_mins(1)).after_making(), true),
        (Fault::server(504).after_making(), true),
    ] {
        let account = Account::new(0_u32, 1_000_000_u32);
        let mock = MockBackend::builder().with_account(account.clone()).fault(When::video(), fault).build();
        let call = Call::new();
        let error = mock.generate_video(&call, &VideoRequest::new("A kite")).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::UNKNOWN);
        assert_eq!(found(&mock, &call).await, is_made);
        let charge = if is_made { 288_000 } else { 0 };
        mock.calls().failed().assert_spent(Tokens(charge));
        assert_eq!(account.left().output, Tokens(1_000_000 - charge));
        assert_eq!(mock.calls().first().unwrap().media_id.is_some(), is_made);
    }
}

#[tokio::test]
async fn an_error_that_says_it_was_billed_is_billed() {
    let charge = Charge::new(Tokens(5), Tokens(100));
    let error = || {
        let kind = ErrorKind::Decode { message: "no JSON".to_owned() };
        Error::new(kind, Outcome::Billed { charge: Some(charge) })
    };
    let account = Account::new(1_000_u32, 1_000_u32);
    let mock = MockBackend::builder()
        .with_account(account.clone())
        .fault(When::image(), Fault::error(error()))
        .on(When::text(), Answer::error(error()))
        .build();
    mock.generate_image(&Call::new(), &ImageRequest::new("A")).await.unwrap_err();
    assert_eq!(account.left(), Charge::new(Tokens(995), Tokens(900)));
    ask(&mock).await.unwrap_err();
    assert_eq!(account.left(), Charge::new(Tokens(990), Tokens(800)));
    mock.calls().assert_spent(Tokens(210));
}

#[tokio::test]
async fn a_call_for_which_nothing_was_made_uses_no_rule_up() {
    let mock = MockBackend::builder()
        .on(When::text(), Answer::sequence(["first", "second"]))
        .fault(When::text(), Fault::rate_limited(Duration::from_secs(1)).nth(2))
        .build();
    assert_eq!(ask(&mock).await.unwrap(), "first");
    ask(&mock).await.unwrap_err();
    assert_eq!(ask(&mock).await.unwrap(), "second");
}

#[tokio::test]
async fn a_fault_can_be_a_function_of_the_request() {
    let mock = MockBackend::builder()
        .fault(
            When::any(),
            Fault::with(|request| {
                let message = format!("no {request} today");
                Error::new(ErrorKind::Refused(Rejection::new(message)), Outcome::Refused)
            }),
        )
        .build();
    assert_eq!(ask(&mock).await.unwrap_err().to_string(), "refused: no text today");
}

fn streaming() -> MockBackendBuilder {
    MockBackend::builder().on(When::text(), TEXT)
}

async fn stream(mock: &MockBackend) -> TextStream {
    mock.stream_text(&Call::new(), &TextRequest::new("Count")).await.unwrap()
}

/// The deltas and the error of a stream that fails.
async fn broken(fault: Fault) -> (Vec<String>, Error, MockBackend) {
    let mock = streaming().fault(When::text(), fault).build();
    let (mut stream, mut deltas) = (stream(&mock).await, Vec::new());
    loop {
        match stream.next().await.unwrap() {
            Ok(TextEvent::Delta(text)) => deltas.push(text),
            Ok(TextEvent::Usage(_)) => {}
            Ok(other) => panic!("{other:?}"),
            Err(error) => {
                assert!(stream.next().await.is_none());
                return (deltas, error, mock);
            }
        }
    }
}

#[tokio::test]
async fn a_stream_breaks_after_so_many_fragments_and_is_billed_for_them() {
    let (deltas, error, mock) = broken(Fault::connection_lost().after_fragments(2)).await;
    assert_eq!(deltas, ["one two three", " four five six"]);
    assert_eq!((error.outcome(), error.partial_text()), (Outcome::UNKNOWN, Some("one two three four five six")));
    assert_eq!(error.usage(), None);
    let calls = mock.calls().failed();
    assert_eq!(calls.first().unwrap().text.as_deref(), Some("one two three four five six"));
    calls.assert_spent(Tokens(2 * (3 + 6)));
}

#[tokio::test]
async fn a_stream_breaks_inside_a_fragment() {
    let (deltas, error, _) = broken(Fault::connection_lost().within_fragment(1)).await;
    assert_eq!(deltas, ["one two three", " four f"]);
    assert_eq!(error.partial_text(), Some("one two three four f"));
}

#[tokio::test]
async fn a_stream_that_breaks_before_its_first_fragment_or_after_its_last_still_breaks() {
    let (deltas, error, mock) = broken(Fault::server(500).after_fragments(0)).await;
    assert!(deltas.is_empty() && error.partial_text().is_none());
    mock.calls().assert_spent(Tokens(2 * 3));
    let (deltas, error, mock) = broken(Fault::server(500).after_fragments(1_000)).await;
    assert_eq!((deltas.concat().as_str(), error.partial_text()), (TEXT, Some(TEXT)));
    mock.calls().assert_spent(Tokens(2 * (3 + 7)));
}

#[tokio::test]
async fn an_error_in_the_middle_may_come_with_usage_which_is_then_the_least_that_was_billed() {
    let (_, error, mock) = broken(Fault::server(500).after_fragments(1).reporting_usage()).await;
    assert_eq!(error.usage(), Some(Usage::new(3_u32, 3_u32)));
    let charge = Charge::new(Tokens(6), Tokens(6));
    assert_eq!(error.outcome(), Outcome::Unknown { at_least: charge });
    assert_eq!(mock.calls().spent(), Some(charge));
}

#[tokio::test]
async fn a_refusal_in_the_middle_is_not_taken_for_one() {
    let (_, error, mock) = broken(Fault::content_policy().after_fragments(1)).await;
    assert!(matches!(error.kind(), ErrorKind::ContentPolicy(_)));
    assert_eq!(error.outcome(), Outcome::UNKNOWN);
    mock.calls().assert_spent(Tokens(2 * (3 + 3)));
    let (_, error, mock) = broken(Fault::content_policy().after_fragments(0)).await;
    assert_eq!(error.outcome(), Outcome::Refused);
    mock.calls().assert_spent(Tokens::ZERO);
}

#[tokio::test]
async fn a_record_says_of_the_outcome_what_the_caller_is_told() {
    for fault in [
        Fault::content_policy().after_fragments(1),
        Fault::content_policy().after_fragments(0),
        Fault::content_policy().after_fragments(0).reporting_usage(),
        Fault::server(500).after_fragments(1).reporting_usage(),
        Fault::connection_lost().within_fragment(0),
    ] {
        let (_, error, mock) = broken(fault).await;
        let calls = mock.calls();
        let recorded = calls.first().unwrap();
        let told = CallState::Failed { kind: error.kind().clone(), outcome: error.outcome(), status: error.status() };
        assert_eq!(recorded.state, told);
        assert_eq!(recorded.charge == Some(Charge::ZERO), error.outcome() == Outcome::Refused);
    }
}

#[tokio::test]
async fn a_lost_answer_is_lost_as_a_whole_also_of_a_stream() {
    let mock = streaming().fault(When::text(), Fault::answer_lost()).build();
    let error = mock.stream_text(&Call::new(), &TextRequest::new("Count")).await.unwrap_err();
    assert_eq!((error.outcome(), error.partial_text()), (Outcome::UNKNOWN, None));
    mock.calls().assert_spent(Tokens(2 * (3 + 7)));
}

#[tokio::test]
async fn missing_usage_is_missing_everywhere_and_billed_all_the_same() {
    let mock = streaming().fault(When::any(), Fault::usage_missing()).build();
    let mut events = stream(&mock).await;
    let mut last = None;
    while let Some(event) = events.next().await {
        let event = event.unwrap();
        assert!(!matches!(event, TextEvent::Usage(_)));
        last = Some(event);
    }
    let Some(TextEvent::End(end)) = last else { panic!("{last:?}") };
    assert_eq!((end.usage, end.text.as_str()), (None, TEXT));
    assert_eq!(mock.generate_text(&Call::new(), &TextRequest::new("Count")).await.unwrap().usage, None);
    assert_eq!(mock.generate_video(&Call::new(), &VideoRequest::new("A")).await.unwrap().usage, None);
    mock.calls().text().assert_spent(Tokens(2 * 2 * (3 + 7)));
    mock.calls().videos().assert_spent(Tokens(288_000));
}

#[tokio::test]
async fn a_second_end_is_not_seen() {
    let mock = streaming().fault(When::text(), Fault::duplicate_end()).build();
    let mut events = stream(&mock).await;
    let mut ends = 0;
    while let Some(event) = events.next().await {
        ends += usize::from(matches!(event.unwrap(), TextEvent::End(_)));
    }
    assert_eq!(ends, 1);
    mock.calls().answered().assert_count(1);
}

#[tokio::test(start_paused = true)]
async fn a_stalled_stream_never_continues_and_dropping_it_ends_it() {
    let mock = streaming().fault(When::text(), Fault::stall().after_fragments(1)).build();
    let mut events = stream(&mock).await;
    assert!(matches!(events.next().await, Some(Ok(TextEvent::Delta(_)))));
    assert!(tokio::time::timeout(Duration::from_hours(1), events.next()).await.is_err());
    assert_eq!(events.text(), "one two three");
    drop(events);
    let recorded = mock.calls().first().unwrap().clone();
    assert_eq!((recorded.state, recorded.text.as_deref()), (CallState::Cancelled, Some("one two three")));
}

#[tokio::test(start_paused = true)]
async fn a_stall_ends_with_the_calls_time_limit() {
    let limit = Duration::from_secs(20);
    let call = || Call::new().with_time_limit(limit);
    let mock = streaming().fault(When::any(), Fault::stall().after_fragments(1)).build();
    let error = mock.stream_text(&call(), &TextRequest::new("Count")).await.unwrap().collect().await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Timeout { stage: TimeoutStage::Total, after: limit });
    assert_eq!((error.outcome(), error.partial_text()), (Outcome::UNKNOWN, Some("one two three")));
    let error = mock.generate_image(&call(), &ImageRequest::new("A")).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Timeout { stage: TimeoutStage::Total, after: limit });
    for recorded in &mock.calls() {
        assert_eq!(recorded.took, Some(limit));
    }
    assert_eq!(mock.find(&MediaQuery::all()).await.unwrap().total, 0);
}

#[test]
fn the_402_names_model_tier_and_multiplier() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mock = MockBackend::builder().fault(When::any(), Fault::tokens_used_up()).build();
    let haiku = TextRequest::new("Hello").with_model("claude-haiku-4-5-20251001");
    let error = runtime.block_on(mock.generate_text(&Call::new(), &haiku)).unwrap_err();
    let ErrorKind::TokensUsedUp(used_up) = error.kind() else { panic!("{error:?}") };
    assert_eq!((used_up.model.as_deref(), used_up.tier.as_deref()), (Some("Claude Haiku 4.5"), Some("Budget")));
    assert_eq!(used_up.multiplier, Some(Multiplier::ONE));
}

const BILLED: Charge = Charge::new(Tokens(500), Tokens(7_000));

fn billed() -> Error {
    let kind = ErrorKind::Decode { message: "no JSON".to_owned() };
    Error::new(kind, Outcome::Billed { charge: Some(BILLED) })
}

fn left() -> Charge {
    Charge::new(Tokens(9_500), Tokens(993_000))
}

/// A streaming mock with a fault or rule more, and its account.
fn accounted(builder: MockBackendBuilder) -> (MockBackend, Account) {
    let account = Account::new(10_000_u32, 1_000_000_u32);
    (builder.with_account(account.clone()).build(), account)
}

#[tokio::test]
async fn a_billed_error_is_deducted_as_it_says_whatever_was_given_or_made_before() {
    for fault in [
        Fault::error(billed()),
        Fault::error(billed()).after_making(),
        Fault::error(billed()).after_fragments(1),
        Fault::error(billed()).within_fragment(1).reporting_usage(),
    ] {
        let (mock, account) = accounted(streaming().fault(When::any(), fault));
        let error = match mock.stream_text(&Call::new(), &TextRequest::new("Count")).await {
            Ok(stream) => stream.collect().await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(error.outcome(), Outcome::Billed { charge: Some(BILLED) });
        assert_eq!((mock.calls().spent(), account.left()), (Some(BILLED), left()));
        assert_eq!(ask(&mock).await.unwrap_err().outcome(), Outcome::Billed { charge: Some(BILLED) });
        mock.generate_image(&Call::new(), &ImageRequest::new("A")).await.unwrap_err();
        assert!(mock.calls().iter().all(|call| call.charge == Some(BILLED)), "{:?}", mock.calls());
        assert_eq!(account.left(), Charge::new(Tokens(8_500), Tokens(979_000)));
    }
}

#[tokio::test]
async fn an_error_billed_at_no_known_charge_is_billed_for_what_was_delivered() {
    let error = || Error::new(ErrorKind::Decode { message: String::new() }, Outcome::Billed { charge: None });
    let (_, _, mock) = broken(Fault::error(error()).after_fragments(1)).await;
    mock.calls().assert_spent(Tokens(2 * (3 + 3)));
    let mock = streaming().fault(When::text(), Fault::error(error())).build();
    ask(&mock).await.unwrap_err();
    assert_eq!(mock.calls().first().unwrap().charge, None);
}

#[tokio::test(start_paused = true)]
async fn a_billed_error_is_deducted_before_it_is_waited_for_by_whoever_gives_up() {
    let (late, short) = (Duration::from_secs(10), Duration::from_secs(1));
    let rule = MockBackend::builder().on(When::any(), Answer::error(billed()).after(late));
    let fault = |fault: Fault| streaming().fault(When::any(), fault.after(late));
    for builder in [
        rule,
        fault(Fault::error(billed())),
        fault(Fault::error(billed()).after_making()),
        fault(Fault::error(billed()).after_fragments(1)),
    ] {
        let read = async |mock: &MockBackend, call: &Call| {
            mock.stream_text(call, &TextRequest::new("Count")).await?.collect().await
        };
        let (mock, account) = accounted(builder.clone());
        tokio::time::timeout(short, read(&mock, &Call::new())).await.unwrap_err();
        mock.calls().cancelled().assert_count(1);
        assert_eq!((mock.calls().spent(), account.left()), (Some(BILLED), left()));

        let (mock, account) = accounted(builder.clone());
        let error = read(&mock, &Call::new().with_time_limit(short)).await.unwrap_err();
        assert!(error.outcome().is_unknown());
        assert_eq!((mock.calls().spent(), account.left()), (Some(BILLED), left()));

        let (mock, account) = accounted(builder);
        let film = VideoRequest::new("A kite");
        let call = Call::new();
        tokio::time::timeout(short, mock.generate_video(&call, &film)).await.unwrap_err();
        assert_eq!((mock.calls().spent(), account.left()), (Some(BILLED), left()));
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_that_is_waited_for_holds_nothing_of_the_account() {
    let slow = Answer::error(Error::new(ErrorKind::RateLimited(Rejection::new("slow")), Outcome::Refused));
    let (mock, account) = accounted(MockBackend::builder().on(When::video(), slow.after(Duration::from_secs(9))));
    let (call, film) = (Call::new(), VideoRequest::new("A kite"));
    tokio::select! {
        _ = mock.generate_video(&call, &film) => panic!("it does not wait"),
        () = tokio::time::sleep(Duration::from_secs(1)) => {
            assert_eq!(account.left(), Charge::new(Tokens(10_000), Tokens(1_000_000)));
        }
    }
}
