//! The record of calls: what was asked, what came of it, what it cost, and what assertions say of it.

use std::time::Duration;

use cosmic_ai_core::{
    Call, Charge, ExtensionRequest, ImageGenerator, ImageRequest, OperationId, Outcome, Request, SpeechGenerator,
    SpeechRequest, TextEvent, TextGenerator, TextRequest, Tokens, VideoGenerator, VideoRequest,
};
use cosmic_ai_mock::{CallState, Fault, Latency, MockBackend, RecordedCall, When};

use crate::script::complaint;

fn only(mock: &MockBackend) -> RecordedCall {
    let calls = mock.calls();
    calls.assert_count(1);
    calls.first().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn a_call_is_recorded_with_its_circumstances_and_what_came_of_it() {
    let mock = MockBackend::builder().with_latency(Latency::fixed(Duration::from_secs(2))).build();
    tokio::time::advance(Duration::from_secs(5)).await;
    let parent = OperationId::mint();
    let call = Call::new().with_label("project", "spring").with_parent(parent.clone());
    let clip = mock.generate_video(&call, &VideoRequest::new("A kite")).await.unwrap();
    let recorded = only(&mock);
    assert_eq!((recorded.number, &recorded.operation_id, recorded.parent), (1, call.operation_id(), Some(parent)));
    assert_eq!(recorded.labels["project"], "spring");
    assert_eq!(recorded.request, Request::Video(VideoRequest::new("A kite")));
    assert_eq!((recorded.started_at, recorded.took), (Duration::from_secs(5), Some(Duration::from_secs(2))));
    assert_eq!(recorded.state, CallState::Answered);
    assert_eq!(recorded.charge, Some(Charge::new(Tokens::ZERO, Tokens(288_000))));
    assert_eq!((recorded.media_id, recorded.text), (Some(clip.media.id), None));
}

#[tokio::test]
async fn calls_are_told_apart_by_what_they_ask_for() {
    let mock = MockBackend::new();
    let ada = Call::new().with_label("user", "ada");
    mock.generate_text(&ada, &TextRequest::new("Hello")).await.unwrap();
    mock.stream_text(&Call::new(), &TextRequest::new("Hello")).await.unwrap().collect().await.unwrap();
    mock.generate_image(&ada, &ImageRequest::new("A lake")).await.unwrap();
    let clip = mock.generate_video(&Call::new(), &VideoRequest::new("A lake")).await.unwrap();
    mock.extend_video(&Call::new(), &ExtensionRequest::new(&clip.media.id, "On")).await.unwrap();
    mock.generate_speech(&Call::new(), &SpeechRequest::new("Hello")).await.unwrap();
    mock.generate_speech(&Call::new(), &SpeechRequest::new(" ")).await.unwrap_err();
    let calls = mock.calls();
    for (some, count) in [
        (calls.clone(), 7),
        (calls.text(), 2),
        (calls.images(), 1),
        (calls.videos(), 1),
        (calls.extensions(), 1),
        (calls.speech(), 2),
        (calls.labelled("user", "ada"), 2),
        (calls.text().labelled("user", "ada"), 1),
        (calls.failed(), 1),
        (calls.answered(), 6),
        (calls.sent(), 6),
        (calls.cancelled(), 0),
        (calls.running(), 0),
        (calls.of_operation(ada.operation_id()), 2),
        (calls.matching(&When::any().containing("lake")), 2),
    ] {
        some.assert_count(count);
        assert_eq!(
            (some.len(), some.is_empty(), some.iter().count(), (&some).into_iter().count()),
            (count, count == 0, count, count)
        );
    }
    assert_eq!(calls.last().unwrap().number, 7);
    assert!(calls.text().last().unwrap().is_streamed);
}

#[tokio::test]
async fn what_is_charged_is_added_up_and_asserted() {
    let mock = MockBackend::new();
    mock.generate_text(&Call::new(), &TextRequest::new("Hello").with_max_tokens(50)).await.unwrap();
    mock.generate_image(&Call::new(), &ImageRequest::new("A lake")).await.unwrap();
    mock.calls().assert_spent(Tokens(106 + 32_160));
    mock.calls().images().assert_spent(Tokens(32_160));
    assert_eq!(mock.calls().spent(), Some(Charge::new(Tokens(6), Tokens(100 + 32_160))));
    let complaint = complaint(|| mock.calls().images().assert_spent(Tokens(1)));
    assert_eq!(
        complaint,
        "expected 1 tokens for the image calls, but it was 32,160 tokens (0 input + 32,160 output)\n  32,160 tokens (0 \
         input + 32,160 output): call 2 (answered) image {\"prompt\":\"A lake\"}"
    );
}

#[tokio::test]
async fn a_price_that_is_not_known_is_not_taken_for_nothing() {
    let registry = cosmic_ai_core::Registry::built_in().clone().allow_unknown();
    let mock = MockBackend::builder().with_registry(registry).build();
    mock.generate_image(&Call::new(), &ImageRequest::new("A").with_model("paint-9")).await.unwrap();
    assert_eq!((only(&mock).charge, mock.calls().spent()), (None, None));
    assert!(complaint(|| mock.calls().assert_spent(Tokens::ZERO)).contains("an unknown number"));
}

#[tokio::test]
async fn a_request_is_found_however_its_model_is_named() {
    let mock = MockBackend::new();
    let request = TextRequest::new("Hello").with_model("Claude Opus 4.8");
    mock.generate_text(&Call::new(), &request).await.unwrap();
    mock.calls().assert_called_once_with(request);
    mock.calls().assert_called_once_with(TextRequest::new("Hello").with_model("claude-opus-4-8"));
}

#[tokio::test]
async fn a_request_that_did_not_come_is_shown_beside_the_nearest_that_did() {
    let mock = MockBackend::new();
    mock.generate_image(&Call::new(), &ImageRequest::new("A mug")).await.unwrap();
    mock.generate_text(&Call::new(), &TextRequest::new("Describe a cup").with_max_tokens(50)).await.unwrap();
    let expected = TextRequest::new("Describe a mug").with_max_tokens(100);
    let said = complaint(|| mock.calls().assert_called_once_with(expected.clone()));
    assert_eq!(
        said,
        "expected one of the calls with\n  text {\"prompt\":\"Describe a mug\",\"max_tokens\":100}\nbut there are 2, none \
         with it; the nearest\n  call 2 (answered) text {\"prompt\":\"Describe a cup\",\"max_tokens\":50}\ndiffers in\n  \
         max_tokens: expected 100\n             actually 50\n  prompt: expected \"Describe a mug\"\n         actually \
         \"Describe a cup\""
    );
    let said = complaint(|| MockBackend::new().calls().text().assert_called_once_with(expected.clone()));
    assert!(said.ends_with("but there are 0"), "{said}");
    mock.generate_text(&Call::new(), &expected).await.unwrap();
    mock.generate_text(&Call::new(), &expected).await.unwrap();
    let said = complaint(|| mock.calls().text().assert_called_once_with(expected));
    assert!(said.contains("but there are 3, 2 of them with it:\n  call 2 (answered)"), "{said}");
    assert!(complaint(|| mock.calls().assert_count(1)).starts_with("expected 1 calls, but there are 4\n  call 1"));
}

#[tokio::test]
async fn nothing_is_sent_by_calls_that_fail_before() {
    let mock = MockBackend::builder().fault(When::image(), Fault::connection_failed()).build();
    mock.generate_text(&Call::new(), &TextRequest::new(" ")).await.unwrap_err();
    mock.generate_image(&Call::new(), &ImageRequest::new("A")).await.unwrap_err();
    mock.calls().assert_nothing_sent();
    mock.calls().assert_spent(Tokens::ZERO);
    assert!(matches!(only_failed(&mock, 0), Outcome::NotSent));
    mock.generate_text(&Call::new(), &TextRequest::new("Hello")).await.unwrap();
    let said = complaint(|| mock.calls().assert_nothing_sent());
    assert_eq!(
        said,
        "expected none of the calls to be sent, but these were:\n  call 3 (answered) text {\"prompt\":\"Hello\"}"
    );
}

fn only_failed(mock: &MockBackend, place: usize) -> Outcome {
    match mock.calls().iter().nth(place).unwrap().state {
        CallState::Failed { outcome, .. } => outcome,
        ref other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_dropped_stream_is_cancelled_with_what_it_gave_and_billed_for_that() {
    let mock = MockBackend::builder().on(When::text(), "one two three four five six seven").build();
    let mut stream = mock.stream_text(&Call::new(), &TextRequest::new("Count")).await.unwrap();
    assert_eq!(only(&mock).state, CallState::Running);
    assert_eq!(stream.next().await.unwrap().unwrap(), TextEvent::Delta("one two three".to_owned()));
    assert_eq!((only(&mock).took, only(&mock).charge), (None, Some(Charge::ZERO)));
    drop(stream);
    let recorded = only(&mock);
    assert_eq!((recorded.state, recorded.text.as_deref()), (CallState::Cancelled, Some("one two three")));
    assert_eq!(recorded.charge, Some(Charge::new(Tokens(6), Tokens(6))));
}

#[tokio::test]
async fn a_stream_that_was_read_is_answered_and_billed_as_a_whole() {
    let mock = MockBackend::new();
    let request = TextRequest::new("Hello").with_max_tokens(50);
    mock.stream_text(&Call::new(), &request).await.unwrap().collect().await.unwrap();
    let recorded = only(&mock);
    assert_eq!((recorded.state, recorded.text), (CallState::Answered, None));
    assert_eq!(recorded.charge.unwrap().total(), Tokens(106));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_future_is_cancelled_and_its_medium_exists_and_is_billed() {
    let mock = MockBackend::builder().with_latency(Latency::realistic()).build();
    let (call, film) = (Call::new(), VideoRequest::new("A kite"));
    let given_up = tokio::time::timeout(Duration::from_secs(10), mock.generate_video(&call, &film)).await;
    assert!(given_up.is_err());
    let recorded = only(&mock);
    assert_eq!((recorded.state, recorded.took), (CallState::Cancelled, Some(Duration::from_secs(10))));
    assert_eq!(recorded.charge.unwrap().total(), Tokens(288_000));
    assert!(recorded.media_id.is_some());
}

#[tokio::test]
async fn a_list_of_calls_does_not_change_and_calls_can_be_forgotten_or_not_kept_at_all() {
    let mock = MockBackend::new();
    let before = mock.calls();
    let stream = mock.stream_text(&Call::new(), &TextRequest::new("Hello")).await.unwrap();
    let during = mock.calls();
    mock.forget_calls();
    drop(stream);
    assert_eq!((before.len(), during.len(), mock.calls().len()), (0, 1, 0));
    assert_eq!(during.first().unwrap().state, CallState::Running);
    mock.generate_text(&Call::new(), &TextRequest::new("Hello")).await.unwrap();
    assert_eq!(only(&mock).number, 2);
    let mock = MockBackend::builder().without_recording().build();
    mock.generate_text(&Call::new(), &TextRequest::new("Hello")).await.unwrap();
    assert!(mock.calls().is_empty());
}
