//! The built-in registry against the API's page, row by row and written by hand. A model that appeared since is held against the
//! page by `cargo xtask import`, and here by what holds for every model.

use super::*;
use crate::image::{AspectRatio, ImageSize};
use crate::tokens::{Multiplier, Tokens};
use crate::video::{ClipSeconds, Resolution};

/// Display name and id, in the order of the page's model tables.
const OFFERED_TEXT: [(&str, &str); 20] = [
    ("Claude Opus 4.8", "claude-opus-4-8"),
    ("Claude Opus 4.7", "claude-opus-4-7"),
    ("Claude Opus 4.6", "claude-opus-4-6"),
    ("Claude Opus 4.5", "claude-opus-4-5-20251101"),
    ("Claude Opus 4.1", "claude-opus-4-1-20250805"),
    ("Claude Opus 4", "claude-opus-4-20250514"),
    ("Claude Sonnet 4.5", "claude-sonnet-4-5-20250929"),
    ("Claude Sonnet 4", "claude-sonnet-4-20250514"),
    ("Claude Haiku 4.5", "claude-haiku-4-5-20251001"),
    ("Gemini 3.1 Pro", "gemini-3.1-pro-preview"),
    ("Gemini 3 Pro", "gemini-3-pro-preview"),
    ("GPT-5.2 Codex", "gpt-5.2-codex"),
    ("GPT-5.2", "gpt-5.2"),
    ("GPT-5", "gpt-5"),
    ("GPT-5 Mini", "gpt-5-mini"),
    ("GPT-5 Nano", "gpt-5-nano"),
    ("GPT-4.1", "gpt-4.1"),
    ("GPT-4o", "gpt-4o"),
    ("o1", "o1"),
    ("o3", "o3"),
];

/// Display names of the page's tier table.
const TIERS: [(&str, u32, &[&str]); 3] = [
    (
        "Budget",
        1_000,
        &[
            "GPT-5 Nano",
            "GPT-4.1 Nano",
            "GPT-4o Mini",
            "GPT-5 Mini",
            "GPT-4.1 Mini",
            "Claude Haiku 3",
            "Claude Haiku 4.5",
        ],
    ),
    (
        "Standard",
        2_000,
        &[
            "GPT-5",
            "GPT-5.2",
            "GPT-4.1",
            "GPT-4o",
            "o1-mini",
            "o3",
            "o3-mini",
            "o4-mini",
            "Claude Sonnet 4",
            "Claude Sonnet 4.5",
            "Claude Opus 4.5",
            "Claude Opus 4.6",
            "Claude Opus 4.7",
            "Claude Opus 4.8",
            "Gemini 3 Pro",
        ],
    ),
    ("Premium", 4_000, &["Claude Opus 4", "Claude Opus 4.1", "o1", "o3-pro"]),
];

const NAMED_ONLY: [&str; 8] =
    ["Claude Haiku 3", "GPT-4.1 Nano", "GPT-4o Mini", "GPT-4.1 Mini", "o1-mini", "o3-mini", "o4-mini", "o3-pro"];

fn found(name: &str) -> &'static Model {
    Registry::built_in().find(name).unwrap_or_else(|| panic!("{name} is not in the registry"))
}

fn tier(model: &Model) -> &TierPrice {
    let Spec::Text(spec) = &model.spec else { panic!("{} is no text model", model.id) };
    &spec.tier
}

#[test]
fn every_model_of_the_page_is_there_in_its_order() {
    let registry = Registry::built_in();
    let ids = |modality| registry.models_of(modality).filter(|model| model.is_offered()).map(|model| model.id.as_str());
    let in_order = |modality, expected: &[&str]| {
        let known: Vec<&str> = ids(modality).filter(|id| expected.contains(id)).collect();
        assert_eq!(known, expected);
    };
    in_order(Modality::Text, &OFFERED_TEXT.map(|(_, id)| id));
    in_order(Modality::Image, &["gemini-3.1-flash-image-preview", "gemini-3-pro-image-preview", "dall-e-3"]);
    in_order(Modality::Video, &["veo-3.1-fast-generate-preview", "veo-3.1-generate-preview"]);
    in_order(Modality::Speech, &["tts-1", "tts-1-hd"]);
    for (name, id) in OFFERED_TEXT {
        assert_eq!(found(id).name, name);
    }
}

#[test]
fn every_row_of_the_tier_table_holds() {
    for (name, thousandths, models) in TIERS {
        let multiplier = Multiplier::from_thousandths(thousandths);
        for model in models {
            let tier = tier(found(model));
            assert_eq!((tier.name.as_ref(), tier.multiplier, tier.high), (name, multiplier, multiplier), "{model}");
            assert_eq!(tier.provenance.basis, Basis::Documented, "{model}");
        }
    }
    for model in Registry::built_in().models_of(Modality::Text) {
        assert!(TIERS.iter().any(|(name, _, _)| tier(model).name == *name), "{}", model.id);
    }
}

#[test]
fn the_two_untiered_models_are_expected_in_standard_and_reckoned_with_in_premium() {
    for id in ["gemini-3.1-pro-preview", "gpt-5.2-codex"] {
        let tier = tier(found(id));
        assert_eq!((tier.multiplier.thousandths(), tier.high.thousandths()), (2_000, 4_000), "{id}");
        assert_eq!(tier.high_tier.as_deref(), Some("Premium"), "{id}");
        assert!(tier.provenance.assumption().is_some_and(|reason| reason.contains("in no tier")), "{id}");
    }
}

#[test]
fn models_without_an_id_on_the_page_are_marked_and_never_suggested() {
    for name in NAMED_ONLY {
        assert!(!found(name).is_offered(), "{name}");
    }
    for model in Registry::built_in().models().iter().filter(|model| !model.is_offered()) {
        let name = model.name.as_ref();
        assert!(
            matches!(&model.availability, Availability::NamedOnly(note) if note.contains("lists no API id")),
            "{name}"
        );
        for asked in [name, model.id.as_str()] {
            let suggested = Registry::built_in().nearest(asked, Modality::Text);
            assert!(!suggested.contains(&model.id.as_str()), "{asked}: {suggested:?}");
        }
    }
}

#[test]
fn a_model_is_found_by_id_alias_and_display_name_in_any_case() {
    let cases = [
        ("claude-opus-4.8", "claude-opus-4-8"),
        ("CLAUDE OPUS 4.8", "claude-opus-4-8"),
        ("claude-opus-4-5", "claude-opus-4-5-20251101"),
        ("claude-sonnet-4.5", "claude-sonnet-4-5-20250929"),
        ("claude-opus-4", "claude-opus-4-20250514"),
        ("gemini 3.1 pro", "gemini-3.1-pro-preview"),
        ("Gemini-3-Pro-Image", "gemini-3-pro-image-preview"),
        ("GPT-4O", "gpt-4o"),
        ("O3", "o3"),
        ("DALL-E 3", "dall-e-3"),
        ("Veo 3.1 Fast", "veo-3.1-fast-generate-preview"),
        ("veo-3.1", "veo-3.1-generate-preview"),
        ("tts hd", "tts-1-hd"),
    ];
    for (name, id) in cases {
        assert_eq!(found(name).id, id, "{name}");
    }
    for model in Registry::built_in().models() {
        let aliases = model.aliases.iter().map(AsRef::as_ref);
        for name in [model.id.as_str(), model.name.as_ref()].into_iter().chain(aliases) {
            for spelling in [name.to_owned(), name.to_uppercase(), name.to_lowercase()] {
                assert_eq!(found(&spelling).id, model.id, "{spelling}");
            }
        }
    }
}

#[test]
fn nothing_else_is_found() {
    let long = "claude-opus-4-8".repeat(100);
    for name in ["", " ", "claude", "claude-opus-4-8 ", " gpt-5", "gpt-6", "gpt‑5", "vëo-3.1", long.as_str()] {
        assert!(Registry::built_in().find(name).is_none(), "{name}");
    }
}

#[test]
fn the_nearest_names_are_those_that_people_mean() {
    let cases = [
        ("claude-opus-48", Modality::Text, Some("claude-opus-4-8")),
        ("cluade-opus-4-8", Modality::Text, Some("claude-opus-4-8")),
        ("Opus 4.8", Modality::Text, Some("claude-opus-4-8")),
        ("haiku", Modality::Text, Some("claude-haiku-4-5-20251001")),
        ("gpt5", Modality::Text, Some("gpt-5")),
        ("gpt_5_mini", Modality::Text, Some("gpt-5-mini")),
        ("gemini-3-pro-previw", Modality::Text, Some("gemini-3-pro-preview")),
        ("veo3", Modality::Video, Some("veo-3.1-fast-generate-preview")),
        ("gemini flash image", Modality::Image, Some("gemini-3.1-flash-image-preview")),
        ("dalle", Modality::Image, Some("dall-e-3")),
        ("tts", Modality::Speech, Some("tts-1")),
        ("", Modality::Text, None),
        ("llama-3", Modality::Text, None),
        ("你好", Modality::Image, None),
    ];
    for (name, modality, first) in cases {
        let nearest = Registry::built_in().nearest(name, modality);
        assert_eq!(nearest.first().copied(), first, "{name}: {nearest:?}");
        assert!(nearest.len() <= 3);
    }
}

#[test]
fn defaults_and_recommendations_are_those_of_the_page() {
    let registry = Registry::built_in();
    let defaults = [
        (Modality::Text, "claude-opus-4-8"),
        (Modality::Image, "gemini-3.1-flash-image-preview"),
        (Modality::Video, "veo-3.1-fast-generate-preview"),
        (Modality::Speech, "tts-1"),
    ];
    for (modality, id) in defaults {
        assert_eq!(registry.default_model(modality).map(|model| model.id.as_str()), Some(id));
        assert_eq!(registry.models_of(modality).filter(|model| model.default).count(), 1, "{modality}");
    }
    for id in [
        "claude-opus-4-8",
        "gemini-3.1-pro-preview",
        "gpt-5.2-codex",
        "gemini-3.1-flash-image-preview",
        "veo-3.1-fast-generate-preview",
        "tts-1",
    ] {
        assert!(found(id).recommended, "{id}");
    }
}

#[test]
fn images_take_the_sizes_ratios_and_references_of_the_page() {
    let flash = "1:1 1:4 1:8 2:3 3:2 3:4 4:1 4:3 4:5 5:4 8:1 9:16 16:9 21:9";
    let pro = "1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9";
    let cases = [
        ("gemini-3.1-flash-image-preview", "512x512 1024x1024 2048x2048 4096x4096", flash, (14, Some(10), Some(4))),
        ("gemini-3-pro-image-preview", "1024x1024 2048x2048 4096x4096", pro, (5, None, None)),
        ("dall-e-3", "1024x1024 1792x1024 1024x1792", "", (0, None, None)),
    ];
    for (id, sizes, ratios, (total, objects, characters)) in cases {
        let Spec::Image(spec) = &found(id).spec else { panic!("{id}") };
        assert_eq!(*spec.sizes, sizes.split(' ').map(|size| size.parse().unwrap()).collect::<Vec<ImageSize>>());
        let ratios: Vec<AspectRatio> = ratios.split_whitespace().map(|ratio| ratio.parse().unwrap()).collect();
        assert_eq!(*spec.aspect_ratios, ratios, "{id}");
        assert_eq!(spec.reference_images, ReferenceLimit { total, objects, characters }, "{id}");
        assert_eq!(spec.default_size, ImageSize::SQUARE_1024, "{id}");
        assert_eq!(spec.qualities.len(), if id == "dall-e-3" { 2 } else { 1 }, "{id}");
        assert!(spec.other_formats.as_ref().and_then(Provenance::assumption).is_some(), "{id}: svg is assumed");
        assert_eq!(spec.prices.len(), spec.sizes.len() * spec.qualities.len(), "{id}: a price for each");
    }
}

#[test]
fn clips_take_the_lengths_and_resolutions_of_the_page() {
    for (id, least, most) in [("veo-3.1-fast-generate-preview", 30, 90), ("veo-3.1-generate-preview", 60, 180)] {
        let Spec::Video(spec) = &found(id).spec else { panic!("{id}") };
        let lengths: Vec<_> = spec.durations.iter().map(|price| price.duration.get()).collect();
        assert_eq!((lengths.as_slice(), spec.default_duration), ([4, 6, 8].as_slice(), ClipSeconds::EIGHT));
        assert_eq!(*spec.resolutions, [Resolution::P720, Resolution::P1080]);
        assert_eq!((spec.default_resolution, spec.reference_images.total), (Resolution::P720, 1));
        let extension = spec.extension.as_ref().unwrap();
        assert_eq!((extension.duration, extension.resolution), (ClipSeconds::EIGHT, Resolution::P720));
        let time = GenerationTime { least_seconds: least, most_seconds: most };
        assert_eq!(spec.generation_time, Some(time), "{id}");
    }
}

#[test]
fn voices_and_their_groups_are_those_of_the_page() {
    let feminine = ["nova", "shimmer", "coral", "sage", "alloy"].map(|name| (name, VoiceGroup::Feminine));
    let masculine = ["echo", "onyx", "fable", "ash"].map(|name| (name, VoiceGroup::Masculine));
    for (id, price) in [("tts-1", 3_600), ("tts-1-hd", 7_200)] {
        let Spec::Speech(spec) = &found(id).spec else { panic!("{id}") };
        let voices: Vec<_> = spec.voices.iter().map(|known| (known.voice.as_str(), known.group)).collect();
        assert_eq!(voices, [feminine.as_slice(), &masculine].concat());
        assert!(spec.voices.iter().all(|known| !known.sound.is_empty() && !known.suits.is_empty()));
        assert_eq!((spec.default_voice.as_str(), spec.piece_characters), ("nova", 4_096));
        assert_eq!(spec.price_per_thousand.value, Tokens(price));
    }
}

#[test]
fn every_figure_has_a_source_and_a_day() {
    let dated = |provenance: &Provenance| provenance.date.len() == 10 && !provenance.source.is_empty();
    for model in Registry::built_in().models() {
        let all_dated = match &model.spec {
            Spec::Text(spec) => {
                let bounds = [&spec.context_window, &spec.max_output];
                dated(&spec.tier.provenance) && bounds.into_iter().flatten().all(|figure| dated(&figure.provenance))
            }
            Spec::Image(spec) => spec.prices.iter().all(|price| dated(&price.price.provenance)),
            Spec::Video(spec) => spec.durations.iter().all(|price| dated(&price.price.provenance)),
            Spec::Speech(spec) => dated(&spec.price_per_thousand.provenance),
        };
        assert!(all_dated, "{}", model.id);
    }
}

#[test]
fn every_name_of_very_many_is_found() {
    let mut model = found("gpt-5").clone();
    model.aliases = (0..70_000).map(|number| Cow::Owned(format!("house-{number}"))).collect();
    let names = Names::of(&[model]).unwrap();
    for number in [0, 1, 32_767, 65_534, 65_535, 65_536, 69_999] {
        assert_eq!(names.position(&format!("HOUSE-{number}")), Some(0), "{number}");
    }
    assert_eq!((names.position("gpt-5"), names.position("house-70000")), (Some(0), None));
}
