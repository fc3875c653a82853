//! What of an event earlier chunks left: its data and name so far and the line that is not yet whole.

use super::line::{Field, field};

/// How much memory is kept for the next event after a large one, in bytes.
const KEPT: usize = 16 * 1024;

/// One buffer for data and line, `[data | line]`, so that a large event is copied once and memory has one bound.
pub(super) struct Held {
    buffer: Vec<u8>,
    /// Where the data ends and the line begins; `None` as long as there is no data, when the line begins at 0.
    data_end: Option<usize>,
    name: Vec<u8>,
}

impl Held {
    pub(super) const fn new() -> Self {
        Self { buffer: Vec::new(), data_end: None, name: Vec::new() }
    }

    /// In bytes.
    pub(super) fn size(&self) -> usize {
        self.buffer.len() + self.name.len()
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.buffer.is_empty() && self.data_end.is_none() && self.name.is_empty()
    }

    pub(super) const fn has_data(&self) -> bool {
        self.data_end.is_some()
    }

    pub(super) fn has_line(&self) -> bool {
        self.line_start() < self.buffer.len()
    }

    pub(super) fn data(&self) -> Option<&[u8]> {
        self.buffer.get(..self.data_end?)
    }

    pub(super) fn name(&self) -> &[u8] {
        &self.name
    }

    /// Holds data and name that were found in a chunk, of which there was none here before.
    pub(super) fn take_over(&mut self, data: Option<&[u8]>, name: Option<&[u8]>, limit: usize) {
        if let Some(data) = data {
            self.push(data, limit);
            self.data_end = Some(self.buffer.len());
        }
        if let Some(name) = name {
            self.name.clear();
            self.name.extend_from_slice(name);
        }
    }

    /// Adds another line of data to the data that is here. There must be no unfinished line.
    pub(super) fn push_data(&mut self, value: &[u8], limit: usize) {
        self.push(b"\n", limit);
        self.push(value, limit);
        self.data_end = Some(self.buffer.len());
    }

    /// Adds to the unfinished line. Memory doubles as it grows, but not beyond the limit.
    pub(super) fn push(&mut self, part: &[u8], limit: usize) {
        let needed = self.buffer.len().saturating_add(part.len());
        if needed > self.buffer.capacity() {
            let roomy = self.buffer.capacity().saturating_mul(2).min(limit).max(needed);
            self.buffer.reserve_exact(roomy - self.buffer.len());
        }
        self.buffer.extend_from_slice(part);
    }

    /// The unfinished line is whole: takes from it what counts.
    pub(super) fn end_line(&mut self) {
        let start = self.line_start();
        let line = self.buffer.get(start..).unwrap_or_default();
        match field(line) {
            Field::Data(value) => {
                // The value moves down to the data before it.
                let mut end = self.buffer.len() - value.len();
                if self.data_end.is_some()
                    && let Some(first) = self.buffer.get_mut(start)
                {
                    *first = b'\n';
                    end = end.max(start + 1);
                    self.buffer.drain(start + 1..end);
                } else {
                    self.buffer.drain(start..end);
                }
                self.data_end = Some(self.buffer.len());
            }
            Field::Name(value) => {
                self.name.clear();
                self.name.extend_from_slice(value);
                self.buffer.truncate(start);
            }
            Field::Other => self.buffer.truncate(start),
        }
        if self.buffer.is_empty() {
            self.shrink();
        }
    }

    pub(super) fn clear_name(&mut self) {
        self.name.clear();
    }

    pub(super) fn clear(&mut self) {
        self.buffer.clear();
        self.data_end = None;
        self.name.clear();
        self.shrink();
    }

    fn line_start(&self) -> usize {
        self.data_end.unwrap_or(0)
    }

    /// Gives back what a large event took.
    fn shrink(&mut self) {
        if self.buffer.capacity() > KEPT {
            self.buffer = Vec::new();
        }
        if self.name.is_empty() && self.name.capacity() > KEPT {
            self.name = Vec::new();
        }
    }

    /// How much memory is taken, in bytes.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.buffer.capacity() + self.name.capacity()
    }
}
