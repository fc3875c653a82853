//! Which call a body is for: told, or read off fields that only one call has.

use std::collections::BTreeSet;

use cosmic_ai::{Modality, Problem, Registry};
use serde_json::{Map, Value};

use super::super::parameters::{not_one_of, problem};
use crate::error::ApiError;

/// Which call a body is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Text,
    Image,
    Video,
    Extend,
    Speech,
}

/// Fields that only one call takes.
const TELLING: [(&str, Kind); 11] = [
    ("messages", Kind::Text),
    ("max_tokens", Kind::Text),
    ("media_url", Kind::Text),
    ("size", Kind::Image),
    ("aspect_ratio", Kind::Image),
    ("quality", Kind::Image),
    ("alt_text", Kind::Image),
    ("format", Kind::Image),
    ("duration", Kind::Video),
    ("resolution", Kind::Video),
    ("voice", Kind::Speech),
];

impl Kind {
    /// The names of the kinds: those of the routes, and that of the modality where the route has another.
    pub(super) const NAMES: [(&str, Self); 6] = [
        ("text", Self::Text),
        ("image", Self::Image),
        ("video", Self::Video),
        ("extend", Self::Extend),
        ("audio", Self::Speech),
        ("speech", Self::Speech),
    ];

    /// The kind of a body: that of the query, that of its own `kind`, which is taken out, or what its fields tell.
    pub(super) fn of(
        body: &mut Map<String, Value>,
        in_query: Option<Self>,
        registry: &Registry,
    ) -> Result<Self, ApiError> {
        let in_body =
            match body.remove("kind") {
                None | Some(Value::Null) => None,
                Some(given) => {
                    let named = Self::NAMES.iter().find(|(name, _)| given == *name).map(|(_, kind)| *kind);
                    Some(named.ok_or_else(|| {
                        not_one_of("kind", &given.to_string(), Self::NAMES.iter().map(|(name, _)| *name))
                    })?)
                }
            };
        match (in_query, in_body) {
            (Some(one), Some(other)) if one != other => {
                Err(problem(Problem::new("kind", "is another in the body than in the query")))
            }
            (Some(kind), _) | (_, Some(kind)) => Ok(kind),
            (None, None) => Self::told_by(body, registry),
        }
    }

    fn told_by(body: &Map<String, Value>, registry: &Registry) -> Result<Self, ApiError> {
        let has = |name: &str| body.get(name).is_some_and(|value| !value.is_null());
        let mut told: BTreeSet<Self> = TELLING.iter().filter(|(name, _)| has(name)).map(|(_, kind)| *kind).collect();
        let model = body.get("model").and_then(Value::as_str).and_then(|name| registry.find(name));
        told.extend(model.map(|model| match model.modality() {
            Modality::Image => Self::Image,
            Modality::Video => Self::Video,
            Modality::Speech => Self::Speech,
            _ => Self::Text,
        }));
        if has("media_id") {
            // An extension is asked of a video model.
            told.remove(&Self::Video);
            told.insert(Self::Extend);
        }
        match (told.pop_first(), told.is_empty()) {
            (Some(kind), true) => Ok(kind),
            (first, _) => {
                let reason = if first.is_some() {
                    "cannot be told from the body, whose fields are of several calls: say it"
                } else {
                    "cannot be told from the body: say it in the query or in the body"
                };
                let allowed = Self::NAMES.iter().map(|(name, _)| *name);
                Err(problem(Problem::new("kind", reason).allowed(allowed)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(body: Value) -> Result<Kind, String> {
        let Value::Object(mut body) = body else { panic!("{body}") };
        Kind::of(&mut body, None, Registry::built_in()).map_err(|refusal| refusal.message().to_owned())
    }

    #[test]
    fn a_body_tells_its_kind_by_fields_that_only_one_call_has() {
        for (body, kind) in [
            (json!({ "media_id": "a", "prompt": "b" }), Kind::Extend),
            (json!({ "media_id": "a", "model": "veo-3.1-generate-preview" }), Kind::Extend),
            (json!({ "prompt": "b", "model": "Claude Opus 4.8" }), Kind::Text),
            (json!({ "prompt": "b", "model": "dall-e-3" }), Kind::Image),
            (json!({ "prompt": "b", "model": "veo-3.1-generate-preview" }), Kind::Video),
            (json!({ "prompt": "b", "model": "tts-1" }), Kind::Speech),
            (json!({ "messages": [] }), Kind::Text),
            (json!({ "prompt": "b", "max_tokens": 5 }), Kind::Text),
            (json!({ "prompt": "b", "duration": "8" }), Kind::Video),
            (json!({ "prompt": "b", "size": "1x1" }), Kind::Image),
            (json!({ "prompt": "b", "voice": "nova", "format": null }), Kind::Speech),
            (json!({ "prompt": "b", "kind": "audio", "size": "1x1" }), Kind::Speech),
        ] {
            assert_eq!(told(body.clone()), Ok(kind), "{body}");
        }
    }

    #[test]
    fn what_is_not_certain_is_asked_for() {
        for body in [
            json!({ "prompt": "b" }),
            json!({ "prompt": "b", "reference_images": ["c"] }),
            json!({ "prompt": "b", "model": "unheard-of" }),
            json!({ "prompt": "b", "model": "dall-e-3", "max_tokens": 5 }),
            json!({ "prompt": "b", "media_id": "a", "voice": "nova" }),
            json!({ "prompt": "b", "kind": "film" }),
            json!({ "prompt": "b", "kind": 3 }),
        ] {
            let refusal = told(body.clone()).unwrap_err();
            assert!(refusal.contains("(allowed: text, image, video, extend, audio, speech)"), "{body}: {refusal}");
        }
        let mut body = Map::from_iter([("kind".to_owned(), json!("text"))]);
        assert!(Kind::of(&mut body, Some(Kind::Image), Registry::built_in()).is_err());
    }
}
