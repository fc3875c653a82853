//! How long a clip is and how many lines it has.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use crate::error::ParseError;

/// The length of a clip in whole seconds.
///
/// Any number can be written; which lengths a model makes is in the registry. Serialises to a number and reads a number
/// or numeric text, as the API's examples use both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ClipSeconds(u32);

impl ClipSeconds {
    /// 4 seconds.
    pub const FOUR: Self = Self(4);
    /// 6 seconds.
    pub const SIX: Self = Self(6);
    /// 8 seconds.
    pub const EIGHT: Self = Self(8);

    /// A clip of `seconds`.
    pub const fn new(seconds: u32) -> Self {
        Self(seconds)
    }

    /// The length in seconds.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for ClipSeconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}

impl FromStr for ClipSeconds {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let seconds = digits.then(|| text.parse().ok()).flatten();
        seconds.map(Self).ok_or_else(|| ParseError::new("duration", text, "whole seconds, such as 8"))
    }
}

impl<'de> Deserialize<'de> for ClipSeconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a duration is a number of whole seconds, such as 8")]
        enum NumberOrText {
            Number(u32),
            Text(String),
        }
        match NumberOrText::deserialize(deserializer)? {
            NumberOrText::Number(seconds) => Ok(Self(seconds)),
            NumberOrText::Text(text) => text.parse().map_err(serde::de::Error::custom),
        }
    }
}

impl JsonSchema for ClipSeconds {
    fn schema_name() -> Cow<'static, str> {
        "ClipSeconds".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = json_schema!({ "type": "integer", "minimum": 0, "maximum": u32::MAX });
        if generator.contract().is_deserialize() {
            schema.insert("type".to_owned(), json!(["integer", "string"]));
            schema.insert("pattern".to_owned(), json!("^[0-9]{1,9}$"));
        }
        schema
    }
}

/// The resolution of a clip by its lines, written `720p` on the wire. Clips are 16:9.
///
/// Any number of lines can be written; which resolutions a model makes is in the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resolution {
    lines: u16,
}

impl Resolution {
    /// 1280x720.
    pub const P720: Self = Self::from_lines(720);
    /// 1920x1080.
    pub const P1080: Self = Self::from_lines(1080);

    /// A resolution of `lines` from top to bottom.
    pub const fn from_lines(lines: u16) -> Self {
        Self { lines }
    }

    /// Pixels from top to bottom.
    pub const fn height(self) -> u32 {
        self.lines as u32
    }

    /// Pixels from left to right: 16/9 of the height, rounded to an even number as video needs.
    pub const fn width(self) -> u32 {
        (self.height() * 16 + 9) / 18 * 2
    }
}

impl fmt::Display for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}p", self.lines))
    }
}

impl FromStr for Resolution {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let digits = text.strip_suffix('p').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        digits
            .and_then(|digits| digits.parse().ok())
            .filter(|&lines| lines > 0)
            .map(Self::from_lines)
            .ok_or_else(|| ParseError::new("resolution", text, "lines and a p, such as 720p"))
    }
}

crate::wire::as_text!(Resolution, "^[1-9][0-9]{0,3}p$");
