//! What an event of a streamed text costs on this side, next to `eventsource-stream`, in chunks of 16 KiB and of one
//! event. Prints criterion's figures and at the end the ratios, measured interleaved.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cosmic_ai_core::{Error, TextEvent};
use cosmic_ai_http::TextEvents;
use cosmic_ai_http::sse::{DEFAULT_EVENT_LIMIT, SseSplitter};
use criterion::{Criterion, Throughput};
use eventsource_stream::Eventsource;
use futures_core::Stream;

const EVENTS: u32 = 10_000;

/// What a hand-written client parses an event into.
#[derive(serde::Deserialize)]
struct Owned {
    text: Option<String>,
}

struct Chunks<E>(VecDeque<Bytes>, std::marker::PhantomData<E>);

impl<E> Chunks<E> {
    fn new(chunks: &[Bytes]) -> Self {
        Self(chunks.iter().cloned().collect(), std::marker::PhantomData)
    }
}

impl<E: Unpin> Stream for Chunks<E> {
    type Item = Result<Bytes, E>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop_front().map(Ok))
    }
}

fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    match Pin::new(stream).poll_next(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(item) => item,
        Poll::Pending => None,
    }
}

fn split_ours(chunks: &[Bytes]) -> u32 {
    let (mut splitter, mut events) = (SseSplitter::new(), 0);
    for chunk in chunks {
        let mut rest: &[u8] = chunk;
        while let Ok(Some(event)) = splitter.next_event(&mut rest) {
            black_box(event.data());
            events += 1;
        }
    }
    events
}

fn split_theirs(chunks: &[Bytes]) -> u32 {
    let (mut stream, mut events) = (Chunks::<Infallible>::new(chunks).eventsource(), 0);
    while let Some(Ok(event)) = next(&mut stream) {
        black_box(event.data);
        events += 1;
    }
    events
}

fn parse_ours(chunks: &[Bytes]) -> u32 {
    let (mut stream, mut events) = (TextEvents::new(Chunks::<Error>::new(chunks), DEFAULT_EVENT_LIMIT), 0);
    while let Some(Ok(TextEvent::Delta(text))) = next(&mut stream) {
        black_box(text);
        events += 1;
    }
    events
}

fn parse_theirs(chunks: &[Bytes]) -> u32 {
    let (mut stream, mut events) = (Chunks::<Infallible>::new(chunks).eventsource(), 0);
    while let Some(Ok(event)) = next(&mut stream) {
        black_box(serde_json::from_str::<Owned>(&event.data).ok().and_then(|event| event.text));
        events += 1;
    }
    events
}

/// Fragments as models write them, one in eight with an escape.
fn chunks(size: Option<usize>) -> Vec<Bytes> {
    let words = [" the", " coffee", " mug", " is", " a", " vessel", ",", ".\\n\\n"];
    let events: Vec<_> =
        words.iter().cycle().take(EVENTS as usize).map(|word| format!("data: {{\"text\":\"{word}\"}}\n\n")).collect();
    let Some(size) = size else { return events.into_iter().map(Bytes::from).collect() };
    let all = Bytes::from(events.concat());
    (0..all.len()).step_by(size).map(|start| all.slice(start..(start + size).min(all.len()))).collect()
}

/// Takes all events out of chunks and says how many they are.
type Run = fn(&[Bytes]) -> u32;

/// The fastest of seven runs: the least disturbed one.
fn fastest(run: Run, chunks: &[Bytes], best: &mut Duration) {
    let began = Instant::now();
    assert_eq!(run(black_box(chunks)), EVENTS);
    *best = (*best).min(began.elapsed());
}

fn main() {
    let mut criterion =
        Criterion::default().measurement_time(Duration::from_secs(2)).sample_size(20).configure_from_args();
    let mut ratios = Vec::new();
    for (name, chunks) in [("16k", chunks(Some(16 * 1024))), ("event", chunks(None))] {
        let pairs: [(&str, Run, Run); 2] =
            [("split", split_ours, split_theirs), ("split+parse", parse_ours, parse_theirs)];
        for (what, ours, theirs) in pairs {
            let mut group = criterion.benchmark_group(format!("sse/{what}/{name}"));
            group.throughput(Throughput::Elements(u64::from(EVENTS)));
            group.bench_function("ours", |bencher| bencher.iter(|| ours(black_box(&chunks))));
            group.bench_function("eventsource-stream", |bencher| bencher.iter(|| theirs(black_box(&chunks))));
            group.finish();
            let mut best = (Duration::MAX, Duration::MAX);
            for _ in 0..7 {
                fastest(ours, &chunks, &mut best.0);
                fastest(theirs, &chunks, &mut best.1);
            }
            ratios.push((what, name, best));
        }
    }
    println!("\n| what | chunk | ours, ns/event | eventsource-stream, ns/event | ratio |\n|---|---|---|---|---|");
    for (what, name, (ours, theirs)) in ratios {
        let per_event = |time: Duration| time.as_secs_f64() * 1e9 / f64::from(EVENTS);
        let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
        println!("| {what} | {name} | {:.0} | {:.0} | {ratio:.1} x |", per_event(ours), per_event(theirs));
    }
    criterion.final_summary();
}
