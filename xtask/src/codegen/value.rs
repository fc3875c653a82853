//! Values that are written short, as a number or a text, or long, as a table that also says where they come from.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de};
use toml::Spanned;

/// The short or the long form. Unlike an untagged enum it keeps the error of the form that was written.
pub(super) trait ShortForm: Sized {
    /// What the short form is, for errors.
    const EXPECTED: &'static str;

    fn from_number(_: u64) -> Option<Self> {
        None
    }

    fn from_text(_: &str) -> Option<Self> {
        None
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
        natural.ok_or_else(|| E::invalid_value(de::Unexpected::Signed(number), &self))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        T::from_number(number).ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(number), &self))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        T::from_text(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

fn short_or_table<'de, D: Deserializer<'de>, T: ShortForm + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(ShortOrTable(PhantomData))
}

/// A value in its short or long form.
pub(super) struct Value<T>(pub(super) T);

impl<'de, T: ShortForm + Deserialize<'de>> Deserialize<'de> for Value<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        short_or_table(deserializer).map(Self)
    }
}

/// A number of tokens and where it comes from.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Figure {
    pub(super) tokens: u64,
    pub(super) assumed: Option<Spanned<String>>,
    pub(super) source: Option<Spanned<String>>,
    pub(super) date: Option<Spanned<String>>,
}

impl ShortForm for Figure {
    const EXPECTED: &'static str = "a number of tokens, or a table of tokens, assumed, source, date";

    fn from_number(tokens: u64) -> Option<Self> {
        Some(Self { tokens, assumed: None, source: None, date: None })
    }
}

/// A fixed price: a sure one, or a range with the reason of its assumption.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Price {
    pub(super) tokens: u64,
    pub(super) low: Option<Low>,
    pub(super) high: Option<u64>,
    pub(super) assumed: Option<Spanned<String>>,
    pub(super) source: Option<Spanned<String>>,
    pub(super) date: Option<Spanned<String>>,
}

impl ShortForm for Price {
    const EXPECTED: &'static str = "a number of tokens, or a table of tokens, low, high, assumed, source, date";

    fn from_number(tokens: u64) -> Option<Self> {
        Some(Self { tokens, low: None, high: None, assumed: None, source: None, date: None })
    }
}

/// The least that may be charged: a number, or `"unknown"`.
pub(super) struct Low(pub(super) Option<u64>);

impl<'de> Deserialize<'de> for Low {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrUnknown;
        impl Visitor<'_> for NumberOrUnknown {
            type Value = Low;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of tokens or \"unknown\"")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Low, E> {
                let tokens = u64::try_from(number);
                tokens
                    .map(|tokens| Low(Some(tokens)))
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(number), &self))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Low, E> {
                if text == "unknown" { Ok(Low(None)) } else { Err(E::invalid_value(de::Unexpected::Str(text), &self)) }
            }
        }
        deserializer.deserialize_any(NumberOrUnknown)
    }
}

/// The name of a tier, and for an assumed one the dearest tier that it may be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TierName {
    pub(super) name: String,
    pub(super) high: Option<Spanned<String>>,
    pub(super) assumed: Option<Spanned<String>>,
    pub(super) source: Option<Spanned<String>>,
    pub(super) date: Option<Spanned<String>>,
}

impl ShortForm for TierName {
    const EXPECTED: &'static str = "the name of a tier, or a table of name, high, assumed, source, date";

    fn from_text(name: &str) -> Option<Self> {
        Some(Self { name: name.to_owned(), high: None, assumed: None, source: None, date: None })
    }
}

/// How many reference images a request may name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct References {
    pub(super) total: u32,
    pub(super) objects: Option<u32>,
    pub(super) characters: Option<u32>,
}

impl ShortForm for References {
    const EXPECTED: &'static str = "a number of images, or a table of total, objects, characters";

    fn from_number(total: u64) -> Option<Self> {
        Some(Self { total: u32::try_from(total).ok()?, objects: None, characters: None })
    }
}
