//! What the application does when all is well, and when it is not.
//!
//! Where a test is `start_paused`, time stands still while there is something to do: pauses and minutes of generation pass at once.

use std::time::Duration;

use cosmic_ai::mock::{Account, Answer, Fault, Latency, MockBackend, MockBackendBuilder, When};
use cosmic_ai::pricing::ledger::MemoryLedger;
use cosmic_ai::pricing::{Budget, Meter};
use cosmic_ai::{Client, Error, ErrorKind, MediaLibrary as _, Outcome, Tokens};
use tokio::time::Instant;

use super::article::{Article, publish};

const TEXT: [&str; 3] = ["Lighthouses ", "warn ", "ships."];

/// A mock that knows the article by heart and makes up the rest.
fn scripted() -> MockBackendBuilder {
    MockBackend::builder().on(When::text().containing("lighthouses"), Answer::fragments(TEXT))
}

async fn published(mock: &MockBackend) -> Result<Article, Error> {
    publish(&Client::new(mock.clone()), "lighthouses", |_| ()).await
}

/// Published under a budget of so many tokens.
async fn published_for(tokens: u64, mock: &MockBackend) -> Result<Article, Error> {
    let meter = Meter::new(MemoryLedger::new()).with_budget(Budget::once(Tokens(tokens)));
    publish(&Client::builder(mock.clone()).with_meter(meter).build(), "lighthouses", |_| ()).await
}

#[tokio::test]
async fn an_article_has_text_cover_and_narration_and_its_bill_is_right() {
    let mock = scripted().build();
    let article = published(&mock).await.unwrap();
    assert_eq!(article.body, TEXT.concat());
    assert!(article.is_finished && article.notes.is_empty() && article.spent.is_exact);
    assert_eq!(mock.get(&article.cover.unwrap()).await.unwrap().folder.as_deref(), Some("covers"));
    assert_eq!(mock.get(&article.narration.unwrap()).await.unwrap().content_type, "audio/mpeg");
    mock.calls().assert_spent(article.spent.at_least);
}

#[tokio::test]
async fn words_are_shown_as_they_come() {
    let mut shown = Vec::new();
    let client = Client::new(scripted().build());
    publish(&client, "lighthouses", |words| shown.push(words.to_owned())).await.unwrap();
    assert_eq!(shown, TEXT);
}

#[tokio::test]
async fn nothing_is_asked_for_that_the_test_does_not_expect() {
    let mock = scripted().on(When::image(), Answer::generated()).strict().build();
    let article = published(&mock).await.unwrap();
    // There is no rule for speech: the mock says so, and which rule was nearest.
    assert!(
        article.notes[0].starts_with("no narration (not sent): no rule for the call speech"),
        "{:?}",
        article.notes
    );
    mock.calls().speech().assert_nothing_sent();
}

#[tokio::test]
async fn a_budget_that_is_too_small_for_a_cover_gets_an_article_without() {
    let mock = scripted().build();
    let article = published_for(4_500, &mock).await.unwrap();
    assert!(article.is_finished && article.cover.is_none() && article.narration.is_some());
    assert!(article.notes[0].starts_with("no cover (not sent): over budget"), "{:?}", article.notes);
    mock.calls().images().assert_count(0);
    mock.calls().assert_spent(article.spent.at_least);
}

#[tokio::test]
async fn a_budget_that_is_too_small_for_a_wide_cover_gets_a_square_one() {
    let mock = scripted().build();
    let article = published_for(9_000, &mock).await.unwrap();
    let cover = mock.get(&article.cover.unwrap()).await.unwrap();
    assert_eq!((cover.width, cover.height), (Some(1_024), Some(1_024)));
    assert!(article.notes[0].starts_with("smaller cover: over budget"), "{:?}", article.notes);
    mock.calls().assert_spent(article.spent.at_least);
}

#[tokio::test]
async fn a_budget_that_is_too_small_for_the_text_gets_the_text_that_fits() {
    let mock = scripted().build();
    let article = published_for(500, &mock).await.unwrap();
    assert_eq!(article.body, TEXT.concat());
    assert!(article.notes[0].starts_with("smaller text: over budget"), "{:?}", article.notes);
    mock.calls().text().assert_count(1);
}

#[tokio::test]
async fn a_budget_that_is_too_small_for_any_text_is_an_error_and_sends_nothing() {
    let mock = scripted().build();
    let error = published_for(50, &mock).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Budget(_)));
    mock.calls().assert_nothing_sent();
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_is_waited_for_and_the_call_paid_once() {
    let pause = Duration::from_secs(20);
    let mock = scripted().fault(When::image(), Fault::rate_limited(pause).nth(1)).build();
    let begun = Instant::now();
    let article = published_for(100_000, &mock).await.unwrap();
    assert!(article.cover.is_some() && begun.elapsed() >= pause);
    mock.calls().images().assert_count(2);
    mock.calls().assert_spent(article.spent.at_least);
}

#[tokio::test(start_paused = true)]
async fn patience_ends_after_three_attempts() {
    let mock = scripted().fault(When::text(), Fault::connection_failed()).build();
    let error = published(&mock).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotSent);
    mock.calls().of_operation(error.operation_id().unwrap()).assert_count(3);
}

#[tokio::test]
async fn a_broken_stream_leaves_an_unfinished_article_and_is_not_sent_again() {
    let mock = scripted().fault(When::text(), Fault::connection_lost().after_fragments(2).reporting_usage()).build();
    let article = published(&mock).await.unwrap();
    assert_eq!(article.body, "Lighthouses warn ");
    assert!(!article.is_finished && !article.spent.is_exact && article.cover.is_none());
    assert!(article.spent.at_least > Tokens::ZERO);
    mock.calls().assert_count(1);
}

#[tokio::test]
async fn a_cover_that_the_content_policy_declines_is_left_out_and_costs_nothing() {
    let mock = scripted().fault(When::image(), Fault::content_policy()).build();
    let article = published(&mock).await.unwrap();
    assert!(article.cover.is_none() && article.narration.is_some() && article.spent.is_exact);
    assert!(article.notes[0].contains("declined by content policy"), "{:?}", article.notes);
    mock.calls().images().assert_spent(Tokens::ZERO);
}

#[tokio::test]
async fn an_account_without_tokens_is_an_error_that_says_so() {
    let mock = scripted().with_account(Account::new(0_u32, 0_u32)).build();
    let error = published(&mock).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TokensUsedUp(_)));
    assert_eq!((error.status(), error.outcome()), (Some(402), Outcome::Refused));
    mock.calls().assert_count(1); // not sent again
}

#[tokio::test]
async fn an_account_that_is_used_up_by_the_text_gets_an_article_without_media() {
    let mock = scripted().with_account(Account::new(1_000_u32, 10_u32)).build();
    let article = published(&mock).await.unwrap();
    assert!(article.is_finished && article.cover.is_none() && article.narration.is_none());
    assert_eq!(article.notes.len(), 2);
}

#[tokio::test]
async fn a_cover_whose_answer_was_lost_is_looked_up_and_not_paid_again() {
    let mock = scripted().fault(When::image(), Fault::answer_lost()).build();
    let article = published(&mock).await.unwrap();
    assert_eq!(mock.get(&article.cover.unwrap()).await.unwrap().folder.as_deref(), Some("covers"));
    assert!(!article.spent.is_exact);
    mock.calls().images().assert_count(1);
}

#[tokio::test]
async fn a_cover_that_is_nowhere_is_not_sent_again_either() {
    let mock = scripted().fault(When::image(), Fault::connection_lost()).build();
    let article = published(&mock).await.unwrap();
    assert!(article.cover.is_none() && !article.spent.is_exact);
    assert!(article.notes[0].starts_with("no cover (sent, may be billed)"), "{:?}", article.notes);
    mock.calls().images().assert_count(1);
}

#[tokio::test(start_paused = true)]
async fn cover_and_narration_are_made_side_by_side() {
    let client = Client::new(scripted().with_latency(Latency::fixed(Duration::from_secs(5))).build());
    let begun = Instant::now();
    publish(&client, "lighthouses", |_| ()).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 10); // the text, then both media
}

#[tokio::test(start_paused = true)]
async fn a_reader_sees_the_first_words_within_two_seconds() {
    let client = Client::new(scripted().with_latency(Latency::realistic()).build());
    let (begun, mut first) = (Instant::now(), None);
    publish(&client, "lighthouses", |_| first = first.or(Some(begun.elapsed()))).await.unwrap();
    assert!(first.unwrap() < Duration::from_secs(2) && begun.elapsed() > Duration::from_secs(5));
}
