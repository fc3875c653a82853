//! Which part of a file is asked for.
//!
//! Read here and not by `headers`, which loses a suffix that is longer than the file, and with it the whole file that is asked
//! for.

use axum::http::HeaderMap;
use axum::http::header::RANGE;

/// The part of a file that is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it: nothing less was asked for, or several parts, or something that is no range.
    Whole,
    /// So many bytes from there on.
    Bytes { start: u64, length: u64 },
    /// None of what was asked for is in it.
    Outside,
}

impl Part {
    /// The part that a request asks for of a file of `size` bytes.
    pub(super) fn of(headers: &HeaderMap, size: u64) -> Self {
        let mut values = headers.get_all(RANGE).iter();
        match (values.next().and_then(|value| value.to_str().ok()), values.next()) {
            (Some(value), None) => Self::read(value, size).unwrap_or(Self::Whole),
            _ => Self::Whole,
        }
    }

    /// `None` where it is no single range of bytes.
    fn read(value: &str, size: u64) -> Option<Self> {
        let (unit, range) = value.split_once('=')?;
        if !unit.trim().eq_ignore_ascii_case("bytes") {
            return None;
        }
        let (first, last) = range.trim().split_once('-')?;
        let (start, end) = match (first.is_empty(), last.is_empty()) {
            (true, true) => return None,
            (true, false) => (size.saturating_sub(number(last)?), size),
            (false, true) => (number(first)?, size),
            (false, false) => {
                let (first, last) = (number(first)?, number(last)?);
                if last < first {
                    return None;
                }
                (first, last.saturating_add(1).min(size))
            }
        };
        if start >= end {
            return Some(Self::Outside);
        }
        Some(Self::Bytes { start, length: end - start })
    }
}

/// Digits as a number; one beyond all files as the largest.
fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_ranges_are_read_and_all_else_is_the_whole() {
        let bytes = |start, length| Part::Bytes { start, length };
        for (value, size, expected) in [
            ("bytes=0-0", 10, bytes(0, 1)),
            ("bytes=2-4", 10, bytes(2, 3)),
            ("Bytes = 2-4 ", 10, bytes(2, 3)),
            ("bytes=2-", 10, bytes(2, 8)),
            ("bytes=2-99999999999999999999999", 10, bytes(2, 8)),
            ("bytes=-3", 10, bytes(7, 3)),
            ("bytes=-30", 10, bytes(0, 10)),
            ("bytes=10-", 10, Part::Outside),
            ("bytes=99999999999999999999999-", 10, Part::Outside),
            ("bytes=-0", 10, Part::Outside),
            ("bytes=0-", 0, Part::Outside),
            ("bytes=-5", 0, Part::Outside),
            ("bytes=0-1,4-5", 10, Part::Whole),
            ("bytes=4-2", 10, Part::Whole),
            ("bytes=-", 10, Part::Whole),
            ("bytes=a-b", 10, Part::Whole),
            ("bytes=+1-2", 10, Part::Whole),
            ("lines=0-1", 10, Part::Whole),
            ("bytes", 10, Part::Whole),
            ("", 10, Part::Whole),
        ] {
            let headers = HeaderMap::from_iter([(RANGE, value.parse().unwrap())]);
            assert_eq!(Part::of(&headers, size), expected, "{value} of {size}");
        }
        assert_eq!(Part::of(&HeaderMap::new(), 10), Part::Whole);
        let mut twice = HeaderMap::new();
        twice.append(RANGE, "bytes=0-1".parse().unwrap());
        twice.append(RANGE, "bytes=4-5".parse().unwrap());
        assert_eq!(Part::of(&twice, 10), Part::Whole);
    }
}
