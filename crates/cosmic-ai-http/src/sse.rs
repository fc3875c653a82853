//! Splits a stream of bytes into server-sent events, as the WHATWG standard defines them.
//!
//! [`SseSplitter`] does no I/O and knows nothing of what the events say: give it chunks as they come, however the stream
//! is cut, and take the events out.
//!
//! ```
//! use cosmic_ai_http::sse::SseSplitter;
//!
//! let mut splitter = SseSplitter::new();
//! let mut received = Vec::new();
//! for chunk in ["data: {\"text\":", "\"Hi\"}\n", "\ndata: bye"] {
//!     let mut rest = chunk.as_bytes();
//!     while let Some(event) = splitter.next_event(&mut rest)? {
//!         received.push(String::from_utf8_lossy(event.data()).into_owned());
//!     }
//! }
//! // The last event lacks its blank line.
//! if let Some(event) = splitter.finish() {
//!     received.push(String::from_utf8_lossy(event.data()).into_owned());
//! }
//! assert_eq!(received, ["{\"text\":\"Hi\"}", "bye"]);
//! # Ok::<(), cosmic_ai_http::sse::EventTooLarge>(())
//! ```
//!
//! # What it reads
//! Lines end with LF, CRLF or CR, mixed at will; a byte order mark at the very beginning is skipped. The fields `data`
//! (several are joined with LF) and `event` count, with or without a space after the colon, or without a colon; comments
//! and other fields are skipped. `id` and `retry` are among those: they serve to connect again, which nobody should do
//! on their own where each request is paid for. An event without a `data` field is dropped.
//!
//! It departs from the standard in two points: bytes are handed out as they are, not decoded as UTF-8; and an event that
//! the end of the stream cuts off is not lost but comes out of [`finish`](SseSplitter::finish).
//!
//! # What it costs
//! An event that lies within one chunk is lent from it: nothing is copied or allocated. What a chunk leaves unfinished is
//! copied once and never searched again, so a stream takes time proportional to its length even if it comes byte by byte.

mod held;
mod line;

use std::fmt;

use thiserror::Error;

use self::held::Held;
use self::line::{Field, field, split_line};

/// The size limit of an event unless another is set: 8 MiB.
pub const DEFAULT_EVENT_LIMIT: usize = 8 * 1024 * 1024;

/// The mark that may stand at the beginning of a stream.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// An event, lent from the chunk that it lies in or from the splitter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SseEvent<'a> {
    data: &'a [u8],
    name: &'a [u8],
}

impl<'a> SseEvent<'a> {
    /// What the `data` fields say, joined with LF. UTF-8 by the standard, but not checked here.
    pub const fn data(&self) -> &'a [u8] {
        self.data
    }

    /// What the last `event` field says; `None` without one or if it is empty, which the standard reads as `message`.
    pub const fn name(&self) -> Option<&'a [u8]> {
        if self.name.is_empty() { None } else { Some(self.name) }
    }
}

/// An event is larger than the splitter allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an event is larger than {limit} bytes")]
#[non_exhaustive]
pub struct EventTooLarge {
    /// The limit, in bytes.
    pub limit: usize,
}

/// Splits a stream of bytes into server-sent events; see the [module](self).
pub struct SseSplitter {
    limit: usize,
    /// What earlier chunks left unfinished.
    held: Held,
    /// How many bytes of the byte order mark were seen; `None` when the beginning of the stream is past.
    mark: Option<usize>,
    /// Whether the last chunk ended with a CR: an LF that follows belongs to it.
    after_cr: bool,
    /// Whether what is held was lent by the last call and can go.
    lent: bool,
    too_large: bool,
}

impl Default for SseSplitter {
    fn default() -> Self {
        Self::new()
    }
}

impl SseSplitter {
    /// A splitter at the beginning of a stream, with [`DEFAULT_EVENT_LIMIT`].
    pub const fn new() -> Self {
        Self {
            limit: DEFAULT_EVENT_LIMIT,
            held: Held::new(),
            mark: Some(0),
            after_cr: false,
            lent: false,
            too_large: false,
        }
    }

    /// Sets how large an event may be, in bytes: what it has by then of data and name, together with the line that is
    /// being read, whatever that is. Also the bound on what is [`buffered`](Self::buffered).
    #[must_use]
    pub const fn with_event_limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// How many bytes of an unfinished event are held, the event last lent included. At most the limit.
    pub fn buffered(&self) -> usize {
        self.held.size()
    }

    /// The next event of the stream, of which `chunk` is the next part. What was read is taken off the beginning of
    /// `chunk`; at `None` it is empty, and the next part of the stream is due.
    ///
    /// Do not drop a chunk that is not empty: that would be a hole in the stream.
    ///
    /// # Errors
    /// [`EventTooLarge`], again at every call until [`finish`](Self::finish). Events before the one that is too large
    /// come out before, and they are the same wherever the stream is cut. Its bytes are not kept.
    #[inline]
    pub fn next_event<'s, 'c: 's>(&'s mut self, chunk: &mut &'c [u8]) -> Result<Option<SseEvent<'s>>, EventTooLarge> {
        self.forget_lent();
        if self.too_large {
            return Err(EventTooLarge { limit: self.limit });
        }
        if self.mark.is_some() || self.after_cr {
            self.skip_marks(chunk);
        }
        if !self.held.is_empty() && !self.complete_held_line(chunk)? {
            return Ok(None);
        }
        self.read_lines(chunk)
    }

    /// Ends the stream: gives its last event if that lacks its blank line, or even the end of its last line. Whether it
    /// is whole cannot be known.
    ///
    /// Afterwards the splitter is at the beginning of a new stream.
    pub fn finish(&mut self) -> Option<SseEvent<'_>> {
        self.forget_lent();
        self.held.end_line();
        (self.mark, self.after_cr, self.too_large, self.lent) = (Some(0), false, false, true);
        let data = self.held.data()?;
        Some(SseEvent { data, name: self.held.name() })
    }

    /// Reads whole lines out of the chunk up to the end of an event, and holds what is left over.
    #[inline]
    fn read_lines<'s, 'c: 's>(&'s mut self, chunk: &mut &'c [u8]) -> Result<Option<SseEvent<'s>>, EventTooLarge> {
        // As long as the event lies in this chunk, it is not copied.
        let mut data: Option<&'c [u8]> = None;
        let mut name: Option<&'c [u8]> = None;
        loop {
            let line = split_line(chunk, &mut self.after_cr);
            let length = line.map_or(chunk.len(), <[u8]>::len);
            let known = data.map_or(0, <[u8]>::len) + name.map_or(0, <[u8]>::len) + self.held.size();
            if known.saturating_add(length) > self.limit {
                return self.refuse();
            }
            let Some(line) = line else {
                self.held.take_over(data, name, self.limit);
                self.held.push(chunk, self.limit);
                *chunk = &[];
                return Ok(None);
            };
            if line.is_empty() {
                if let Some(data) = data {
                    self.lent = true;
                    return Ok(Some(SseEvent { data, name: name.unwrap_or(self.held.name()) }));
                }
                if self.held.has_data() {
                    self.lent = true;
                    let data = self.held.data().unwrap_or_default();
                    return Ok(Some(SseEvent { data, name: name.unwrap_or(self.held.name()) }));
                }
                self.held.clear();
                name = None;
                continue;
            }
            match field(line) {
                Field::Data(value) if data.is_none() && !self.held.has_data() => data = Some(value),
                Field::Data(value) => {
                    self.held.take_over(data.take(), None, self.limit);
                    self.held.push_data(value, self.limit);
                }
                Field::Name(value) => {
                    self.held.clear_name();
                    name = Some(value);
                }
                Field::Other => {}
            }
        }
    }

    /// Completes the line that the last chunk left, if there is one. Says whether there is more to read.
    fn complete_held_line(&mut self, chunk: &mut &[u8]) -> Result<bool, EventTooLarge> {
        if !self.held.has_line() {
            return Ok(true);
        }
        let line = split_line(chunk, &mut self.after_cr);
        let rest = line.unwrap_or(chunk);
        if self.held.size().saturating_add(rest.len()) > self.limit {
            return self.refuse();
        }
        self.held.push(rest, self.limit);
        if line.is_some() {
            self.held.end_line();
            return Ok(true);
        }
        *chunk = &[];
        Ok(false)
    }

    /// Skips what of a byte order mark or of a CRLF stands at the beginning of the chunk.
    fn skip_marks(&mut self, chunk: &mut &[u8]) {
        while let (Some(seen), Some((&byte, rest))) = (self.mark, chunk.split_first()) {
            if BYTE_ORDER_MARK.get(seen) == Some(&byte) {
                *chunk = rest;
                self.mark = Some(seen + 1).filter(|&seen| seen < BYTE_ORDER_MARK.len());
            } else {
                // Not a mark after all: the bytes begin the first line.
                self.mark = None;
                self.held.push(BYTE_ORDER_MARK.get(..seen).unwrap_or_default(), self.limit);
            }
        }
        if self.after_cr && !chunk.is_empty() {
            self.after_cr = false;
            *chunk = chunk.strip_prefix(b"\n").unwrap_or(chunk);
        }
    }

    fn forget_lent(&mut self) {
        if self.lent {
            self.lent = false;
            self.held.clear();
        }
    }

    fn refuse<T>(&mut self) -> Result<T, EventTooLarge> {
        self.too_large = true;
        self.held.clear();
        Err(EventTooLarge { limit: self.limit })
    }
}

/// Without the bytes, which are nobody's business in a log.
impl fmt::Debug for SseSplitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SseSplitter")
            .field("limit", &self.limit)
            .field("buffered", &self.buffered())
            .field("too_large", &self.too_large)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
