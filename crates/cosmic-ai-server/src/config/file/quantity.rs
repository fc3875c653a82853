//! Sizes and times, as people write them: `"4 MiB"`, `"30s"`.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// Bytes: a whole number, or one with a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size(pub(super) u64);

/// A time: a whole number with a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time(Duration);

const SIZES: [(&str, u64); 8] = [
    ("", 1),
    ("b", 1),
    ("kb", 1_000),
    ("kib", 1 << 10),
    ("mb", 1_000_000),
    ("mib", 1 << 20),
    ("gb", 1_000_000_000),
    ("gib", 1 << 30),
];
const TIMES: [(&str, u64); 5] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("min", 60_000), ("h", 3_600_000)];

impl Size {
    /// As much as memory could hold at most.
    pub(super) fn in_memory(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl Time {
    pub(super) const fn into_inner(self) -> Duration {
        self.0
    }
}

/// A whole number and its unit, multiplied.
fn quantity(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|character: char| !character.is_ascii_digit() && character != '_').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let unit = unit.trim().to_ascii_lowercase();
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    number.replace('_', "").parse::<u64>().ok()?.checked_mul(*factor)
}

struct SizeVisitor;

impl Visitor<'_> for SizeVisitor {
    type Value = Size;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes as a whole number, or a text such as \"4 MiB\" or \"900 MB\"")
    }

    fn visit_i64<E: Error>(self, bytes: i64) -> Result<Size, E> {
        u64::try_from(bytes).map(Size).map_err(|_| E::invalid_value(serde::de::Unexpected::Signed(bytes), &self))
    }

    fn visit_u64<E: Error>(self, bytes: u64) -> Result<Size, E> {
        Ok(Size(bytes))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Size, E> {
        let size = quantity(text, &SIZES).map(Size);
        size.ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}

struct TimeVisitor;

impl Visitor<'_> for TimeVisitor {
    type Value = Time;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text such as \"500ms\", \"30s\", \"5m\" or \"1h\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Time, E> {
        let time = quantity(text, &TIMES).map(|millis| Time(Duration::from_millis(millis)));
        time.ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SizeVisitor)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TimeVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_read_with_their_units_and_nothing_else() {
        for (text, bytes) in [("4 MiB", 4 << 20), ("900MB", 900_000_000), ("1_024", 1_024), ("2 gib", 2 << 30)] {
            assert_eq!(quantity(text, &SIZES), Some(bytes), "{text}");
        }
        for (text, millis) in [("30s", 30_000), ("5 m", 300_000), ("250ms", 250), ("1h", 3_600_000)] {
            assert_eq!(quantity(text, &TIMES), Some(millis), "{text}");
        }
        for text in ["", "MiB", "-1", "1.5 MiB", "4 mib!", "99999999999999999999", "99999999999 GiB", "1 \u{fc}"] {
            assert_eq!(quantity(text, &SIZES), None, "{text}");
        }
        assert_eq!(quantity("30", &TIMES), None);
    }
}
