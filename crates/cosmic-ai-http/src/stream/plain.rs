//! The short cut for what nearly every event of a stream is: `{"text":"…"}` and nothing else.

use memchr::memchr2;

/// The text of an object that has this very shape, with simple escapes at most; `None` for every other, which says
/// nothing against it. Exactly what a parser of JSON would make of it, at half the time and with one allocation.
#[inline]
pub(super) fn plain_text(data: &str) -> Option<String> {
    let quoted = data.strip_prefix(r#"{"text":""#)?.strip_suffix(r#""}"#)?;
    if quoted.bytes().any(|byte| byte < b' ') {
        return None;
    }
    let Some(first) = memchr2(b'"', b'\\', quoted.as_bytes()) else { return Some(quoted.to_owned()) };
    let mut text = String::with_capacity(quoted.len());
    let (mut rest, mut at) = (quoted, first);
    loop {
        let (clean, special) = rest.split_at_checked(at)?;
        text.push_str(clean);
        let mut special = special.chars();
        let (Some('\\'), Some(escaped)) = (special.next(), special.next()) else { return None };
        text.push(match escaped {
            '"' | '\\' | '/' => escaped,
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            _ => return None,
        });
        rest = special.as_str();
        let Some(next) = memchr2(b'"', b'\\', rest.as_bytes()) else {
            text.push_str(rest);
            return Some(text);
        };
        at = next;
    }
}
