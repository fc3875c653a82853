//! What an object of JSON says whose end never came.

use serde_json::{Map, Value};

/// An escape that is cut, after the first half of a pair that it belongs to, in bytes.
const LONGEST_CUT: usize = 12;

/// An object that is cut off.
pub(crate) struct CutOff {
    /// Everything that came whole. Usage only if its object ended.
    pub(crate) whole: Map<String, Value>,
    /// The same with the text that the cut is in, as far as it came.
    pub(crate) begun: Map<String, Value>,
}

/// Reads what there is of an object; `None` if it is none.
pub(crate) fn cut_off(body: &[u8]) -> Option<CutOff> {
    let body = body.trim_ascii();
    if body.first() != Some(&b'{') {
        return None;
    }
    let mut scan = Scan::default();
    for (at, &byte) in body.iter().enumerate() {
        scan.step(at, byte);
        if scan.open.is_empty() {
            break;
        }
    }
    let mut whole = closed(body.get(..scan.complete)?, "", &scan.open)?;
    let mut begun = scan.begun(body).unwrap_or_else(|| whole.clone());
    if scan.open.len() > 1 && body.get(scan.key.0..scan.key.1) == Some(b"usage") {
        // Counts that are missing would read as zero.
        whole.remove("usage");
        begun.remove("usage");
    }
    Some(CutOff { whole, begun })
}

/// Where in an object the reading is.
#[derive(Default)]
struct Scan {
    /// What closes the objects and lists that are open.
    open: Vec<u8>,
    /// Up to where everything is complete.
    complete: usize,
    /// The last key of the outermost object.
    key: (usize, usize),
    /// Where the last string began.
    string: usize,
    in_string: bool,
    is_escaped: bool,
    /// Whether a value comes next, not a key.
    is_value: bool,
}

impl Scan {
    fn step(&mut self, at: usize, byte: u8) {
        if self.in_string {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => self.end_string(at),
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => (self.in_string, self.string) = (true, at + 1),
            b':' => self.is_value = true,
            b',' => (self.complete, self.is_value) = (at, self.open.last() == Some(&b']')),
            b'{' | b'[' => {
                self.open.push(if byte == b'{' { b'}' } else { b']' });
                (self.complete, self.is_value) = (at + 1, byte == b'[');
            }
            b'}' | b']' => {
                self.open.pop();
                (self.complete, self.is_value) = (at + 1, false);
            }
            _ => {}
        }
    }

    fn end_string(&mut self, at: usize) {
        self.in_string = false;
        if self.is_value {
            (self.complete, self.is_value) = (at + 1, false);
        } else if self.open.len() == 1 {
            self.key = (self.string, at);
        }
    }

    /// The object up to the cut, if that is within a text.
    fn begun(&self, body: &[u8]) -> Option<Map<String, Value>> {
        if !(self.in_string && self.is_value) {
            return None;
        }
        // Half a character or escape at the end is left out.
        let ends = (self.string..=body.len()).rev().take(LONGEST_CUT + 1);
        ends.filter_map(|end| body.get(..end)).find_map(|beginning| closed(beginning, "\"", &self.open))
    }
}

/// The object that a beginning is when all that is open is closed.
fn closed(beginning: &[u8], quote: &str, open: &[u8]) -> Option<Map<String, Value>> {
    let mut text = Vec::with_capacity(beginning.len() + quote.len() + open.len());
    text.extend_from_slice(beginning);
    text.extend_from_slice(quote.as_bytes());
    text.extend(open.iter().rev());
    serde_json::from_slice(&text).ok()
}
