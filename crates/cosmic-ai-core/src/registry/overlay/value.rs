//! Values that are written short, as a number or a text, or long, as a table that also says where they come from.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Unexpected, Visitor};

use crate::tokens::Tokens;

/// The long form, and how the short one is read. Unlike an untagged enum this keeps the error of the form that was
/// written, with its place, and takes no unknown keys.
pub(super) trait ShortForm: Sized {
    /// What may be written, for errors.
    const EXPECTED: &'static str;

    fn from_number(_: u64) -> Option<Self> {
        None
    }

    fn from_text(_: &str) -> Option<Self> {
        None
    }
}

/// A value in its short or long form.
pub(super) struct Value<T>(pub(super) T);

impl<'de, T: ShortForm + Deserialize<'de>> Deserialize<'de> for Value<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShortOrTable(PhantomData)).map(Self)
    }
}

struct ShortOrTable<T>(PhantomData<T>);

impl<'de, T: ShortForm + Deserialize<'de>> Visitor<'de> for ShortOrTable<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        let natural = u64::try_from(number).ok().and_then(T::from_number);
        natural.ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        T::from_number(number).ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        T::from_text(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

/// The least that may be charged: a number, or `"unknown"`.
pub(super) struct LowPrice(pub(super) Option<Tokens>);

impl<'de> Deserialize<'de> for LowPrice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrUnknown;
        impl Visitor<'_> for NumberOrUnknown {
            type Value = LowPrice;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of tokens or \"unknown\"")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<LowPrice, E> {
                let tokens = u64::try_from(number);
                tokens
                    .map(|tokens| LowPrice(Some(Tokens(tokens))))
                    .map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<LowPrice, E> {
                match text {
                    "unknown" => Ok(LowPrice(None)),
                    other => Err(E::invalid_value(Unexpected::Str(other), &self)),
                }
            }
        }
        deserializer.deserialize_any(NumberOrUnknown)
    }
}

/// A day, `YYYY-MM-DD`, as text.
pub(super) struct Day(pub(super) String);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct DayInQuotes;
        impl Visitor<'_> for DayInQuotes {
            type Value = Day;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a day in quotes, such as \"2026-11-22\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Day, E> {
                let fits = |(place, byte): (usize, u8)| match place {
                    4 | 7 => byte == b'-',
                    _ => byte.is_ascii_digit(),
                };
                if text.len() == 10 && text.bytes().enumerate().all(fits) {
                    Ok(Day(text.to_owned()))
                } else {
                    Err(E::invalid_value(Unexpected::Str(text), &self))
                }
            }
        }
        deserializer.deserialize_any(DayInQuotes)
    }
}
