//! Lines and their fields.

use memchr::memchr2;

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field<'a> {
    Data(&'a [u8]),
    Name(&'a [u8]),
    /// A comment, or a field that does not count here.
    Other,
}

/// Reads a line that is not empty.
#[inline]
pub(super) fn field(line: &[u8]) -> Field<'_> {
    if let Some(value) = line.strip_prefix(b"data") {
        value_of(value).map_or(Field::Other, Field::Data)
    } else if let Some(value) = line.strip_prefix(b"event") {
        value_of(value).map_or(Field::Other, Field::Name)
    } else {
        Field::Other
    }
}

/// The value after a field's name, or `None` if the name goes on.
#[inline]
fn value_of(after_name: &[u8]) -> Option<&[u8]> {
    match after_name {
        [] => Some(&[]),
        [b':', b' ', value @ ..] | [b':', value @ ..] => Some(value),
        _ => None,
    }
}

/// Takes a line off the beginning of the chunk, with its end; `None` if the chunk has no end of a line. Where the chunk
/// ends with a CR, `after_cr` is set, for the LF that may follow.
#[inline]
pub(super) fn split_line<'c>(chunk: &mut &'c [u8], after_cr: &mut bool) -> Option<&'c [u8]> {
    // What usually follows a line of data is the blank line: no need to search for it.
    let end = if chunk.first() == Some(&b'\n') { 0 } else { memchr2(b'\n', b'\r', chunk)? };
    let (line, rest) = chunk.split_at_checked(end)?;
    *chunk = match rest {
        [b'\r'] => {
            *after_cr = true;
            &[]
        }
        [b'\r', b'\n', rest @ ..] | [_, rest @ ..] => rest,
        [] => return None,
    };
    Some(line)
}
