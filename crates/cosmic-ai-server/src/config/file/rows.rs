//! What a configuration file may say, as it stands there.

use std::net::SocketAddr;
use std::num::NonZeroU32;

use serde::Deserialize;
use toml::Spanned;

use super::budget::BudgetRow;
use super::quantity::{Size, Time};
use crate::config::Limits;
use crate::nearest::nearest;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) address: Option<SocketAddr>,
    pub(super) data: Option<String>,
    pub(super) ledger: Option<Spanned<String>>,
    pub(super) ledger_env: Option<Spanned<String>>,
    pub(super) public_url: Option<String>,
    #[serde(default)]
    pub(super) strict_folders: bool,
    #[serde(default)]
    pub(super) cors_origins: Vec<String>,
    #[serde(default)]
    pub(super) limits: LimitRow,
    #[serde(default)]
    pub(super) bucket: Vec<Spanned<BucketRow>>,
    #[serde(default)]
    pub(super) budget: Vec<Spanned<BudgetRow>>,
    pub(super) keep: Option<KeepRow>,
    pub(super) metrics_key: Option<Spanned<String>>,
    pub(super) metrics_key_sha256: Option<Spanned<String>>,
    pub(super) metrics_key_env: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BucketRow {
    pub(super) slug: String,
    pub(super) write_key: Option<Spanned<String>>,
    pub(super) write_key_sha256: Option<Spanned<String>>,
    pub(super) write_key_env: Option<Spanned<String>>,
    pub(super) read_key: Option<Spanned<String>>,
    pub(super) read_key_sha256: Option<Spanned<String>>,
    pub(super) read_key_env: Option<Spanned<String>>,
    pub(super) rate: Option<RateRow>,
    #[serde(default)]
    pub(super) folders: Vec<String>,
    #[serde(default)]
    pub(super) budget: Vec<Spanned<BudgetRow>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RateRow {
    pub(super) per_minute: NonZeroU32,
    pub(super) burst: Option<NonZeroU32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeepRow {
    pub(super) hosts: Vec<String>,
    pub(super) most_bytes: Option<Size>,
    pub(super) time: Option<Time>,
}

/// The limits by their names in [`Limits`], each in the form that suits it.
macro_rules! limits {
    ($($name:ident: $form:ty => $read:expr;)*) => {
        #[derive(Deserialize, Default)]
        #[serde(deny_unknown_fields)]
        pub(super) struct LimitRow {
            $($name: Option<$form>,)*
        }

        impl LimitRow {
            /// Sets what is given.
            pub(super) fn apply(self, limits: &mut Limits) {
                $(if let Some(given) = self.$name {
                    limits.$name = $read(given);
                })*
            }
        }
    };
}

limits! {
    head_bytes: Size => Size::in_memory;
    head_time: Time => Time::into_inner;
    json_bytes: Size => Size::in_memory;
    decoded_bytes: Size => Size::in_memory;
    upload_bytes: Size => |size: Size| size.0;
    body_idle: Time => Time::into_inner;
    body_time: Time => Time::into_inner;
    connections: usize => |count| count;
    calls: usize => |count| count;
    queue: usize => |count| count;
    queue_time: Time => Time::into_inner;
    call_time: Time => Time::into_inner;
    keep_alive: Time => Time::into_inner;
    grace: Time => Time::into_inner;
}

/// What stands at keys that are often written otherwise.
const EXAMPLES: [(&str, &str); 5] = [
    ("address", "\"127.0.0.1:4010\""),
    ("rate", "{ per_minute = 120 }"),
    ("total", "5_000_000"),
    ("input", "5_000_000"),
    ("output", "5_000_000"),
];

/// Path and message of an error in words of TOML, with the name that was meant. Values are not part of it: they may be keys.
pub(super) fn plain(path: &str, message: &str) -> (String, String) {
    if let Some((given, known)) = unknown(message) {
        // The path ends with the unknown key, or with the table that it stands in.
        let parent = path.strip_suffix(given).map_or(path, |parent| parent.trim_end_matches('.'));
        let path = if parent.is_empty() || parent == "." { given.to_owned() } else { format!("{parent}.{given}") };
        let hint = match nearest(given, known.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("known are {}", known.join(", ")),
        };
        return (path, format!("is not known here; {hint}"));
    }
    if let Some(field) = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        let path = if path == "." || path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
        return (path, "is required".to_owned());
    }
    let words = [("invalid type: sequence", "is a list"), ("invalid type: map", "is a table")];
    let (found, expected) = message.rsplit_once(", expected ").unwrap_or((message, ""));
    let found = words.iter().find(|(serde, _)| *serde == found).map_or_else(
        || match found.split_once(':') {
            Some((what @ ("invalid type" | "invalid value"), _)) => format!("has an {what}"),
            _ => found.to_owned(),
        },
        |(_, plain)| (*plain).to_owned(),
    );
    let key = path.rsplit('.').next().unwrap_or(path);
    let example = EXAMPLES.iter().find(|(of, _)| *of == key);
    let example = example.map_or_else(String::new, |(_, example)| format!(", such as {example}"));
    let expected = match expected {
        _ if key == "address" => "an IP address and a port",
        "" => return (path.to_owned(), found),
        "a sequence" => "a list, such as [[…]]",
        "u64" | "u32" | "u8" | "usize" => "a whole number",
        "a nonzero u32" => "a whole number from 1 on",
        "a string" => "a text",
        "a boolean" => "true or false",
        other if other.starts_with("struct ") => "a table",
        other => other,
    };
    (path.to_owned(), format!("{found}; expected {expected}{example}"))
}

/// The key that is not known, and those that are.
fn unknown(message: &str) -> Option<(&str, Vec<&str>)> {
    let rest = message.strip_prefix("unknown field `")?;
    let (given, known) = rest.split_once('`')?;
    let known = known.split('`').skip(1).step_by(2).collect();
    Some((given, known))
}
