//! Streams of events, in any line ends and pieces.

use bytes::Bytes;
use serde_json::json;

use super::{Framing, Reply};
use crate::server::script::Turn;

/// A stream of events that becomes a [`Reply`]: chunked, one event a write, lines ended by LF, unless told otherwise.
#[derive(Debug, Clone)]
pub struct Sse {
    items: Vec<Item>,
    line_end: LineEnd,
    writes: Writes,
    has_last_blank_line: bool,
}

#[derive(Debug, Clone)]
enum Item {
    /// The data of an event.
    Data(String),
    /// The end as the API writes it.
    End(String),
    /// Bytes as they are.
    Raw(Vec<u8>),
}

/// How a stream of events ends its lines. All three are standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    /// LF.
    Lf,
    /// CR LF.
    CrLf,
    /// CR.
    Cr,
}

impl LineEnd {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
            Self::Cr => "\r",
        }
    }
}

/// How a stream of events is cut into writes. Each is a chunk of its own, so that clients see the cuts however the
/// network joins them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writes {
    /// All in one.
    Together,
    /// One event, or one [raw](Sse::raw) part, a write.
    EachEvent,
    /// So many bytes a write: 1 cuts every character and every line end that can be cut.
    Bytes(usize),
}

impl Sse {
    pub(super) fn new<D: Into<String>>(events: impl IntoIterator<Item = D>) -> Self {
        Self {
            items: events.into_iter().map(|data| Item::Data(data.into())).collect(),
            line_end: LineEnd::Lf,
            writes: Writes::EachEvent,
            has_last_blank_line: true,
        }
    }

    pub(super) fn of_text<'t>(fragments: impl IntoIterator<Item = &'t str>, (input, output): (u64, u64)) -> Self {
        let usage = json!({ "input_tokens": input, "output_tokens": output });
        let end = json!({ "event": "end", "data": {} });
        let mut stream = Self::new(fragments.into_iter().map(|text| json!({ "text": text }).to_string()))
            .event(json!({ "token_count": usage }));
        stream.items.push(Item::End(end.to_string()));
        stream
    }

    /// Adds an event, given as its data.
    #[expect(clippy::needless_pass_by_value, reason = "a literal is nicer to pass than a reference to one")]
    #[must_use]
    pub fn event(mut self, data: impl ToString) -> Self {
        self.items.push(Item::Data(data.to_string()));
        self
    }

    /// Adds bytes as they are: comments, a byte order mark, half an event.
    #[must_use]
    pub fn raw(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.items.push(Item::Raw(bytes.into()));
        self
    }

    /// Leaves out the end that [`Reply::text_stream`] writes. The body itself ends in order.
    #[must_use]
    pub fn without_end(mut self) -> Self {
        self.items.retain(|item| !matches!(item, Item::End(_)));
        self
    }

    /// Ends right after the last line of the last event, without the blank line that completes it.
    #[must_use]
    pub fn without_last_blank_line(mut self) -> Self {
        self.has_last_blank_line = false;
        self
    }

    /// Sets how lines end.
    #[must_use]
    pub fn line_end(mut self, line_end: LineEnd) -> Self {
        self.line_end = line_end;
        self
    }

    /// Sets how it is cut into writes.
    #[must_use]
    pub fn writes(mut self, writes: Writes) -> Self {
        self.writes = writes;
        self
    }

    /// The bytes of the stream.
    pub fn bytes(&self) -> Vec<u8> {
        self.parts().concat()
    }

    /// The answer that brings it, to be given faults.
    #[must_use]
    pub fn reply(&self) -> Reply {
        let mut reply =
            Reply::new(200, Bytes::new()).header("content-type", "text/event-stream").framed(Framing::Chunked);
        reply.body = self.parts().into_iter().map(Bytes::from).collect();
        match self.writes {
            Writes::EachEvent => reply,
            Writes::Together => reply.in_pieces(usize::MAX),
            Writes::Bytes(count) => reply.in_pieces(count),
        }
    }

    fn parts(&self) -> Vec<Vec<u8>> {
        let end = self.line_end.as_str();
        let event = |data: &str| {
            let lines: Vec<String> = data.split('\n').map(|line| format!("data: {line}{end}")).collect();
            (lines.concat() + end).into_bytes()
        };
        let mut parts: Vec<Vec<u8>> = self
            .items
            .iter()
            .map(|item| match item {
                Item::Data(data) | Item::End(data) => event(data),
                Item::Raw(bytes) => bytes.clone(),
            })
            .collect();
        if let (false, Some(last)) = (self.has_last_blank_line, parts.last_mut()) {
            last.truncate(last.len().saturating_sub(end.len()));
        }
        parts
    }
}

impl From<Sse> for Reply {
    fn from(events: Sse) -> Self {
        events.reply()
    }
}

impl From<Sse> for Turn {
    fn from(events: Sse) -> Self {
        events.reply().into()
    }
}
