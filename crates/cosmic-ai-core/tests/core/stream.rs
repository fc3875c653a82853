//! The rules that every stream of text keeps, whatever its source does.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use cosmic_ai_core::{
    Charge, Error, ErrorKind, OperationId, Outcome, TextEvent, TextResponse, TextStream, Tokens, Usage,
};
use tokio_stream::Stream;

pub(super) type Item = Result<TextEvent, Error>;

/// Gives its items, counts how often it is polled, and notes when it is dropped.
struct Source {
    items: std::vec::IntoIter<Item>,
    polls: Arc<AtomicUsize>,
    _alive: Arc<()>,
}

impl Stream for Source {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Item>> {
        self.polls.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(self.items.next())
    }
}

fn id() -> OperationId {
    "job-1".parse().unwrap()
}

pub(super) fn stream(items: Vec<Item>) -> TextStream {
    TextStream::new(&id(), tokio_stream::iter(items))
}

pub(super) async fn all(mut stream: TextStream) -> Vec<Item> {
    let mut items = Vec::new();
    while let Some(item) = stream.next().await {
        items.push(item);
    }
    assert!(stream.next().await.is_none() && stream.next().await.is_none(), "fused");
    items
}

pub(super) fn delta(text: &str) -> Item {
    Ok(TextEvent::Delta(text.to_owned()))
}

fn used(output: u32) -> Usage {
    Usage::new(10_u32, output)
}

fn usage(output: u32) -> Item {
    Ok(TextEvent::Usage(used(output)))
}

fn end(text: &str) -> TextResponse {
    TextResponse::new(text)
}

fn broken() -> Error {
    Error::new(ErrorKind::Interrupted { message: "cable".to_owned() }, Outcome::UNKNOWN)
}

async fn check(items: Vec<Item>, expected: &[TextEvent]) {
    let found: Vec<TextEvent> = all(stream(items)).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn an_end_is_filled_with_the_text_and_the_last_usage() {
    let events = |text: &str| [TextEvent::Delta("Good ".to_owned()), TextEvent::Delta(text.to_owned())];
    let [first, second] = events("day");
    let whole = TextEvent::End(end("Good day").with_usage(used(2)));
    let reported = [TextEvent::Usage(used(1)), TextEvent::Usage(used(2))];
    let expected = [first, reported[0].clone(), second, reported[1].clone(), whole];
    let items = |last: TextResponse| vec![delta("Good "), usage(1), delta("day"), usage(2), Ok(TextEvent::End(last))];
    check(items(end("")), &expected).await;
    check(items(end("Good day")), &expected).await;
    check(items(end("something else")), &expected).await;
    let own = TextEvent::End(end("Good day").with_usage(used(7)).with_model("o1"));
    let last = end("").with_usage(used(7)).with_model("o1");
    check(items(last), &[&expected[..4], &[own]].concat()).await;
}

#[tokio::test]
async fn an_end_that_brings_the_text_itself_is_preceded_by_it() {
    let expected = [TextEvent::Delta("Hi".to_owned()), TextEvent::End(end("Hi"))];
    check(vec![Ok(TextEvent::End(end("Hi")))], &expected).await;
    check(vec![Ok(TextEvent::End(end("")))], &[TextEvent::End(end(""))]).await;
}

#[tokio::test]
async fn nothing_is_polled_after_the_end_and_the_source_is_dropped_at_once() {
    let terminals = [(Ok(TextEvent::End(end(""))), 2), (Ok(TextEvent::End(end("more"))), 2), (Err(broken()), 2)];
    for (terminal, polled) in terminals {
        let (polls, alive) = (Arc::new(AtomicUsize::new(0)), Arc::new(()));
        let items = vec![usage(1), terminal, delta("late"), Ok(TextEvent::End(end("again")))].into_iter();
        let source = Source { items, polls: Arc::clone(&polls), _alive: Arc::clone(&alive) };
        let mut stream = TextStream::new(&id(), source);
        while stream.next().await.is_some() {}
        assert_eq!(polls.load(Ordering::Relaxed), polled);
        assert_eq!(Arc::strong_count(&alive), 1, "the source is gone though the stream is kept");
        assert!(stream.next().await.is_none());
        assert!(format!("{stream:?}").contains("ended: true"), "{stream:?}");
    }
}

#[tokio::test]
async fn nothing_is_read_ahead_and_dropping_cancels() {
    let (polls, alive) = (Arc::new(AtomicUsize::new(0)), Arc::new(()));
    let items = vec![delta("a"), delta("b"), delta("c")].into_iter();
    let mut stream = TextStream::new(&id(), Source { items, polls: Arc::clone(&polls), _alive: Arc::clone(&alive) });
    assert_eq!(polls.load(Ordering::Relaxed), 0);
    stream.next().await.unwrap().unwrap();
    assert_eq!((polls.load(Ordering::Relaxed), Arc::strong_count(&alive)), (1, 2));
    assert_eq!(stream.operation_id(), &id());
    drop(stream);
    assert_eq!((polls.load(Ordering::Relaxed), Arc::strong_count(&alive)), (1, 1));
}

#[tokio::test]
async fn an_error_carries_what_was_had() {
    let mut items = all(stream(vec![delta("Good "), delta("d"), usage(2), Err(broken())])).await;
    let error = items.pop().unwrap().unwrap_err();
    assert_eq!((error.partial_text(), error.usage()), (Some("Good d"), Some(used(2))));
    assert_eq!((error.operation_id(), error.outcome()), (Some(&id()), Outcome::UNKNOWN));
    // What the source itself knows better stays.
    let other: OperationId = "job-2".parse().unwrap();
    let rich = broken().with_partial_text("own").with_usage(used(9)).with_operation_id(&other);
    let error = all(stream(vec![delta("a"), usage(1), Err(rich)])).await.pop().unwrap().unwrap_err();
    assert_eq!((error.partial_text(), error.usage(), error.operation_id()), (Some("own"), Some(used(9)), Some(&other)));
    let error = all(stream(vec![Err(broken())])).await.pop().unwrap().unwrap_err();
    assert_eq!((error.partial_text(), error.usage()), (None, None));
}

#[tokio::test]
async fn a_source_that_stops_without_its_end_is_interrupted() {
    for (items, text) in [(vec![], None), (vec![delta("Go"), usage(1)], Some("Go"))] {
        let error = all(stream(items)).await.pop().unwrap().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Interrupted { .. }), "{error:?}");
        assert_eq!((error.partial_text(), error.outcome()), (text, Outcome::UNKNOWN));
        assert_eq!((error.operation_id(), error.is_resendable()), (Some(&id()), false));
    }
}

#[tokio::test]
async fn collecting_gives_the_answer_or_the_error() {
    let answer = stream(vec![delta("Hi"), usage(3), Ok(TextEvent::End(end("")))]).collect().await.unwrap();
    assert_eq!(answer, end("Hi").with_usage(used(3)));
    let error = stream(vec![delta("Hi")]).collect().await.unwrap_err();
    assert_eq!(error.partial_text(), Some("Hi"));
}

#[tokio::test]
async fn collecting_after_the_end_says_so_with_the_outcome_of_the_end() {
    let billed = Outcome::Billed { charge: Some(Charge::new(Tokens(1), Tokens(2))) };
    let refused = Error::new(ErrorKind::Interrupted { message: "no".to_owned() }, Outcome::Refused);
    let paid = Error::new(ErrorKind::Interrupted { message: "no".to_owned() }, billed);
    let cases = [
        (Ok(TextEvent::End(end(""))), Outcome::Billed { charge: None }),
        (Err(refused), Outcome::Refused),
        (Err(paid), billed),
    ];
    for (terminal, outcome) in cases {
        let mut stream = stream(vec![terminal]);
        let _ = stream.next().await;
        let error = stream.collect().await.unwrap_err();
        assert_eq!((error.outcome(), error.operation_id()), (outcome, Some(&id())));
    }
}

#[tokio::test]
async fn handlers_see_every_event_once() {
    let (mut texts, mut usages, mut ends, mut errors) = (String::new(), Vec::new(), 0, 0);
    let items = vec![delta("a"), usage(1), delta("b"), Ok(TextEvent::End(end("")))];
    let answer = stream(items)
        .on_text(|text| texts.push_str(text))
        .on_usage(|usage| usages.push(usage))
        .on_end(|_| ends += 1)
        .on_error(|_| errors += 1)
        .await;
    assert_eq!(answer.unwrap().text, "ab");
    assert_eq!((texts.as_str(), usages, ends, errors), ("ab", vec![used(1)], 1, 0));
    let mut seen = None;
    let error = stream(vec![delta("a")]).on_error(|error| seen = error.partial_text().map(str::to_owned)).await;
    assert_eq!((error.is_err(), seen.as_deref()), (true, Some("a")));
    assert_eq!(stream(vec![Ok(TextEvent::End(end("x")))]).on_end(|_| {}).await.unwrap().text, "x");
}

#[tokio::test]
async fn what_was_delivered_is_never_called_refused_or_unsent() {
    let refused = |outcome| {
        let kind = ErrorKind::RateLimited(cosmic_ai_core::Rejection::new("slow down"));
        Err(Error::new(kind, outcome))
    };
    for outcome in [Outcome::Refused, Outcome::NotSent] {
        for delivered in [delta("half"), usage(3)] {
            let last = all(stream(vec![delivered, refused(outcome)])).await.pop().unwrap().unwrap_err();
            assert!(last.outcome().is_unknown() && !last.is_resendable(), "{last:?}");
        }
        let alone = all(stream(vec![refused(outcome)])).await.pop().unwrap().unwrap_err();
        assert_eq!(alone.outcome(), outcome);
    }
}
