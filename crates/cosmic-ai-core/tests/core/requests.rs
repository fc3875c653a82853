//! Requests serialise to exactly the API's body and read what its clients write.

use cosmic_ai_core::{
    AspectRatio, ClipSeconds, ExtensionRequest, ImageFormat, ImageQuality, ImageRequest, ImageSize, MediaId, Message,
    Request, RequestRef, Resolution, SpeechRequest, TextRequest, VideoRequest, Voice,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The request is this body, and this body is the request; so it is within [`Request`], with its kind.
fn check<R>(request: &R, kind: &str, body: &Value)
where
    R: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug + Clone + Into<Request>,
{
    assert_eq!(serde_json::to_value(request).unwrap(), *body);
    assert_eq!(serde_json::from_value::<R>(body.clone()).unwrap(), *request);
    let mut tagged = body.clone();
    tagged["kind"] = json!(kind);
    let united: Request = request.clone().into();
    assert_eq!(serde_json::to_value(&united).unwrap(), tagged);
    assert_eq!(serde_json::from_value::<Request>(tagged).unwrap(), united);
    assert_eq!(united.as_ref().to_owned(), united);
    assert_eq!(united.as_ref().to_string(), kind);
}

#[test]
fn the_smallest_requests_send_nothing_that_was_not_asked_for() {
    check(&TextRequest::new("Hi"), "text", &json!({ "prompt": "Hi" }));
    let chat = json!({ "messages": [{ "role": "user", "content": "Hi" }] });
    check(&TextRequest::chat([Message::user("Hi")]), "text", &chat);
    check(&ImageRequest::new("A lake"), "image", &json!({ "prompt": "A lake" }));
    check(&VideoRequest::new("Rain"), "video", &json!({ "prompt": "Rain" }));
    let extension = json!({ "media_id": "65f8", "prompt": "It clears" });
    check(&ExtensionRequest::new("65f8", "It clears"), "extend", &extension);
    check(&SpeechRequest::new("Hello"), "speech", &json!({ "prompt": "Hello" }));
}

#[test]
fn the_largest_requests_send_every_option_under_its_name() {
    let text = TextRequest::chat([Message::user("Look"), Message::assistant("I do"), Message::user("And?")])
        .with_model("claude-opus-4-8")
        .with_max_tokens(500)
        .with_media_url("https://example.com/a.pdf");
    let messages = json!([
        { "role": "user", "content": "Look" },
        { "role": "assistant", "content": "I do" },
        { "role": "user", "content": "And?" },
    ]);
    let media_url = "https://example.com/a.pdf";
    let body = json!({ "messages": messages, "model": "claude-opus-4-8", "max_tokens": 500, "media_url": media_url });
    check(&text, "text", &body);

    let image = ImageRequest::new("A lake")
        .with_model("dall-e-3")
        .with_size(ImageSize::LANDSCAPE_1792)
        .with_aspect_ratio(AspectRatio::new(21, 9))
        .with_quality(ImageQuality::Hd)
        .with_reference_image("https://example.com/1.png")
        .with_reference_image("https://example.com/2.png")
        .with_format(ImageFormat::Svg)
        .with_folder("lakes")
        .with_alt_text("A lake at dawn")
        .with_metadata(json!({ "campaign": { "id": 7 } }));
    let body = json!({
        "prompt": "A lake", "model": "dall-e-3", "size": "1792x1024", "aspect_ratio": "21:9", "quality": "hd",
        "reference_images": ["https://example.com/1.png", "https://example.com/2.png"], "format": "svg",
        "folder": "lakes", "alt_text": "A lake at dawn", "metadata": { "campaign": { "id": 7 } },
    });
    check(&image, "image", &body);

    let video = VideoRequest::new("Rain")
        .with_model("veo-3.1-generate-preview")
        .with_duration(ClipSeconds::SIX)
        .with_resolution(Resolution::P1080)
        .with_first_frame("https://example.com/1.png")
        .with_folder("films")
        .with_metadata(json!({}));
    let body = json!({
        "prompt": "Rain", "model": "veo-3.1-generate-preview", "duration": 6, "resolution": "1080p",
        "reference_images": ["https://example.com/1.png"], "folder": "films", "metadata": {},
    });
    check(&video, "video", &body);

    let extension = ExtensionRequest::new(MediaId::from("65f8"), "It clears")
        .with_model("veo-3.1-fast-generate-preview")
        .with_folder("films")
        .with_metadata(json!({ "part": 2 }));
    let body = json!({
        "media_id": "65f8", "prompt": "It clears", "model": "veo-3.1-fast-generate-preview", "folder": "films",
        "metadata": { "part": 2 },
    });
    check(&extension, "extend", &body);

    let speech = SpeechRequest::new("Hello")
        .with_voice(Voice::SAGE)
        .with_model("tts-1-hd")
        .with_folder("shows")
        .with_metadata(json!({ "episode": 42 }));
    let body = json!({
        "prompt": "Hello", "voice": "sage", "model": "tts-1-hd", "folder": "shows", "metadata": { "episode": 42 },
    });
    check(&speech, "speech", &body);
}

#[test]
fn bodies_of_other_clients_are_read() {
    let read = |body: Value| serde_json::from_value::<VideoRequest>(body);
    for duration in [json!(6), json!("6"), json!("06")] {
        let request = read(json!({ "prompt": "Rain", "duration": duration })).unwrap();
        assert_eq!(request.duration, Some(ClipSeconds::SIX), "{duration}");
    }
    for duration in [json!("six"), json!(-6), json!(6.5), json!("+6"), json!(""), json!([6]), json!("99999999999")] {
        let error = read(json!({ "prompt": "Rain", "duration": duration })).unwrap_err().to_string();
        assert!(error.contains("whole seconds, such as 8"), "{duration}: {error}");
    }
    // JavaScript writes `null` for what was left out, and may add what is not known here.
    let nulls =
        json!({ "prompt": "Rain", "duration": null, "reference_images": null, "metadata": null, "write_key": "k" });
    assert_eq!(read(nulls).unwrap(), VideoRequest::new("Rain"));
    let streamed = json!({ "prompt": "Hi", "messages": null, "max_tokens": null, "stream": true });
    assert_eq!(serde_json::from_value::<TextRequest>(streamed).unwrap(), TextRequest::new("Hi"));
    let image = json!({ "prompt": "A", "size": "1024x1024", "aspect_ratio": "16:9", "reference_images": [] });
    let expected = ImageRequest::new("A").with_size(ImageSize::SQUARE_1024).with_aspect_ratio(AspectRatio::WIDE);
    assert_eq!(serde_json::from_value::<ImageRequest>(image).unwrap(), expected);
}

#[test]
fn a_body_that_makes_no_sense_is_refused_in_words() {
    let wrong = |body: Value| serde_json::from_value::<Request>(body).unwrap_err().to_string();
    let cases = [
        (json!({ "kind": "image" }), "missing field `prompt`"),
        (json!({ "kind": "image", "prompt": "A", "size": "1024" }), "size `1024` is not width and height"),
        (json!({ "kind": "image", "prompt": "A", "quality": "ultra" }), "expected `standard` or `hd`"),
        (json!({ "kind": "video", "prompt": "A", "resolution": "720" }), "lines and a p, such as 720p"),
        (json!({ "kind": "text", "messages": [{ "role": "system", "content": "A" }] }), "`user` or `assistant`"),
        (json!({ "kind": "extend", "prompt": "A" }), "missing field `media_id`"),
        (json!({ "kind": "song", "prompt": "A" }), "unknown variant `song`"),
    ];
    for (body, expected) in cases {
        let error = wrong(body);
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn the_texts_of_a_request_are_its_prompt_or_its_messages() {
    assert_eq!(TextRequest::new("Hi").texts().collect::<Vec<_>>(), ["Hi"]);
    let chat = TextRequest::chat([Message::user("a"), Message::assistant("b")]);
    assert_eq!(chat.texts().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(RequestRef::from(&chat).model(), None);
}
