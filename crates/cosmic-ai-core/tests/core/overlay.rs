//! What an application adds or changes at run time.

use cosmic_ai_core::registry::{Basis, Spec};
use cosmic_ai_core::{
    ClipSeconds, Cost, ImageQuality, ImageRequest, ImageSize, Modality, Registry, Request, SpeechRequest, TextRequest,
    Usage, VideoRequest,
};
use proptest::prelude::*;

fn overlaid(toml: &str) -> Registry {
    Registry::built_in().with_overlay(toml, "o.toml").unwrap_or_else(|error| panic!("{error}"))
}

/// What 1,000 tokens in and out of a text model are deducted as, and the multiplier to reckon with in thousandths.
fn text_price(registry: &Registry, model: &str) -> (u64, u32) {
    let usage = Usage::new(1_000_u32, 1_000_u32);
    let charge = registry.cost(&TextRequest::new("Hi").with_model(model), Some(&usage)).charge().unwrap();
    assert_eq!(charge.input, charge.output);
    let Some(Spec::Text(spec)) = registry.find(model).map(|model| &model.spec) else { panic!("{model}") };
    (charge.input.get(), spec.tier.high.thousandths())
}

fn output(registry: &Registry, request: impl Into<Request>) -> Option<u64> {
    let request = request.into();
    registry.check(&request).unwrap_or_else(|error| panic!("{error}"));
    registry.cost(&request, None).charge().map(|charge| charge.output.get())
}

#[test]
fn a_new_model_of_each_modality_is_found_checked_and_priced() {
    let registry = overlaid(
        r#"
        [[voice]]
        name = "zoe"
        group = "feminine"
        sound = "quick"
        suits = "news"

        [[text]]
        id = "house-1"
        name = "House One"
        aliases = ["h1"]
        provider = "in-house"
        tier = "Budget"
        context_window = 8_000
        max_output = { tokens = 2_000, source = "our cluster", date = "2026-11-01" }

        [[image]]
        id = "paint-1"
        provider = "in-house"
        sizes = ["640x480"]
        aspect_ratios = ["1:1"]
        formats = ["svg"]
        reference_images = { total = 3, objects = 2, characters = 1 }
        prices = [{ size = "640x480", price = 1_000 }]

        [[video]]
        id = "film-1"
        provider = "in-house"
        durations = [{ duration = 3, price = 30_000 }, { duration = 5, price = 50_000 }]
        resolutions = ["480p"]

        [[speech]]
        id = "speak-1"
        provider = "in-house"
        voices = ["zoe", "nova"]
        price_per_thousand = 100
        "#,
    );
    for name in ["house-1", "House One", "H1"] {
        assert_eq!(registry.find(name).map(|model| model.id.as_str()), Some("house-1"), "{name}");
    }
    let house = registry.find("h1").unwrap();
    assert_eq!((house.name.as_ref(), house.provider.as_str(), house.default), ("House One", "in-house", false));
    assert_eq!(text_price(&registry, "House One"), (1_000, 1_000));
    let Spec::Text(spec) = &house.spec else { panic!() };
    let ceiling = spec.max_output.as_ref().unwrap();
    assert_eq!((ceiling.provenance.source.as_ref(), ceiling.provenance.date.as_ref()), ("our cluster", "2026-11-01"));
    assert_eq!(spec.context_window.as_ref().unwrap().provenance.source, "o.toml");
    assert_eq!(spec.tier.provenance.basis, Basis::Custom);

    assert_eq!(output(&registry, ImageRequest::new("A").with_model("paint-1")), Some(1_000));
    assert_eq!(output(&registry, VideoRequest::new("A").with_model("film-1")), Some(30_000));
    let five = VideoRequest::new("A").with_model("film-1").with_duration(ClipSeconds::new(5));
    assert_eq!(output(&registry, five), Some(50_000));
    let speech = SpeechRequest::new("x".repeat(1_001)).with_model("speak-1");
    assert_eq!(output(&registry, speech.clone().with_voice("zoe")), Some(200));
    assert!(registry.check(&speech.with_voice("ash")).is_err());
    assert!(registry.nearest("speak1", Modality::Speech).contains(&"speak-1"));
    assert_eq!(Registry::built_in().find("house-1"), None, "the built-in registry stays as it is");
    assert_eq!(registry.models().len(), Registry::built_in().models().len() + 4);
    assert_eq!(registry.models().last().unwrap().id, "speak-1");
}

#[test]
fn a_changed_tier_of_one_model_changes_no_other() {
    let registry = overlaid(
        "[[text]]\nid = \"gpt-5\"\ntier = \"Premium\"\n\n[[text]]\nid = \"gpt-5.2-codex\"\ntier = \"Premium\"",
    );
    assert_eq!(text_price(&registry, "gpt-5"), (4_000, 4_000));
    assert_eq!(text_price(&registry, "gpt-5.2"), (2_000, 2_000));
    assert_eq!(text_price(&registry, "gpt-5.2-codex"), (4_000, 4_000), "an assumption is settled by the overlay");
    let cost = registry.cost(&TextRequest::new("Hi").with_model("gpt-5.2-codex"), Some(&Usage::new(1_u32, 1_u32)));
    assert!(matches!(cost, Cost::Known(_)), "{cost}");
    let old = Registry::built_in().find("gpt-5").unwrap();
    let new = registry.find("gpt-5").unwrap();
    assert_eq!(
        (&old.name, &old.aliases, old.default, &old.availability),
        (&new.name, &new.aliases, new.default, &new.availability)
    );
}

#[test]
fn a_changed_multiplier_holds_for_every_model_of_its_tier() {
    let registry = overlaid("[[tier]]\nname = \"Standard\"\nmultiplier = 2.5");
    assert_eq!(text_price(&registry, "claude-opus-4-8"), (2_500, 2_500));
    assert_eq!(text_price(&registry, "o3-mini"), (2_500, 2_500));
    assert_eq!(text_price(&registry, "gpt-5-nano"), (1_000, 1_000));
    assert_eq!(text_price(&registry, "gpt-5.2-codex"), (2_500, 4_000));
    let codex = registry.cost(&TextRequest::new("Hi").with_model("gpt-5.2-codex"), Some(&Usage::new(1_u32, 1_u32)));
    assert!(matches!(codex, Cost::Assumed { .. }), "that it is in the tier stays assumed: {codex}");

    let dearer = overlaid("[[tier]]\nname = \"Premium\"\nmultiplier = 6");
    assert_eq!(text_price(&dearer, "o1"), (6_000, 6_000));
    assert_eq!(text_price(&dearer, "gpt-5.2-codex"), (2_000, 6_000), "the tier to reckon with is dearer, too");
    let dearest = overlaid("[[tier]]\nname = \"Standard\"\nmultiplier = 9");
    assert_eq!(text_price(&dearest, "gpt-5.2-codex"), (9_000, 9_000), "never above what is reckoned with");

    let added = overlaid("[[tier]]\nname = \"House\"\nmultiplier = 0.5\n[[text]]\nid = \"gpt-5\"\ntier = \"House\"");
    assert_eq!(text_price(&added, "gpt-5"), (500, 500));
    assert_eq!(added.tiers().len(), 4);
}

#[test]
fn several_tiers_change_at_once_and_one_after_another() {
    let tiers = |tiers: &[(&str, &str)]| {
        let rows =
            tiers.iter().map(|(name, multiplier)| format!("[[tier]]\nname = \"{name}\"\nmultiplier = {multiplier}\n"));
        rows.collect::<String>()
    };
    // Each new multiplier is the old one of the next tier: told apart by name alone.
    let mut rows = [("Budget", "2"), ("Standard", "4"), ("Premium", "8")];
    for _ in 0..2 {
        let doubled = overlaid(&tiers(&rows));
        assert_eq!(text_price(&doubled, "gpt-5-nano"), (2_000, 2_000));
        assert_eq!(text_price(&doubled, "gpt-5"), (4_000, 4_000));
        assert_eq!(text_price(&doubled, "o1"), (8_000, 8_000));
        assert_eq!(text_price(&doubled, "gpt-5.2-codex"), (4_000, 8_000));
        rows.reverse();
    }

    let cheap = overlaid(&tiers(&[("Premium", "2")]));
    assert_eq!(text_price(&cheap, "gpt-5.2-codex"), (2_000, 2_000), "no dearer than its own tier for now");
    let dear = cheap.with_overlay(&tiers(&[("Premium", "6")]), "p.toml").unwrap();
    assert_eq!(text_price(&dear, "gpt-5.2-codex"), (2_000, 6_000));
    assert_eq!(text_price(&dear, "gpt-5"), (2_000, 2_000));
    let Some(Spec::Text(codex)) = dear.find("gpt-5.2-codex").map(|model| &model.spec) else { panic!() };
    assert_eq!(codex.tier.high_tier.as_deref(), Some("Premium"));

    let own = "[[text]]\nid = \"gpt-5\"\ntier = { name = \"Budget\", high = \"Standard\", assumed = \"so they say\" }";
    let own = overlaid(own).with_overlay(&tiers(&[("Standard", "3"), ("Budget", "0.5")]), "p.toml").unwrap();
    assert_eq!(text_price(&own, "gpt-5"), (500, 3_000), "of an overlay's own range, too");
}

#[test]
fn prices_lengths_sizes_and_voices_are_changed_and_added() {
    let registry = overlaid(
        r#"
        [[image]]
        id = "dall-e-3"
        sizes = ["1024x1024", "1792x1024", "1024x1792", "2048x2048"]
        [[image.prices]]
        size = "1024x1024"
        price = 5_000
        [[image.prices]]
        size = "2048x2048"
        quality = "hd"
        price = { tokens = 9_000, low = "unknown", high = 20_000, assumed = "seen once" }

        [[video]]
        id = "veo-3.1-fast-generate-preview"
        resolutions = ["720p", "1080p", "2160p"]
        generation_time = { least_seconds = 10, most_seconds = 20 }
        extension = { duration = 7, resolution = "1080p", price = 1 }
        [[video.durations]]
        duration = 12
        price = 432_000
        [[video.durations]]
        duration = 8
        price = 300_000

        [[voice]]
        name = "nova"
        group = "feminine"
        sound = "as new"
        suits = "all"
        "#,
    );
    let dalle = |size| ImageRequest::new("A").with_model("dall-e-3").with_size(size);
    assert_eq!(output(&registry, dalle(ImageSize::SQUARE_1024)), Some(5_000));
    assert_eq!(output(&registry, dalle(ImageSize::LANDSCAPE_1792)), Some(4_800), "what the row does not name stays");
    assert_eq!(output(&registry, dalle(ImageSize::SQUARE_2048)), None, "a size without a price has an unknown one");
    assert_eq!(output(&registry, dalle(ImageSize::SQUARE_2048).with_quality(ImageQuality::Hd)), Some(9_000));
    let clip = |seconds| VideoRequest::new("A").with_duration(ClipSeconds::new(seconds));
    for (seconds, price) in [(4, 144_000), (8, 300_000), (12, 432_000)] {
        assert_eq!(output(&registry, clip(seconds)), Some(price));
    }
    let extension = cosmic_ai_core::ExtensionRequest::new("id", "On");
    assert_eq!(output(&registry, extension), Some(1));
    for id in ["tts-1", "tts-1-hd"] {
        let Some(Spec::Speech(spec)) = registry.find(id).map(|model| &model.spec) else { panic!() };
        assert_eq!(spec.voices[0].sound, "as new", "a voice described anew is so for every model that has it");
        assert_eq!(spec.voices.len(), 9);
    }
}

#[test]
fn overlays_add_up_and_move_the_default() {
    let first = overlaid("[[text]]\nid = \"house\"\nprovider = \"us\"\ntier = \"Budget\"\ndefault = true");
    let both = first.with_overlay("[[text]]\nid = \"house\"\ntier = \"Premium\"", "p.toml").unwrap();
    assert_eq!(both.default_model(Modality::Text).map(|model| model.id.as_str()), Some("house"));
    assert_eq!(both.models_of(Modality::Text).filter(|model| model.default).count(), 1);
    assert_eq!(text_price(&both, "house"), (4_000, 4_000));
    assert!(Registry::built_in().clone().allow_unknown().with_overlay("", "e.toml").unwrap().allows_unknown());
}

#[test]
fn the_built_in_data_is_an_overlay_that_changes_no_price() {
    let files = [
        include_str!("../../registry/tiers.toml"),
        include_str!("../../registry/text.toml"),
        include_str!("../../registry/image.toml"),
        include_str!("../../registry/video.toml"),
        include_str!("../../registry/speech.toml"),
    ];
    let built_in = Registry::built_in();
    for file in files {
        let registry = overlaid(file);
        assert_eq!(registry.models().len(), built_in.models().len());
        for (new, old) in registry.models().iter().zip(built_in.models()) {
            let shape = |model: &cosmic_ai_core::Model| {
                let mut json = serde_json::to_value(model).unwrap();
                forget_origins(&mut json);
                json
            };
            assert_eq!(shape(new), shape(old));
        }
    }
}

/// Takes out where figures come from, and that a documented one is custom now, but leaves what is assumed.
fn forget_origins(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::Object(map) => {
            map.retain(|key, value| {
                let is_origin = matches!(key.as_str(), "source" | "date") || (key == "basis" && value != "assumed");
                !is_origin
            });
            map.values_mut().for_each(forget_origins);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(forget_origins),
        _ => {}
    }
}

proptest! {
    #[test]
    fn no_text_makes_an_overlay_panic(text in "\\PC{0,60}", lines in proptest::collection::vec(line(), 0..8)) {
        let _ = Registry::built_in().with_overlay(&text, "any.toml");
        let document = lines.concat();
        if let Err(error) = Registry::built_in().with_overlay(&document, "any.toml") {
            prop_assert!(error.to_string().starts_with("any.toml:"), "{error}");
            prop_assert!(!error.to_string().contains('\n'));
        }
    }
}

/// Lines that often make sense together.
fn line() -> impl Strategy<Value = String> {
    let section =
        prop_oneof!["text", "image", "video", "speech", "voice", "tier", "source", "image.prices", "video.durations"];
    let key = prop_oneof![
        "id",
        "name",
        "tier",
        "sizes",
        "price",
        "duration",
        "voices",
        "multiplier",
        "default",
        "aliases",
        "high"
    ];
    let value = prop_oneof![
        "\"(gpt-5|dall-e-3|nova|Standard|new|8|)\"",
        "-?[0-9]{1,20}",
        "\\[\"(1x1|nova|a)\"\\]",
        "\\{ tokens = [0-9]{1,3} \\}",
        "(true|1\\.5|nan|2026-01-01|'')",
    ];
    prop_oneof![
        1 => section.prop_map(|section| format!("[[{section}]]\n")),
        2 => (key, value).prop_map(|(key, value)| format!("{key} = {value}\n")),
    ]
}
