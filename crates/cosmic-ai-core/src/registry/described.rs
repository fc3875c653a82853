//! What the built-in registry adds to the schemas of requests: which model, size or voice a request gets that names none, and
//! what each model takes. Documentation written by hand would say it too, until the day on which the registry changes.

use std::fmt::Display;

use schemars::Schema;

use super::{Model, ReferenceLimit, Registry, Spec};
use crate::model::Modality;

/// The model of a text request.
pub(crate) fn text_model(schema: &mut Schema) {
    add(schema, &model(Registry::built_in(), Modality::Text));
}

/// The model of an image request.
pub(crate) fn image_model(schema: &mut Schema) {
    add(schema, &model(Registry::built_in(), Modality::Image));
}

/// The size of an image.
pub(crate) fn image_size(schema: &mut Schema) {
    add(schema, &image_sizes(Registry::built_in()));
}

/// The quality of an image.
pub(crate) fn image_quality(schema: &mut Schema) {
    add(schema, &image_qualities(Registry::built_in()));
}

/// The reference images of an image.
pub(crate) fn image_references(schema: &mut Schema) {
    add(schema, &references(Registry::built_in(), Modality::Image));
}

/// The model of a request for a clip or to continue one.
pub(crate) fn video_model(schema: &mut Schema) {
    add(schema, &model(Registry::built_in(), Modality::Video));
}

/// The length of a clip.
pub(crate) fn video_duration(schema: &mut Schema) {
    add(schema, &durations(Registry::built_in()));
}

/// The resolution of a clip.
pub(crate) fn video_resolution(schema: &mut Schema) {
    add(schema, &resolutions(Registry::built_in()));
}

/// The first frame of a clip.
pub(crate) fn video_references(schema: &mut Schema) {
    add(schema, &references(Registry::built_in(), Modality::Video));
}

/// What an extension makes.
pub(crate) fn extension(schema: &mut Schema) {
    add(schema, &extensions(Registry::built_in()));
}

/// The model of a request for speech.
pub(crate) fn speech_model(schema: &mut Schema) {
    add(schema, &model(Registry::built_in(), Modality::Speech));
}

/// The voice of a recording.
pub(crate) fn speech_voice(schema: &mut Schema) {
    add(schema, &voices(Registry::built_in()));
}

/// Puts a sentence behind the first paragraph of a description, which is all that the schemas keep of it.
fn add(schema: &mut Schema, words: &str) {
    let written = schema.get("description").and_then(|description| description.as_str()).unwrap_or_default();
    let (first, rest) = written.split_at(written.find("\n\n").unwrap_or(written.len()));
    let description = format!("{first} In the built-in registry: {words}.{rest}");
    schema.insert("description".to_owned(), description.into());
}

fn model(registry: &Registry, modality: Modality) -> String {
    registry.default_model(modality).map_or_else(|| "none".to_owned(), |model| format!("`{}`", model.id))
}

fn image_sizes(registry: &Registry) -> String {
    each(registry, Modality::Image, |spec| match spec {
        Spec::Image(spec) => Some(format!("`{}` of {}", spec.default_size, list(spec.sizes.iter()))),
        _ => None,
    })
}

fn image_qualities(registry: &Registry) -> String {
    each(registry, Modality::Image, |spec| match spec {
        Spec::Image(spec) => Some(list(spec.qualities.iter())),
        _ => None,
    })
}

fn references(registry: &Registry, modality: Modality) -> String {
    each(registry, modality, |spec| match spec {
        Spec::Image(spec) => Some(limit(spec.reference_images)),
        Spec::Video(spec) => Some(limit(spec.reference_images)),
        Spec::Text(_) | Spec::Speech(_) => None,
    })
}

fn limit(limit: ReferenceLimit) -> String {
    let of_kind = [(limit.objects, "objects"), (limit.characters, "characters")];
    let of_kind = of_kind.into_iter().filter_map(|(most, kind)| Some(format!("{} of {kind}", most?)));
    let of_kind: Vec<String> = of_kind.collect();
    match limit.total {
        0 => "none".to_owned(),
        total if of_kind.is_empty() => format!("at most {total}"),
        total => format!("at most {total}, {}", of_kind.join(" and ")),
    }
}

fn durations(registry: &Registry) -> String {
    each(registry, Modality::Video, |spec| match spec {
        Spec::Video(spec) => {
            let lengths = list(spec.durations.iter().map(|price| price.duration));
            Some(format!("`{}` of {lengths} seconds", spec.default_duration))
        }
        _ => None,
    })
}

fn resolutions(registry: &Registry) -> String {
    each(registry, Modality::Video, |spec| match spec {
        Spec::Video(spec) => Some(format!("`{}` of {}", spec.default_resolution, list(spec.resolutions.iter()))),
        _ => None,
    })
}

fn extensions(registry: &Registry) -> String {
    each(registry, Modality::Video, |spec| match spec {
        Spec::Video(spec) => {
            let made = spec.extension.as_ref()?;
            Some(format!("{} seconds at {}", made.duration, made.resolution))
        }
        _ => None,
    })
}

fn voices(registry: &Registry) -> String {
    each(registry, Modality::Speech, |spec| match spec {
        Spec::Speech(spec) => Some(format!("`{}`", spec.default_voice)),
        _ => None,
    })
}

fn list(values: impl Iterator<Item = impl Display>) -> String {
    values.map(|value| value.to_string()).collect::<Vec<String>>().join(", ")
}

/// What holds for the models of a modality: once if it is the same for all, else with the models for which it holds.
fn each(registry: &Registry, modality: Modality, told: impl Fn(&Spec) -> Option<String>) -> String {
    let mut groups: Vec<(String, Vec<&Model>)> = Vec::new();
    for model in registry.models_of(modality).filter(|model| model.is_offered()) {
        let Some(words) = told(&model.spec) else { continue };
        match groups.iter_mut().find(|(known, _)| *known == words) {
            Some((_, models)) => models.push(model),
            None => groups.push((words, vec![model])),
        }
    }
    if let [(words, _)] = groups.as_slice() {
        return words.clone();
    }
    let of_models = |(words, models): &(String, Vec<&Model>)| {
        let ids = list(models.iter().map(|model| format!("`{}`", model.id)));
        format!("{words} ({ids})")
    };
    groups.iter().map(of_models).collect::<Vec<String>>().join("; ")
}

#[cfg(test)]
mod tests {
    use schemars::{JsonSchema, schema_for};

    use super::*;
    use crate::{ExtensionRequest, ImageRequest, SpeechRequest, TextRequest, VideoRequest};

    /// The description of a field as the schema has it, or of the type.
    fn description<T: JsonSchema>(field: Option<&str>) -> String {
        let schema = schema_for!(T);
        let field = field.map_or_else(String::new, |field| format!("/properties/{field}"));
        schema.pointer(&format!("{field}/description")).unwrap().as_str().unwrap().to_owned()
    }

    #[test]
    fn every_schema_tells_what_the_built_in_registry_has() {
        let registry = Registry::built_in();
        for (description, words) in [
            (description::<TextRequest>(Some("model")), model(registry, Modality::Text)),
            (description::<ImageRequest>(Some("model")), model(registry, Modality::Image)),
            (description::<ImageRequest>(Some("size")), image_sizes(registry)),
            (description::<ImageRequest>(Some("quality")), image_qualities(registry)),
            (description::<ImageRequest>(Some("reference_images")), references(registry, Modality::Image)),
            (description::<VideoRequest>(Some("model")), model(registry, Modality::Video)),
            (description::<VideoRequest>(Some("duration")), durations(registry)),
            (description::<VideoRequest>(Some("resolution")), resolutions(registry)),
            (description::<VideoRequest>(Some("reference_images")), references(registry, Modality::Video)),
            (description::<ExtensionRequest>(Some("model")), model(registry, Modality::Video)),
            (description::<ExtensionRequest>(None), extensions(registry)),
            (description::<SpeechRequest>(Some("model")), model(registry, Modality::Speech)),
            (description::<SpeechRequest>(Some("voice")), voices(registry)),
        ] {
            let first = description.split("\n\n").next().unwrap();
            assert!(first.ends_with(&format!(" In the built-in registry: {words}.")), "{description}");
        }
    }

    #[test]
    fn another_registry_is_told_otherwise() {
        let overlay =
            "[[image]]\nid = \"dall-e-3\"\ndefault = true\ndefault_size = \"1792x1024\"\nreference_images = 3\n";
        let registry = Registry::built_in().with_overlay(overlay, "o.toml").unwrap();
        assert_eq!(model(&registry, Modality::Image), "`dall-e-3`");
        let sizes = image_sizes(&registry);
        assert!(sizes.ends_with("; `1792x1024` of 1024x1024, 1792x1024, 1024x1792 (`dall-e-3`)"), "{sizes}");
        let references = references(&registry, Modality::Image);
        assert!(references.ends_with("; at most 3 (`dall-e-3`)"), "{references}");
    }

    #[test]
    fn limits_are_put_into_words() {
        let words = |total, objects, characters| limit(ReferenceLimit { total, objects, characters });
        assert_eq!(words(0, None, None), "none");
        assert_eq!(words(5, None, None), "at most 5");
        assert_eq!(words(14, Some(10), Some(4)), "at most 14, 10 of objects and 4 of characters");
    }
}
