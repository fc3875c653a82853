//! Rules: which call they are for, what they answer, how often, and what is said when none is for a call.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cosmic_ai_core::{
    Call, Charge, Error, ErrorKind, ExtensionRequest, ImageGenerator, ImageRequest, MediaLibrary, Message,
    OPERATION_ID_KEY, Outcome, Rejection, RequestRef, SpeechGenerator, SpeechRequest, TextEvent, TextGenerator,
    TextRequest, Tokens, Usage, VideoGenerator, VideoRequest, models,
};
use cosmic_ai_mock::{Account, Answer, MockBackend, When};

/// What an assertion says when it fails.
pub(crate) fn complaint(assertion: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(assertion)).expect_err("the assertion held");
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap()
}

async fn ask(mock: &MockBackend, prompt: &str) -> String {
    mock.generate_text(&Call::new(), &TextRequest::new(prompt)).await.unwrap().text
}

async fn refused(mock: &MockBackend, prompt: &str) -> Error {
    mock.generate_text(&Call::new(), &TextRequest::new(prompt)).await.unwrap_err()
}

#[tokio::test]
async fn the_first_rule_for_a_call_answers_it_and_calls_without_a_rule_are_answered_as_ever() {
    let mock = MockBackend::builder()
        .on(When::text().containing("mug"), "A fine mug")
        .on(When::text().with_prompt("Name a mug"), "never, the first is for it as well")
        .on(When::text().matching("^[0-9]+$"), "A number")
        .on(When::text().with_model("Claude Haiku 4.5"), "From Haiku")
        .on(When::text().labelled("user", "ada"), "Hello, Ada")
        .build();
    assert_eq!(ask(&mock, "Name a mug").await, "A fine mug");
    assert_eq!(ask(&mock, "1234").await, "A number");
    assert_eq!(ask(&mock, "Hello").await, ask(&MockBackend::new(), "Hello").await);
    let haiku = TextRequest::new("Hello").with_model(models::CLAUDE_HAIKU_4_5);
    assert_eq!(mock.generate_text(&Call::new(), &haiku).await.unwrap().text, "From Haiku");
    let ada = Call::new().with_label("user", "ada");
    assert_eq!(mock.generate_text(&ada, &TextRequest::new("Hello")).await.unwrap().text, "Hello, Ada");
    let chat = TextRequest::chat([Message::user("A mug?"), Message::assistant("Yes."), Message::user("Why?")]);
    assert_eq!(mock.generate_text(&Call::new(), &chat).await.unwrap().text, "A fine mug");
}

#[tokio::test]
async fn a_call_without_model_is_of_the_default_model() {
    let mock = MockBackend::builder().on(When::text().with_model("claude-opus-4.8"), "Opus").build();
    assert_eq!(ask(&mock, "Hello").await, "Opus");
}

#[tokio::test]
async fn a_predicate_sees_the_request() {
    let is_short = |request: RequestRef<'_>| matches!(request, RequestRef::Text(text) if text.max_tokens == Some(5));
    let mock = MockBackend::builder().on(When::any().that("is short", is_short), "Short").build();
    let short = TextRequest::new("Hello").with_max_tokens(5);
    assert_eq!(mock.generate_text(&Call::new(), &short).await.unwrap().text, "Short");
    assert_ne!(ask(&mock, "Hello").await, "Short");
}

#[tokio::test]
async fn an_answer_is_given_as_often_as_it_says_and_a_sequence_in_its_order() {
    let mock = MockBackend::builder()
        .on(When::text(), Answer::sequence([Answer::text("one"), Answer::text("two").times(2)]))
        .on(When::text(), Answer::text("three").times(1))
        .on(When::text(), Answer::sequence(["a", "b"]).times(2))
        .on(When::text(), "always")
        .build();
    for expected in ["one", "two", "two", "three", "a", "b", "a", "b", "always", "always"] {
        assert_eq!(ask(&mock, "Hello").await, expected);
    }
    mock.assert_all_used();
}

#[tokio::test]
async fn a_function_answers_with_what_it_makes_of_the_request() {
    let shout = |request: RequestRef<'_>| match request {
        RequestRef::Text(text) => text.texts().collect::<String>().to_uppercase(),
        _ => String::new(),
    };
    let mock = MockBackend::builder().on(When::text(), Answer::with(shout)).build();
    assert_eq!(ask(&mock, "hello").await, "HELLO");
    let fail = |_: RequestRef<'_>| Error::new(ErrorKind::RateLimited(Rejection::new("slow")), Outcome::Refused);
    mock.on(When::image(), Answer::with(fail));
    let error = mock.generate_image(&Call::new(), &ImageRequest::new("A")).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::RateLimited(_)));
}

#[tokio::test]
async fn a_scripted_text_is_counted_priced_and_streamed_like_a_generated_one() {
    let mock = MockBackend::builder()
        .on(When::text().containing("whole"), "A fine mug, of stoneware.")
        .on(When::text().containing("fragments"), Answer::fragments(["A ", "fine", " mug"]))
        .on(When::text().containing("halves"), Answer::text("äöü").in_fragments(2))
        .on(When::text().containing("dear"), Answer::text("Gold").with_usage(Usage::new(7_u32, 1_000_000_u32)))
        .build();
    let response = mock.generate_text(&Call::new(), &TextRequest::new("whole")).await.unwrap();
    assert_eq!(response.usage, Some(Usage::new(3_u32, 7_u32)));
    assert_eq!(response.model.unwrap().as_str(), "claude-opus-4-8");
    let capped = TextRequest::new("whole").with_max_tokens(2);
    assert_eq!(mock.generate_text(&Call::new(), &capped).await.unwrap().usage.unwrap().output_tokens, Tokens(2));
    let dear = mock.generate_text(&Call::new(), &TextRequest::new("dear")).await.unwrap();
    assert_eq!(dear.usage, Some(Usage::new(7_u32, 1_000_000_u32)));
    mock.calls().matching(&When::any().containing("dear")).assert_spent(Tokens(2_000_014));

    assert_eq!(deltas(&mock, "whole").await, ["A fine mug", ", of stoneware", "."]);
    assert_eq!(deltas(&mock, "fragments").await, ["A ", "fine", " mug"]);
    let halves = deltas(&mock, "halves").await;
    assert_eq!((halves.len(), halves.concat().as_str()), (2, "äöü"));
}

async fn deltas(mock: &MockBackend, prompt: &str) -> Vec<String> {
    let mut stream = mock.stream_text(&Call::new(), &TextRequest::new(prompt)).await.unwrap();
    let mut deltas = Vec::new();
    while let Some(event) = stream.next().await {
        if let TextEvent::Delta(text) = event.unwrap() {
            deltas.push(text);
        }
    }
    deltas
}

#[tokio::test]
async fn a_scripted_medium_is_stored_named_and_priced_like_a_generated_one() {
    let mock = MockBackend::builder()
        .on(When::image(), Answer::medium("image/webp", vec![1, 2, 3]))
        .on(When::video(), Answer::medium("video/mp4", vec![4]))
        .on(When::extend().containing("On"), Answer::medium("video/webm", vec![5]))
        .on(When::speech(), Answer::medium("audio/mpeg", vec![6]))
        .build();
    let call = Call::new();
    let image = mock.generate_image(&call, &ImageRequest::new("A lake").with_folder("covers")).await.unwrap().media;
    assert_eq!(
        (image.content_type.as_str(), image.size, image.folder.as_deref()),
        ("image/webp", Some(3), Some("covers"))
    );
    assert_eq!(image.original_name.as_deref(), Some("a-lake.webp"));
    assert_eq!((image.width, image.metadata[OPERATION_ID_KEY].as_str()), (None, Some(call.operation_id().as_str())));
    assert_eq!(mock.open(&image).await.unwrap().collect().await.unwrap(), vec![1, 2, 3]);

    let clip = mock.generate_video(&call, &VideoRequest::new("A lake")).await.unwrap();
    assert_eq!(clip.usage.unwrap().total_tokens, Some(Tokens(288_000)));
    let unknown = mock.extend_video(&call, &ExtensionRequest::new("elsewhere", "On")).await.unwrap();
    assert!(unknown.is_extension);
    crate::names::assert_named(&unknown.media, "veo-ext-", ".webm");
    // A scripted clip can be extended by a generated one.
    mock.extend_video(&call, &ExtensionRequest::new(&clip.media.id, "Further")).await.unwrap();
    let speech = mock.generate_speech(&call, &SpeechRequest::new("Hello")).await.unwrap();
    assert_eq!((speech.media.size, speech.usage.unwrap().output_tokens), (Some(1), Tokens(3_600)));
}

#[tokio::test]
async fn an_error_is_given_again_and_again_with_the_operation_of_each_call() {
    let beneath = std::io::Error::other("cable");
    let error =
        Error::new(ErrorKind::Server(Rejection::new("no")), Outcome::UNKNOWN).with_status(502).with_source(beneath);
    let mock = MockBackend::builder().on(When::text(), Answer::error(error)).build();
    for _ in 0..2 {
        let call = Call::new();
        let error = mock.generate_text(&call, &TextRequest::new("Hello")).await.unwrap_err();
        assert_eq!((error.operation_id(), error.status()), (Some(call.operation_id()), Some(502)));
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "cable");
    }
    let error = mock.stream_text(&Call::new(), &TextRequest::new("Hello")).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::UNKNOWN);
}

#[tokio::test]
async fn an_answer_that_does_not_suit_its_call_fails_it_and_says_so() {
    let mock = MockBackend::builder()
        .on(When::image(), "a text")
        .on(When::text(), Answer::medium("image/png", vec![1]))
        .build();
    let error = mock.generate_image(&Call::new(), &ImageRequest::new("A")).await.unwrap_err();
    assert_eq!(error.to_string(), "a rule answers with the text \"a text\", but the call is of image");
    assert_eq!(error.outcome(), Outcome::NotSent);
    let error = refused(&mock, "A").await;
    assert_eq!(error.to_string(), "a rule answers with image/png of 1 bytes, but the call is of text");
}

#[tokio::test]
async fn a_strict_mock_fails_what_no_rule_is_for_and_names_the_nearest_rule_and_why_it_is_not() {
    let mock = MockBackend::builder()
        .on(When::text().containing("mug"), Answer::text("A fine mug").times(1))
        .on(When::video().with_model("veo-3.1-generate-preview").containing("sea"), Answer::generated())
        .strict()
        .build();
    let error = refused(&mock, "Write a poem").await;
    assert_eq!(
        error.to_string(),
        "no rule for the call text {\"prompt\":\"Write a poem\"}; nearest is rule 1, text containing \"mug\" (used 0 of \
         1 times): its prompt does not contain \"mug\""
    );
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(error.operation_id().is_some() && !error.is_resendable());
    assert_eq!(ask(&mock, "A mug").await, "A fine mug");
    assert!(refused(&mock, "Another mug").await.to_string().ends_with("(used 1 of 1 times): it is used up"));
    let error = mock.generate_video(&Call::new(), &VideoRequest::new("The sea")).await.unwrap_err();
    assert!(error.to_string().ends_with("its model is veo-3.1-fast-generate-preview"), "{error}");
    let complaint = complaint(|| mock.assert_all_used());
    assert!(
        complaint.starts_with("the script was not kept:\n  rule 2 was not used up: video with model veo"),
        "{complaint}"
    );
    assert!(complaint.contains("Write a poem") && complaint.lines().count() == 5, "{complaint}");
}

#[tokio::test]
async fn a_strict_mock_without_rules_says_that_there_are_none() {
    let mock = MockBackend::builder().strict().build();
    assert!(refused(&mock, "Hello").await.to_string().ends_with("there are no rules"));
}

#[tokio::test]
async fn in_order_each_rule_has_its_turn_only() {
    let mock = MockBackend::builder()
        .on(When::text().containing("a"), Answer::text("first").times(1))
        .on(When::text().containing("b"), "second, any number")
        .on(When::text().containing("c"), Answer::text("third").times(1))
        .in_order()
        .strict()
        .build();
    assert!(
        refused(&mock, "b")
            .await
            .to_string()
            .contains("rule 2, text containing \"b\" (used 0 times): rule 1 comes first")
    );
    for (prompt, expected) in [("a", "first"), ("b", "second, any number"), ("b", "second, any number"), ("c", "third")]
    {
        assert_eq!(ask(&mock, prompt).await, expected);
    }
    assert!(refused(&mock, "b").await.to_string().contains("rule 3 was used already"));
}

#[tokio::test]
async fn without_strictness_calls_out_of_order_get_the_generated_answer() {
    let mock = MockBackend::builder()
        .on(When::text().containing("first"), Answer::text("1").times(1))
        .on(When::text().containing("second"), Answer::text("2").times(1))
        .in_order()
        .build();
    assert_eq!(ask(&mock, "second").await, ask(&MockBackend::new(), "second").await);
    assert_eq!((ask(&mock, "first").await, ask(&mock, "second").await), ("1".to_owned(), "2".to_owned()));
}

#[tokio::test]
async fn rules_of_a_built_mock_are_shared_by_its_clones_but_a_builder_starts_anew() {
    let builder = MockBackend::builder().on(When::text(), Answer::text("once").times(1));
    let mock = builder.clone().build();
    mock.clone().on(When::text(), "later");
    assert_eq!((ask(&mock, "Hello").await, ask(&mock.clone(), "Hello").await), ("once".to_owned(), "later".to_owned()));
    assert_eq!(ask(&builder.build(), "Hello").await, "once");
}

#[test]
fn unused_rules_are_named_with_how_often_they_were_used() {
    let mock = MockBackend::builder()
        .on(When::any(), Answer::generated())
        .on(When::image(), Answer::generated().times(2))
        .build();
    assert_eq!(
        complaint(|| mock.assert_all_used()),
        "the script was not kept:\n  rule 1 was not used up: any call (used 0 times)\n  rule 2 was not used up: image \
         (used 0 of 2 times)"
    );
}

#[test]
fn a_pattern_that_is_none_is_told_where_it_is_written() {
    assert!(complaint(|| drop(When::text().matching("("))).starts_with("`(` is not a regular expression"));
}

#[test]
fn debug_is_short_whatever_is_scripted() {
    let mock = MockBackend::builder().on(When::text(), "x".repeat(10_000)).build();
    assert!(format!("{mock:?}").len() < 200, "{mock:?}");
}

#[tokio::test]
async fn a_call_that_the_account_refuses_uses_no_rule_up() {
    let account = Account::new(0_u32, 0_u32);
    let mock = MockBackend::builder()
        .with_account(account.clone())
        .on(When::text(), Answer::text("x").times(1))
        .strict()
        .build();
    assert_eq!(refused(&mock, "Hello").await.status(), Some(402));
    assert!(complaint(|| mock.assert_all_used()).contains("(used 0 of 1 times)"));
    account.add(Charge::new(Tokens(100), Tokens(100)));
    assert_eq!(ask(&mock, "Hello").await, "x");
    mock.assert_all_used();
}

#[tokio::test]
async fn a_call_whose_answer_cannot_be_made_gives_its_turn_of_a_sequence_to_the_next() {
    let mock = MockBackend::builder()
        .on(When::image(), Answer::generated())
        .on(When::extend(), Answer::sequence([Answer::generated(), Answer::medium("video/mp4", vec![1])]))
        .in_order()
        .build();
    let clip = mock.generate_video(&Call::new(), &VideoRequest::new("A kite")).await.unwrap();
    let call = Call::new();
    mock.extend_video(&call, &ExtensionRequest::new("elsewhere", "On")).await.unwrap_err();
    // The rule before it is not over either.
    mock.generate_image(&call, &ImageRequest::new("A")).await.unwrap();
    let first = mock.extend_video(&call, &ExtensionRequest::new(&clip.media.id, "On")).await.unwrap();
    let second = mock.extend_video(&call, &ExtensionRequest::new(&clip.media.id, "On")).await.unwrap();
    assert!(first.media.size > Some(1) && second.media.size == Some(1));
    mock.assert_all_used();
}

#[tokio::test]
async fn an_answer_that_does_not_suit_its_call_does_not_count_and_the_script_was_not_kept() {
    let mock = MockBackend::builder().on(When::any(), Answer::text("a text").times(1)).strict().build();
    mock.generate_image(&Call::new(), &ImageRequest::new("A")).await.unwrap_err();
    assert_eq!(ask(&mock, "Hello").await, "a text");
    assert_eq!(
        complaint(|| mock.assert_all_used()),
        "the script was not kept:\n  a rule answers with the text \"a text\", but the call is of image"
    );
}

#[tokio::test]
async fn of_many_calls_without_a_rule_the_first_hundred_are_named_and_the_others_counted() {
    let mock = MockBackend::builder().strict().build();
    for number in 0..130 {
        refused(&mock, &format!("Question {number}")).await;
    }
    let complaint = complaint(|| mock.assert_all_used());
    assert!(complaint.contains("Question 99") && !complaint.contains("Question 100"), "{complaint}");
    assert!(complaint.ends_with("\n  and 30 further calls without an answer"), "{complaint}");
}

#[tokio::test]
async fn what_a_function_makes_is_cut_as_its_rule_says_unless_it_says_so_itself() {
    let cut = |_: RequestRef<'_>| Answer::fragments(["one", " two"]);
    let mock = MockBackend::builder()
        .on(When::text().containing("rule"), Answer::with(|_| "one two three four five six").in_fragments(6))
        .on(When::text().containing("function"), Answer::with(cut).in_fragments(6))
        .build();
    assert_eq!(deltas(&mock, "rule").await.len(), 6);
    assert_eq!(deltas(&mock, "function").await, ["one", " two"]);
}

#[tokio::test]
async fn a_sequence_may_be_of_billions_of_answers() {
    let mock = MockBackend::builder()
        .on(
            When::text(),
            Answer::sequence([
                Answer::sequence(["a", "b"]).times(2),
                Answer::text("never").times(0),
                Answer::text("x").times(u32::MAX),
                Answer::text("y"),
            ])
            .times(u32::MAX)
            .with_usage(Usage::new(1_u32, 2_u32)),
        )
        .build();
    for expected in ["a", "b", "a", "b", "x", "x"] {
        assert_eq!(ask(&mock, "Hello").await, expected);
    }
    mock.calls().assert_spent(Tokens(6 * 2 * 3));
    assert!(complaint(|| mock.assert_all_used()).contains(&format!("(used 6 of {} times)", u64::MAX)));
}
