//! The events of a streamed text, read from the bytes of its body.
//!
//! What an event says is read in `message`, which of them are errors in `fault`. That a stream ends exactly once, and
//! that its errors carry the text so far, is [`TextStream`](cosmic_ai_core::TextStream)'s part.

mod fault;
mod message;
mod plain;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf as _, Bytes};
use cosmic_ai_core::{Error, TextEvent, Usage};
use futures_core::Stream;

use self::message::{Read, read, read_line};
use crate::sse::SseSplitter;

/// The events of a streamed text, for [`TextStream::new`](cosmic_ai_core::TextStream::new).
///
/// It is pulled: nothing is read that nobody asks for. At the end or at an error, in the stream or of the body, it drops
/// the body and gives nothing more. A body that stops without an end just ends here; `TextStream` makes an error of it.
///
/// # Errors
/// - what an error event says: kinds as of an answer with that status or code, otherwise
///   [`Server`](cosmic_ai_core::ErrorKind::Server). It is [`Refused`](cosmic_ai_core::Outcome::Refused) only if an answer
///   of that kind would be and nothing came before it; otherwise it may have been billed;
/// - [`Decode`](cosmic_ai_core::ErrorKind::Decode) with an unknown outcome for data that cannot be read, with an excerpt
///   of 200 bytes at most, and for an event beyond the limit;
/// - the body's own, after everything that had come.
pub struct TextEvents<S> {
    /// `None` when nothing more is awaited of it.
    body: Option<S>,
    /// The part of the body that is being read.
    chunk: Bytes,
    splitter: SseSplitter,
    /// Lines of an event that is not one object but several, one to a line.
    lines: Lines,
    /// What the object read last says besides its text.
    usage: Option<Usage>,
    last: Option<Box<Result<TextEvent, Error>>>,
    /// Whether the body ended, and what the splitter was left with is being read.
    is_ending: bool,
    /// What the body ended with, if not in good order.
    fault: Option<Error>,
    /// Whether anything came that a model may have made.
    produced: bool,
}

impl<S> TextEvents<S> {
    /// Reads `body`, whose events may have `event_limit` bytes.
    pub fn new(body: S, event_limit: usize) -> Self {
        Self {
            body: Some(body),
            chunk: Bytes::new(),
            splitter: SseSplitter::new().with_event_limit(event_limit),
            lines: Lines::default(),
            usage: None,
            last: None,
            is_ending: false,
            fault: None,
            produced: false,
        }
    }

    /// The next item out of what has been received.
    fn received(&mut self) -> Option<Result<TextEvent, Error>> {
        loop {
            if let Some(usage) = self.usage.take() {
                return Some(Ok(TextEvent::Usage(usage)));
            }
            if let Some(last) = self.last.take() {
                self.close();
                return Some(*last);
            }
            let read = match self.lines.next() {
                Some(line) => read_line(line, self.produced),
                None => self.next_event()?,
            };
            match read {
                Read::Nothing => {}
                Read::Other => self.produced = true,
                Read::Text(text) => {
                    self.produced = true;
                    return Some(Ok(TextEvent::Delta(text)));
                }
                Read::Message(message) => {
                    self.usage = message.usage;
                    self.last = message.last;
                    self.produced |= !message.text.is_empty() || self.usage.is_some();
                    if !message.text.is_empty() {
                        return Some(Ok(TextEvent::Delta(message.text)));
                    }
                }
                Read::Lines(lines) => self.lines = Lines { bytes: lines, read: 0 },
                // The end of the body cut it off, which is what the one who reads should hear.
                Read::Unreadable(_) if self.is_ending => self.lines = Lines::default(),
                Read::Unreadable(error) => {
                    self.close();
                    return Some(Err(error));
                }
            }
        }
    }

    /// Reads the next event of the chunk, or of what is left at the end of the body.
    #[inline]
    fn next_event(&mut self) -> Option<Read> {
        if self.is_ending {
            return self.splitter.finish().map(|event| read(event, self.produced));
        }
        if self.chunk.is_empty() {
            return None;
        }
        let mut rest: &[u8] = &self.chunk;
        let read = match self.splitter.next_event(&mut rest) {
            Ok(event) => event.map(|event| read(event, self.produced)),
            Err(too_large) => Some(Read::Unreadable(fault::too_large(too_large))),
        };
        let used = self.chunk.len() - rest.len();
        if rest.is_empty() {
            // Gives the memory back now, not when the next chunk comes.
            self.chunk = Bytes::new();
        } else {
            self.chunk.advance(used);
        }
        read
    }

    /// Awaits nothing more, and frees everything.
    fn close(&mut self) {
        self.body = None;
        self.chunk = Bytes::new();
        self.splitter = SseSplitter::new();
        self.lines = Lines::default();
        (self.usage, self.last, self.is_ending, self.fault) = (None, None, false, None);
    }
}

impl<S> Stream for TextEvents<S>
where
    S: Stream<Item = Result<Bytes, Error>> + Send + Unpin,
{
    type Item = Result<TextEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(item) = this.received() {
                return Poll::Ready(Some(item));
            }
            if this.is_ending {
                let fault = this.fault.take();
                this.close();
                return Poll::Ready(fault.map(Err));
            }
            let Some(body) = &mut this.body else { return Poll::Ready(None) };
            match Pin::new(body).poll_next(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(chunk))) => this.chunk = chunk,
                Poll::Ready(last) => {
                    (this.body, this.is_ending, this.fault) = (None, true, last.and_then(Result::err));
                }
            }
        }
    }
}

/// Without the text, which is nobody's business in a log.
impl<S> fmt::Debug for TextEvents<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextEvents")
            .field("unread_bytes", &self.chunk.len())
            .field("splitter", &self.splitter)
            .field("ended", &self.body.is_none())
            .finish_non_exhaustive()
    }
}

/// The lines of an event, read one at a time.
#[derive(Default)]
struct Lines {
    bytes: Vec<u8>,
    read: usize,
}

impl Lines {
    /// The next line, with those after it.
    fn next(&mut self) -> Option<Line<'_>> {
        if self.read >= self.bytes.len() {
            self.bytes = Vec::new();
            return None;
        }
        let rest = self.bytes.get(self.read..)?;
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.read += length + 1;
        Some(Line { line: rest.get(..length)?, rest })
    }
}

/// A line of an event.
#[derive(Clone, Copy)]
struct Line<'a> {
    line: &'a [u8],
    /// The line and those after it.
    rest: &'a [u8],
}

#[cfg(test)]
mod tests;
