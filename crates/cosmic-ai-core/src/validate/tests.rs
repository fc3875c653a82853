//! What is refused before anything is sent, and in which words.

mod canonical;

use serde_json::json;

use super::*;
use crate::image::AspectRatio;
use crate::registry::models;
use crate::request::Request;
use crate::text::Message;

const URL: &str = "https://cdn.example.com/a.png";

/// The problem of a request that has exactly one.
fn problem(request: impl Into<Request>) -> Problem {
    let request = request.into();
    let mut problems = Registry::built_in().check(&request).expect_err("is to be refused").problems;
    assert_eq!(problems.len(), 1, "{request:?}: {problems:?}");
    problems.remove(0)
}

/// Field, value given and nearest value of the one problem; what is allowed starts with `allowed`.
fn check(request: impl Into<Request>, expected: (&str, Option<&str>, Option<&str>), allowed: &[&str]) {
    let problem = problem(request);
    let found = (problem.field.as_ref(), problem.given.as_deref(), problem.nearest.as_deref());
    assert_eq!(found, expected, "{problem}");
    let start = problem.allowed.get(..allowed.len()).unwrap_or(&problem.allowed);
    assert_eq!(start, allowed, "{problem}");
    assert!(!problem.to_string().contains('\n') && !problem.to_string().ends_with('.'), "{problem}");
}

fn image(model: &str) -> ImageRequest {
    ImageRequest::new("A lake").with_model(model)
}

#[test]
fn text_needs_one_of_prompt_and_messages_with_something_in_it() {
    check(TextRequest::default(), ("prompt", None, None), &[]);
    let mut both = TextRequest::new("Hi");
    both.messages = Some(vec![Message::user("Hi")]);
    check(both, ("prompt", None, None), &[]);
    check(TextRequest::new(""), ("prompt", Some(""), None), &[]);
    check(TextRequest::new(" \n\u{3000}"), ("prompt", Some("  \u{3000}"), None), &[]);
    check(TextRequest::chat([]), ("messages", None, None), &[]);
    let chat = TextRequest::chat([Message::user("Hi"), Message::assistant("\t")]);
    check(chat, ("messages[1].content", Some(" "), None), &[]);
    check(TextRequest::new("Hi").with_max_tokens(0), ("max_tokens", Some("0"), Some("1")), &[]);
    check(
        TextRequest::new("Hi").with_media_url("cat.png"),
        ("media_url", Some("cat.png"), None),
        &["http://…", "https://…"],
    );
}

#[test]
fn an_unknown_model_is_refused_with_the_nearest_ones_first() {
    let ask = |model: &str| TextRequest::new("Hi").with_model(model);
    check(ask("claude-opus-48"), ("model", Some("claude-opus-48"), Some("claude-opus-4-8")), &["claude-opus-4-8"]);
    check(ask(""), ("model", Some(""), None), &["claude-opus-4-8"]);
    check(image("nano banana"), ("model", Some("nano banana"), None), &["gemini-3.1-flash-image-preview"]);
    let extension = ExtensionRequest::new("clip", "On").with_model("veo3");
    check(
        extension,
        ("model", Some("veo3"), Some("veo-3.1-fast-generate-preview")),
        &["veo-3.1-fast-generate-preview"],
    );
    let other = problem(VideoRequest::new("Rain").with_model("dall-e-3"));
    assert_eq!(other.reason, "is a model for image, not for video");
    let all = problem(ask("llama-3")).allowed;
    let offered = Registry::built_in().models_of(Modality::Text).filter(|model| model.is_offered());
    let offered: Vec<&str> = offered.map(|model| model.id.as_str()).collect();
    assert_eq!(all, offered, "every offered model, and none that is only named");
}

#[test]
fn an_image_takes_what_its_model_makes() {
    let size = |size: &str| size.parse::<ImageSize>().unwrap();
    let pro = || image("gemini-3-pro-image-preview");
    let small = ("size", Some("512x512"), Some("1024x1024"));
    check(pro().with_size(size("512x512")), small, &["1024x1024", "2048x2048", "4096x4096"]);
    let sizes = &["1024x1024", "1792x1024", "1024x1792"];
    check(image("dall-e-3").with_size(size("1920x1080")), ("size", Some("1920x1080"), Some("1792x1024")), sizes);
    let tall = ("aspect_ratio", Some("1:8"), Some("9:16"));
    check(pro().with_aspect_ratio(AspectRatio::new(1, 8)), tall, &["1:1", "2:3"]);
    check(image("dall-e-3").with_aspect_ratio(AspectRatio::WIDE), ("aspect_ratio", Some("16:9"), None), &[]);
    for model in ["gemini-3.1-flash-image-preview", "gemini-3-pro-image-preview"] {
        let hd = image(model).with_quality(ImageQuality::Hd);
        check(hd, ("quality", Some("hd"), Some("standard")), &["standard"]);
    }
    for (model, most) in [("gemini-3.1-flash-image-preview", 14), ("gemini-3-pro-image-preview", 5), ("dall-e-3", 0)] {
        let mut request = image(model);
        request.reference_images = vec![URL.to_owned(); most];
        assert!(Registry::built_in().check(&request).is_ok(), "{model} takes {most}");
        request.reference_images.push(URL.to_owned());
        let (given, allowed) = (if most == 0 { "1 image".into() } else { format!("{} images", most + 1) }, most);
        check(request, ("reference_images", Some(&given), None), &[&format!("at most {allowed}")]);
    }
    let mixed = problem({
        let mut request = image("gemini-3.1-flash-image-preview");
        request.reference_images = vec![URL.to_owned(); 15];
        request
    });
    assert!(mixed.reason.contains("10 of objects, 4 of characters"), "{mixed}");
    let bad = image("gemini-3-pro-image-preview").with_reference_image(URL).with_reference_image("file:///a.png");
    check(bad, ("reference_images[1]", Some("file:///a.png"), None), &[]);
    assert!(Registry::built_in().check(&image("dall-e-3").with_format(ImageFormat::Svg)).is_ok());
    check(image("dall-e-3").with_folder(" "), ("folder", Some(" "), None), &[]);
    check(ImageRequest::new(""), ("prompt", Some(""), None), &[]);
}

#[test]
fn a_clip_takes_the_lengths_and_resolutions_of_its_model() {
    let clip = || VideoRequest::new("Rain");
    let seconds = &["4", "6", "8"];
    for (given, nearest) in [(0, "4"), (5, "4"), (7, "6"), (10, "8"), (u32::MAX, "8")] {
        let given_text = given.to_string();
        check(clip().with_duration(ClipSeconds::new(given)), ("duration", Some(&given_text), Some(nearest)), seconds);
    }
    let lines = |lines| clip().with_resolution(Resolution::from_lines(lines));
    check(lines(480), ("resolution", Some("480p"), Some("720p")), &["720p", "1080p"]);
    check(lines(2160), ("resolution", Some("2160p"), Some("1080p")), &["720p", "1080p"]);
    let mut two = clip();
    two.reference_images = vec![URL.to_owned(); 2];
    check(two, ("reference_images", Some("2 images"), None), &["at most 1"]);
    check(ExtensionRequest::new("", "On"), ("media_id", Some(""), None), &[]);
    check(ExtensionRequest::new("clip", " "), ("prompt", Some(" "), None), &[]);
}

#[test]
fn speech_takes_the_voices_of_its_model() {
    let speak = |voice: &str| SpeechRequest::new("Hello").with_voice(voice);
    for (voice, nearest) in [("nova1", "nova"), ("Nova", "nova"), ("shimer", "shimmer"), ("ONYX", "onyx")] {
        check(speak(voice), ("voice", Some(voice), Some(nearest)), &["nova", "shimmer", "coral"]);
    }
    check(SpeechRequest::new("\n"), ("prompt", Some(" "), None), &[]);
}

#[test]
fn metadata_is_an_object_without_our_own_key() {
    for (metadata, given) in [(json!([1]), "[1]"), (json!("a"), "\"a\""), (json!(null), "null"), (json!(7), "7")] {
        check(image("dall-e-3").with_metadata(metadata), ("metadata", Some(given), None), &[]);
    }
    let reserved = json!({ "cosmic_ai_operation_id": "mine" });
    let expected = ("metadata.cosmic_ai_operation_id", Some("\"mine\""), None);
    check(image("dall-e-3").with_metadata(reserved.clone()), expected, &[]);
    check(VideoRequest::new("Rain").with_metadata(reserved.clone()), expected, &[]);
    check(ExtensionRequest::new("clip", "On").with_metadata(reserved.clone()), expected, &[]);
    check(SpeechRequest::new("Hello").with_metadata(reserved), expected, &[]);
}

#[test]
fn only_http_urls_with_a_host_pass() {
    let cases = [
        ("https://example.com", true),
        ("HTTPS://Example.COM/a?b=c#d", true),
        ("http://localhost:8080/a", true),
        ("http://[::1]/x", true),
        ("http://[2001:db8::1]:8080/x", true),
        ("https://user:secret@example.com/", true),
        ("https://example.com:/", true),
        ("https://bücher.example/ä", true),
        ("https://example.com?x", true),
        ("", false),
        ("example.com/a.png", false),
        ("ftp://example.com/a", false),
        ("data:image/png;base64,AAAA", false),
        ("https:example.com", false),
        ("https://", false),
        ("https:///a.png", false),
        ("https://?a", false),
        ("https://user@/a", false),
        ("http://:80/", false),
        ("http://[]/", false),
        ("http://[::1/", false),
        ("http://[::1]80/", false),
        ("http://example.com:port/", false),
        ("http://example.com:65536/", false),
        (" https://example.com", false),
        ("https://example.com/a b.png", false),
        ("https://example.com/\n", false),
    ];
    for (url, passes) in cases {
        let request = TextRequest::new("Hi").with_media_url(url);
        assert_eq!(Registry::built_in().check(&request).is_ok(), passes, "{url}");
    }
}

#[test]
fn an_error_repeats_no_secret_and_nothing_huge() {
    let urls = [
        ("ftp://user:secret@host/a", "ftp://host/a"),
        ("ftp://user:sec/ret@host", "ftp://host"),
        ("ftp://user:sec?ret@host", "ftp://host"),
        ("ftp://host/a?key=secret", "ftp://host/a?…"),
        ("user:secret@host", "host"),
    ];
    for (url, shown) in urls {
        check(TextRequest::new("Hi").with_media_url(url), ("media_url", Some(shown), None), &[]);
    }
    let long = "ä".repeat(10_000);
    let shown = format!("{}…", "ä".repeat(80));
    check(SpeechRequest::new("Hi").with_voice(long.clone()), ("voice", Some(&shown), None), &[]);
    let error = Registry::built_in().check(&TextRequest::new("Hi").with_model(long)).unwrap_err();
    assert!(error.to_string().chars().count() < 1_000, "{error}");
}

#[test]
fn one_error_lists_every_problem_in_one_line() {
    let mut request = ImageRequest::new(" ").with_model("dall-e-3").with_size(ImageSize::SQUARE_512).with_folder("");
    request.reference_images = vec!["x".to_owned()];
    request.metadata = Some(json!(1));
    let error = Registry::built_in().check(&request).unwrap_err();
    let fields: Vec<_> = error.problems.iter().map(|problem| problem.field.as_ref()).collect();
    assert_eq!(fields, ["prompt", "size", "reference_images", "reference_images[0]", "folder", "metadata"]);
    let text = error.to_string();
    assert!(text.starts_with("invalid request: prompt") && text.matches("; ").count() == 5, "{text}");
    let unknown = TextRequest::chat([]).with_model("nope").with_max_tokens(0);
    assert_eq!(Registry::built_in().check(&unknown).unwrap_err().problems.len(), 3);
}

#[test]
fn an_unknown_model_passes_where_it_is_allowed_but_other_rules_hold() {
    let registry = Registry::built_in().clone().allow_unknown();
    let known = registry.check(&TextRequest::new("Hi")).unwrap().map(|model| &model.id);
    assert_eq!(known, Some(&models::CLAUDE_OPUS_4_8));
    assert_eq!(registry.check(&TextRequest::new("Hi").with_model("llama-3")).unwrap(), None);
    assert_eq!(registry.check(&image("flux").with_size(ImageSize::new(3, 5))).unwrap(), None);
    for (wrong, field) in [
        (Request::from(TextRequest::new(" ").with_model("llama-3")), "prompt"),
        (TextRequest::new("Hi").with_model(" ").into(), "model"),
        (TextRequest::new("Hi").with_model("dall-e-3").into(), "model"),
        (image("flux").with_reference_image("x").into(), "reference_images[0]"),
        (image("dall-e-3").with_size(ImageSize::SQUARE_512).into(), "size"),
        (image("flux").with_size(ImageSize::new(0, 8)).into(), "size"),
        (image("flux").with_aspect_ratio(AspectRatio::new(16, 0)).into(), "aspect_ratio"),
        (VideoRequest::new("A kite").with_model("sora").with_duration(ClipSeconds::new(0)).into(), "duration"),
        (
            VideoRequest::new("A kite").with_model("sora").with_resolution(Resolution::from_lines(0)).into(),
            "resolution",
        ),
    ] {
        assert_eq!(registry.check(&wrong).unwrap_err().problems[0].field, field);
    }
}
