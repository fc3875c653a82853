//! Fields of a body that no request has. The service takes such a body and leaves them out, and so does this server; but it says
//! so, because a name that is misspelt costs what the field was meant to save.

use std::cell::RefCell;
use std::fmt;

use axum::http::HeaderName;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

/// Names the fields of a request that were ignored.
pub(crate) const IGNORED_FIELDS: HeaderName = HeaderName::from_static("x-ignored-fields");
/// How many of them are named, and how long a name may be.
const NAMES: usize = 16;
const LENGTH: usize = 64;

tokio::task_local! {
    /// The fields that were ignored of the request that a task answers.
    static IGNORED: RefCell<Vec<String>>;
}

/// Answers a request. Beside the answer stand the fields that were ignored of its body, as the header has them, if there are any.
pub(crate) async fn with_ignored<F: Future>(answering: F) -> (F::Output, Option<String>) {
    let noting = async {
        let answer = answering.await;
        (answer, IGNORED.with(RefCell::take))
    };
    let (answer, names) = IGNORED.scope(RefCell::default(), noting).await;
    (answer, (!names.is_empty()).then(|| names.join(", ")))
}

/// Notes the fields of a body that a request of this type does not have.
pub(super) fn note<R: DeserializeOwned>(body: &Map<String, Value>) {
    let known = fields::<R>();
    let unknown = || body.keys().filter(|name| !known.contains(&name.as_str()));
    let mut names: Vec<String> = unknown().take(NAMES).map(|name| shown(name)).collect();
    let more = unknown().count().saturating_sub(NAMES);
    if more > 0 {
        names.push(format!("and {more} more"));
    }
    // Where no request is answered, nobody asks.
    let _ = IGNORED.try_with(|ignored| ignored.replace(names));
}

/// A name as it may stand in a header and a log: anything may be the name of a field.
fn shown(name: &str) -> String {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
    let shown = name.chars().take(LENGTH).map(|letter| if allowed(letter) { letter } else { '?' });
    shown.collect()
}

/// The fields of a struct by their names, as its own `Deserialize` asks for them.
fn fields<R: DeserializeOwned>() -> &'static [&'static str] {
    let mut fields: &[&str] = &[];
    // It fails, because it has no values to give.
    let _ = R::deserialize(Asked(&mut fields));
    fields
}

/// Gives nothing, and keeps what it was asked for.
struct Asked<'a>(&'a mut &'static [&'static str]);

/// That there is nothing to read.
#[derive(Debug)]
struct Nothing;

impl fmt::Display for Nothing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is nothing to read")
    }
}

impl std::error::Error for Nothing {}

impl serde::de::Error for Nothing {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = Nothing;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Nothing> {
        Err(Nothing::custom("only a struct has fields"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Nothing> {
        *self.0 = fields;
        Err(Nothing)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use cosmic_ai::{ExtensionRequest, ImageRequest, SpeechRequest, TextRequest, VideoRequest};
    use serde_json::json;

    use super::*;

    async fn ignored<R: DeserializeOwned>(body: Value) -> Option<String> {
        let Value::Object(body) = body else { panic!("{body}") };
        with_ignored(async { note::<R>(&body) }).await.1
    }

    #[test]
    fn a_request_is_asked_for_its_fields() {
        assert!(
            ["prompt", "messages", "model", "max_tokens", "media_url"]
                .iter()
                .all(|name| { fields::<TextRequest>().contains(name) })
        );
        for fields in [
            fields::<ImageRequest>(),
            fields::<VideoRequest>(),
            fields::<ExtensionRequest>(),
            fields::<SpeechRequest>(),
        ] {
            assert!(fields.contains(&"prompt") && fields.len() >= 3, "{fields:?}");
        }
    }

    #[tokio::test]
    async fn what_is_ignored_is_named_within_bounds() {
        assert_eq!(ignored::<TextRequest>(json!({ "prompt": "a", "max_tokens": 5 })).await, None);
        let misspelt = json!({ "prompt": "a", "max_token": 5, "temperature": 0.2 });
        assert_eq!(ignored::<TextRequest>(misspelt).await.as_deref(), Some("max_token, temperature"));
        let hostile = json!({ "a\r\nset-cookie: é": 1 });
        assert_eq!(ignored::<TextRequest>(hostile).await.as_deref(), Some("a??set-cookie???"));
        let many: Map<String, Value> =
            (0..100).map(|count| (format!("{count:03}{}", "x".repeat(90)), json!(1))).collect();
        let named = ignored::<TextRequest>(Value::Object(many)).await.unwrap();
        assert!(named.ends_with("x, and 84 more") && named.len() < 16 * 66 + 20, "{named}");
    }
}
