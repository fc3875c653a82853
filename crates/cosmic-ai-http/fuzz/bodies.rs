//! What the fuzz targets check, as plain functions: `tests/sse.rs` runs the same with random and with likely streams.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use cosmic_ai_core::{Error, TextEvent};
use cosmic_ai_http::TextEvents;
use cosmic_ai_http::sse::{EventTooLarge, SseSplitter};
use futures_core::Stream;

/// An event as it came out, or how the stream failed.
pub(crate) type Split = Result<(Vec<u8>, Option<Vec<u8>>), EventTooLarge>;

/// The stream in chunks of the sizes that the seeds give, from 0 to 63 bytes, again and again.
pub(crate) fn cut<'a>(stream: &'a [u8], seeds: &[u8]) -> Vec<&'a [u8]> {
    let mut sizes = seeds.iter().map(|seed| usize::from(seed % 64)).cycle();
    let mut chunks = Vec::new();
    let mut rest = stream;
    while !rest.is_empty() {
        // All zeros would never end.
        let size = if chunks.len() > stream.len() { 1 } else { sizes.next().unwrap_or(1) };
        let (chunk, after) = rest.split_at(size.min(rest.len()));
        chunks.push(chunk);
        rest = after;
    }
    chunks
}

/// Everything that the splitter makes of these chunks. Panics if it holds more than its limit.
pub(crate) fn split(chunks: &[&[u8]], limit: usize, finish: bool) -> Vec<Split> {
    let mut splitter = SseSplitter::new().with_event_limit(limit);
    let mut found = Vec::new();
    for chunk in chunks {
        let mut rest = *chunk;
        loop {
            match splitter.next_event(&mut rest) {
                Ok(Some(event)) => found.push(Ok((event.data().to_vec(), event.name().map(<[u8]>::to_vec)))),
                Ok(None) => break,
                Err(error) => {
                    found.push(Err(error));
                    return found;
                }
            }
            assert!(splitter.buffered() <= limit);
        }
        assert!(rest.is_empty());
        // Two bytes of what only looked like a byte order mark are held in any case.
        assert!(splitter.buffered() <= limit.max(2));
    }
    if finish {
        found.extend(splitter.finish().map(|event| Ok((event.data().to_vec(), event.name().map(<[u8]>::to_vec)))));
    }
    found
}

/// Chunks that are there at once.
struct Ready(VecDeque<Bytes>);

impl Stream for Ready {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop_front().map(Ok))
    }
}

/// Everything that the reader of texts makes of these chunks. Panics if there is anything after the end.
pub(crate) fn read(chunks: &[&[u8]], limit: usize) -> Vec<String> {
    let mut events = TextEvents::new(Ready(chunks.iter().map(|chunk| Bytes::copy_from_slice(chunk)).collect()), limit);
    let mut found = Vec::new();
    let mut ended = false;
    while let Poll::Ready(Some(item)) = Pin::new(&mut events).poll_next(&mut Context::from_waker(Waker::noop())) {
        assert!(!ended);
        ended = !matches!(item, Ok(TextEvent::Delta(_) | TextEvent::Usage(_)));
        found.push(format!("{item:?}"));
    }
    found
}

/// Any split of any stream equals the whole, and nothing holds more than its limit. The first byte says how long the
/// seeds of the cuts are, the second what the limit is.
pub(crate) fn any_split_equals_the_whole(input: &[u8]) {
    let [seeds, limit, rest @ ..] = input else { return };
    let (seeds, stream) = rest.split_at(usize::from(*seeds % 16).min(rest.len()));
    for limit in [usize::from(*limit), 1_000_000] {
        let chunks = cut(stream, seeds);
        assert_eq!(split(&chunks, limit, true), split(&[stream], limit, true));
        assert_eq!(read(&chunks, limit), read(&[stream], limit));
    }
}
