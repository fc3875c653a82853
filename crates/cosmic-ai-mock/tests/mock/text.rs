//! Text: whole and streamed alike, exactly as long as its usage says, never longer than asked for.

use std::sync::{Arc, Mutex};

use cosmic_ai_core::{Call, Message, Progress, TextEvent, TextGenerator, TextRequest, Tokens, Usage};
use cosmic_ai_mock::MockBackend;
use proptest::prelude::*;

fn mock(seed: u64) -> MockBackend {
    MockBackend::builder().with_seed(seed).build()
}

async fn answer(mock: &MockBackend, request: &TextRequest) -> (String, Usage) {
    let response = mock.generate_text(&Call::new(), request).await.unwrap();
    (response.text, response.usage.unwrap())
}

async fn events(mock: &MockBackend, request: &TextRequest) -> Vec<TextEvent> {
    let mut stream = mock.stream_text(&Call::new(), request).await.unwrap();
    let mut events = Vec::new();
    while let Some(event) = stream.next().await {
        events.push(event.unwrap());
    }
    assert!(stream.next().await.is_none());
    events
}

fn requests() -> Vec<TextRequest> {
    vec![
        TextRequest::new("Write a product description for a coffee mug"),
        TextRequest::new("Name three colours").with_max_tokens(1),
        TextRequest::new("Name three colours").with_max_tokens(50),
        TextRequest::new("用三句话介绍一只咖啡杯。").with_model("gpt-5"),
        TextRequest::new("👨‍👩‍👧‍👦🇩🇪 ÀÉ"),
        TextRequest::chat([Message::user("What is a mug?"), Message::assistant("A cup."), Message::user("Of what?")]),
        TextRequest::new("Describe it").with_media_url("https://cdn.example.com/report.pdf"),
    ]
}

/// Words and marks, counted in the finished text: a mark follows its word without a space.
fn tokens(text: &str) -> u64 {
    text.split_whitespace().map(|word| if word.ends_with(['.', ',', ':']) { 2 } else { 1 }).sum()
}

#[tokio::test]
async fn a_streamed_answer_is_the_whole_one_in_fragments_then_its_usage_then_its_end() {
    for request in requests() {
        let whole = mock(1).generate_text(&Call::new(), &request).await.unwrap();
        let mut events = events(&mock(1), &request).await;
        assert_eq!(events.pop(), Some(TextEvent::End(whole.clone())), "{request:?}");
        assert_eq!(events.pop(), Some(TextEvent::Usage(whole.usage.unwrap())), "{request:?}");
        let fragments: Vec<String> = events
            .into_iter()
            .map(|event| match event {
                TextEvent::Delta(text) => text,
                other => panic!("{other:?} amid the text"),
            })
            .collect();
        assert_eq!(fragments.concat(), whole.text);
        assert!(fragments.iter().all(|fragment| !fragment.is_empty()));
        assert!(tokens(&whole.text) < 10 || fragments.len() > 3, "not much of a stream: {fragments:?}");
    }
}

#[tokio::test]
async fn the_same_request_and_seed_give_the_same_answer_and_another_seed_gives_another() {
    for request in requests().into_iter().filter(|request| request.max_tokens != Some(1)) {
        assert_eq!(answer(&mock(7), &request).await, answer(&mock(7), &request).await);
        assert_ne!(answer(&mock(7), &request).await.0, answer(&mock(8), &request).await.0);
    }
}

#[tokio::test]
async fn a_request_is_answered_alike_however_it_names_its_model() {
    let backend = mock(1);
    let ask = |model: &'static str| TextRequest::new("Hello").with_model(model);
    let answers = ["claude-opus-4-8", "claude-opus-4.8", "Claude Opus 4.8"].map(ask);
    for request in &answers {
        let response = backend.generate_text(&Call::new(), request).await.unwrap();
        assert_eq!(response.model.unwrap().as_str(), "claude-opus-4-8");
        assert_eq!(response.text, answer(&backend, &answers[0]).await.0);
    }
    let unnamed = backend.generate_text(&Call::new(), &TextRequest::new("Hello")).await.unwrap();
    assert_eq!(unnamed.model.unwrap().as_str(), "claude-opus-4-8");
}

#[tokio::test]
async fn an_answer_has_exactly_the_tokens_of_its_usage_and_no_more_than_asked_for() {
    let backend = mock(0);
    for most in (1..=50).chain([59, 60]) {
        let (text, usage) =
            answer(&backend, &TextRequest::new("Tell me about lighthouses").with_max_tokens(most)).await;
        assert_eq!(usage.output_tokens, Tokens::from(most));
        assert_eq!(tokens(&text), u64::from(most), "{text}");
    }
    for most in [61, 500, 600, 601, 100_000, u32::MAX] {
        let (text, usage) =
            answer(&backend, &TextRequest::new("Tell me about lighthouses").with_max_tokens(most)).await;
        assert!((60..=600.min(u64::from(most))).contains(&usage.output_tokens.get()), "{usage:?} of {most}");
        assert_eq!(tokens(&text), usage.output_tokens.get());
    }
}

#[tokio::test]
async fn every_usual_length_occurs() {
    let backend = mock(0);
    let mut lengths = Vec::new();
    for number in 0..200 {
        let (_, usage) = answer(&backend, &TextRequest::new(format!("Question {number}"))).await;
        lengths.push(usage.output_tokens.get());
    }
    assert!(lengths.iter().all(|length| (60..=600).contains(length)));
    assert!(lengths.iter().any(|&length| length < 100) && lengths.iter().any(|&length| length > 550));
}

#[tokio::test]
async fn a_longer_prompt_has_more_input_and_all_messages_of_a_chat_count() {
    let backend = mock(0);
    let input = async |request: TextRequest| answer(&backend, &request).await.1.input_tokens.get();
    // A token a common word, more for a long one, one a mark or digit; two for the framing of each text.
    assert_eq!(input(TextRequest::new("a")).await, 1 + 2);
    assert_eq!(input(TextRequest::new("Write a product description, in 3 lines!")).await, 6 + 2 + 2 + 1 + 2);
    assert_eq!(input(TextRequest::new("雪の日に")).await, 3 + 2);
    let message = || Message::user("word ".repeat(40));
    assert_eq!(input(TextRequest::chat([message(), message()])).await, 80 + 2 * 2);
    // Never more than the bytes and the framing that estimates reckon with.
    for text in ["a", "!", "雪", "👩‍🔬", "é"] {
        let request = TextRequest::new(text.repeat(100));
        assert!(input(request).await <= 100 * text.len() as u64 + 16, "{text}");
    }
}

#[tokio::test]
async fn a_dropped_stream_leaves_the_mock_as_it_was() {
    let backend = mock(3);
    let request = TextRequest::new("Tell me about lighthouses");
    let mut stream = backend.stream_text(&Call::new(), &request).await.unwrap();
    assert!(matches!(stream.next().await, Some(Ok(TextEvent::Delta(_)))));
    drop(stream);
    assert_eq!(answer(&backend, &request).await, answer(&mock(3), &request).await);
    assert!(matches!(events(&backend, &request).await.last(), Some(TextEvent::End(_))));
}

#[tokio::test]
async fn whole_and_streamed_answers_report_that_they_begin_and_end() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let watched = || {
        let seen = seen.clone();
        Call::new().with_progress(move |progress| seen.lock().unwrap().push(progress.clone()))
    };
    let request = TextRequest::new("Hello").with_max_tokens(5);
    mock(0).generate_text(&watched(), &request).await.unwrap();
    mock(0).stream_text(&watched(), &request).await.unwrap().collect().await.unwrap();
    let seen = seen.lock().unwrap();
    assert!(
        matches!(
            seen.as_slice(),
            [
                Progress::Sending { attempt: 1 },
                Progress::Done { .. },
                Progress::Sending { attempt: 1 },
                Progress::Done { .. }
            ]
        ),
        "{seen:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_prompt_is_answered_within_bounds(prompt in "[^ ]\\PC{0,60}", most in proptest::option::of(1..800_u32)) {
        prop_assume!(!prompt.trim().is_empty());
        let mut request = TextRequest::new(prompt);
        request.max_tokens = most;
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (text, usage) = runtime.block_on(answer(&mock(0), &request));
        prop_assert_eq!(tokens(&text), usage.output_tokens.get());
        prop_assert!(usage.output_tokens <= Tokens::from(most.unwrap_or(600)));
        prop_assert_eq!(text.trim(), text.as_str());
    }
}
