//! The form in which a request is sent.

use crate::image::{ImageQuality, ImageRequest, ImageSize};
use crate::registry::Registry;
use crate::speech::{SpeechRequest, Voice};
use crate::text::TextRequest;
use crate::validate::Canonical;
use crate::video::{ClipSeconds, ExtensionRequest, Resolution, VideoRequest};
use crate::{ModelId, RequestRef};
use std::borrow::Cow;
use std::fmt::Debug;

fn check<'r, R: Canonical + Debug + PartialEq>(registry: &Registry, request: &'r R, expected: &R)
where
    &'r R: Into<RequestRef<'r>>,
{
    let canonical = registry.canonical(request).unwrap();
    assert_eq!(canonical.as_ref(), expected);
    assert_eq!(matches!(canonical, Cow::Borrowed(_)), request == expected, "borrows if nothing changes");
}

#[test]
fn an_id_takes_the_place_of_an_alias_and_a_display_name() {
    let registry = Registry::built_in();
    for name in ["claude-opus-4.5", "Claude Opus 4.5", "CLAUDE-OPUS-4-5-20251101", "claude-opus-4-5-20251101"] {
        let expected = TextRequest::new("Hi").with_model("claude-opus-4-5-20251101");
        check(registry, &TextRequest::new("Hi").with_model(name), &expected);
    }
    let extension = |model: &str| ExtensionRequest::new("clip", "On").with_model(model);
    check(registry, &extension("Veo 3.1 Fast"), &extension("veo-3.1-fast-generate-preview"));
    check(registry, &TextRequest::new("Hi"), &TextRequest::new("Hi"));
    check(registry, &VideoRequest::new("Rain"), &VideoRequest::new("Rain"));
    check(registry, &SpeechRequest::new("Hi"), &SpeechRequest::new("Hi"));
    let unknown = TextRequest::new("Hi").with_model("Llama 3");
    check(&registry.clone().allow_unknown(), &unknown, &unknown);
    assert!(registry.canonical(&unknown).is_err());
}

#[test]
fn an_explicit_standard_is_left_out_on_gemini_alone() {
    let ask = |model: Option<&str>, quality| {
        let mut request = ImageRequest::new("A lake");
        (request.model, request.quality) = (model.map(ModelId::from), quality);
        request
    };
    let standard = Some(ImageQuality::Standard);
    for model in [None, Some("gemini-3-pro-image-preview"), Some("gemini-3.1-flash-image-preview")] {
        check(Registry::built_in(), &ask(model, standard), &ask(model, None));
    }
    for quality in [standard, Some(ImageQuality::Hd), None] {
        check(Registry::built_in(), &ask(Some("dall-e-3"), quality), &ask(Some("dall-e-3"), quality));
    }
}

#[test]
fn a_default_of_an_overlay_is_spelt_out_so_that_what_is_priced_is_what_is_made() {
    let overlay = r#"
        [[text]]
        id = "gpt-5-nano"
        default = true
        [[image]]
        id = "gemini-3.1-flash-image-preview"
        default_size = "4096x4096"
        [[video]]
        id = "veo-3.1-fast-generate-preview"
        default_duration = 4
        default_resolution = "1080p"
        [[speech]]
        id = "tts-1"
        default_voice = "ash"
    "#;
    let registry = Registry::built_in().with_overlay(overlay, "o.toml").unwrap();
    check(&registry, &TextRequest::new("Hi"), &TextRequest::new("Hi").with_model("gpt-5-nano"));
    check(&registry, &ImageRequest::new("A"), &ImageRequest::new("A").with_size(ImageSize::SQUARE_4096));
    let clip = VideoRequest::new("A");
    let whole = clip.clone().with_duration(ClipSeconds::FOUR).with_resolution(Resolution::P1080);
    check(&registry, &clip, &whole);
    check(&registry, &whole, &whole);
    check(&registry, &SpeechRequest::new("A"), &SpeechRequest::new("A").with_voice(Voice::ASH));
}
