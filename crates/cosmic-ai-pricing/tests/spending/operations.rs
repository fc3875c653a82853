//! One operation id is paid once: double spend by retry was billed 426 times in a week.

use cosmic_ai_core::{
    Call, Charge, ErrorKind, ImageGenerator, ImageRequest, OperationConflict, Outcome, TextGenerator, TextRequest,
    Tokens, VideoGenerator, VideoRequest,
};
use cosmic_ai_pricing::Meter;
use cosmic_ai_pricing::ledger::Ledger;

use super::backend::Act;
use super::setup::{COST, Setup, ask, call};

#[track_caller]
fn conflict(error: &cosmic_ai_core::Error) -> OperationConflict {
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(!error.is_resendable());
    match error.kind() {
        ErrorKind::Operation(conflict) => conflict.clone(),
        other => panic!("not a conflict: {other:?}"),
    }
}

#[tokio::test]
async fn a_medium_that_is_asked_for_again_is_given_again_and_not_paid_again() {
    let setup = Setup::new([], |meter| meter);
    let film = VideoRequest::new("Waves");
    let first = setup.metered.generate_video(&call("clip"), &film).await.unwrap();
    let second = setup.metered.generate_video(&call("clip"), &film).await.unwrap();
    assert_eq!((&second.media.id, &second.media.url, second.usage), (&first.media.id, &first.media.url, first.usage));
    assert_eq!(setup.backend.sent(), 1);
    assert_eq!(setup.standing().await.spent, Charge::new(Tokens(0), Tokens(288_000)));
}

#[tokio::test]
async fn words_are_recorded_only_when_asked_for() {
    let setup = Setup::new([], |meter| meter);
    setup.metered.generate_image(&call("image"), &ImageRequest::new("A lake")).await.unwrap();
    setup.metered.generate_text(&call("text"), &ask()).await.unwrap();
    let error = setup.metered.generate_text(&call("text"), &ask()).await.unwrap_err();
    assert_eq!(conflict(&error), OperationConflict::Done { charge: Some(COST) });
    for id in ["image", "text"] {
        let entry = setup.entry(&id.parse().unwrap()).await;
        let kept = serde_json::to_string(&entry).unwrap();
        assert!(!kept.contains("secret words") && !kept.contains("the answer") && !kept.contains("lake"), "{kept}");
    }
}

#[tokio::test]
async fn a_recorded_text_is_given_again_whole_and_as_a_stream() {
    let setup = Setup::new([], Meter::recording_words);
    let first = setup.metered.generate_text(&call("text"), &ask()).await.unwrap();
    assert_eq!(setup.metered.generate_text(&call("text"), &ask()).await.unwrap(), first);
    let mut shown = String::new();
    let again =
        setup.metered.stream_text(&call("text"), &ask()).await.unwrap().on_text(|part| shown.push_str(part)).await;
    assert_eq!((again.unwrap(), shown.as_str()), (first.clone(), first.text.as_str()));
    assert_eq!(setup.backend.sent(), 1);
}

#[tokio::test]
async fn an_operation_in_flight_is_not_sent_twice() {
    let setup = Setup::new([], |meter| meter);
    let stream = setup.metered.stream_text(&call("text"), &ask()).await.unwrap();
    let error = setup.metered.stream_text(&call("text"), &ask()).await.unwrap_err();
    assert_eq!(conflict(&error), OperationConflict::InFlight);
    drop(stream);
    assert_eq!(setup.backend.sent(), 1);
}

#[tokio::test]
async fn an_operation_of_unknown_outcome_is_not_sent_again() {
    let setup = Setup::new([Act::FailHaving(Outcome::UNKNOWN, "made-all-the-same")], |meter| meter);
    let lake = ImageRequest::new("A lake");
    setup.metered.generate_image(&call("image"), &lake).await.unwrap_err();
    let error = setup.metered.generate_image(&call("image"), &lake).await.unwrap_err();
    assert_eq!(conflict(&error), OperationConflict::Unresolved);
    assert_eq!(error.media_id().map(cosmic_ai_core::MediaId::as_str), Some("made-all-the-same"));
    assert_eq!(setup.backend.sent(), 1);
}

#[tokio::test]
async fn another_request_under_the_same_id_is_an_error() {
    let setup = Setup::new([Act::Answer, Act::Fail(Outcome::Refused)], |meter| meter);
    setup.metered.generate_text(&call("text"), &ask()).await.unwrap();
    let others = [TextRequest::new("Write other words").with_max_tokens(100), ask().with_max_tokens(101)];
    for other in others {
        let error = setup.metered.generate_text(&call("text"), &other).await.unwrap_err();
        assert_eq!(conflict(&error), OperationConflict::OtherRequest);
    }
    // An image of the same words is another request too.
    setup.metered.generate_image(&call("image"), &ImageRequest::new("A lake")).await.unwrap_err();
    let error = setup.metered.generate_video(&call("image"), &VideoRequest::new("A lake")).await.unwrap_err();
    assert_eq!(conflict(&error), OperationConflict::OtherRequest);
    assert_eq!(setup.backend.sent(), 2);
}

#[tokio::test]
async fn what_was_refused_or_never_left_may_be_tried_again_under_its_id() {
    let setup = Setup::new([Act::Fail(Outcome::NotSent), Act::Fail(Outcome::Refused)], |meter| meter);
    setup.metered.generate_text(&call("text"), &ask()).await.unwrap_err();
    setup.metered.generate_text(&call("text"), &ask()).await.unwrap_err();
    setup.metered.generate_text(&call("text"), &ask()).await.unwrap();
    assert_eq!(setup.backend.sent(), 3);
    assert_eq!(setup.standing().await.spent, COST);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_tasks_with_one_operation_send_it_once() {
    let setup = std::sync::Arc::new(Setup::new([], Meter::recording_words));
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let metered = setup.metered.clone();
            tokio::spawn(async move { metered.generate_text(&call("text"), &ask()).await })
        })
        .collect();
    for task in tasks {
        if let Err(error) = task.await.unwrap() {
            assert_eq!(conflict(&error), OperationConflict::InFlight);
        }
    }
    assert_eq!(setup.backend.sent(), 1);
    assert_eq!(setup.standing().await.spent, COST);
}

#[tokio::test]
async fn labels_of_the_meter_and_of_the_call_tell_spending_apart() {
    let setup = Setup::new([], |meter| meter.with_label("bucket", "shop").with_label("project", "autumn"));
    let spring: Call = call("text").with_label("project", "spring");
    setup.metered.generate_text(&spring, &ask()).await.unwrap();
    let entry = setup.entry(&"text".parse().unwrap()).await;
    let labels: Vec<_> = entry.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(labels, [("bucket", "shop"), ("project", "spring")]);
    assert_eq!(setup.ledger.reconcile().await.unwrap().entries, 1);
}
