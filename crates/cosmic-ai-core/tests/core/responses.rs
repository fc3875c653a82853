//! Every documented shape of an answer is read; what is not understood is kept or left open, and never costs an answer.

use std::time::Duration;

use cosmic_ai_core::{
    ImageResponse, Media, MediaId, ModelId, SpeechResponse, TextResponse, Tokens, Usage, VideoResponse,
};
use serde_json::{Value, json};

fn media_of(body: Value) -> Media {
    serde_json::from_value(body).unwrap()
}

fn media_body(kind: &str) -> Value {
    json!({ "id": "not-hex-g7", "url": "https://cdn.example.com/a", "type": kind })
}

#[test]
fn a_medium_needs_only_id_url_and_type() {
    let media = media_of(media_body("image/png"));
    assert_eq!(media, Media::new("not-hex-g7", "https://cdn.example.com/a", "image/png"));
    for missing in ["id", "url", "type"] {
        let mut body = media_body("image/png");
        body.as_object_mut().unwrap().remove(missing);
        let error = serde_json::from_value::<Media>(body).unwrap_err().to_string();
        assert_eq!(error, format!("missing field `{missing}`"));
    }
}

#[test]
fn a_whole_medium_is_read_and_written_field_by_field() {
    let body = json!({
        "id": "65f3", "name": "veo-1.mp4", "original_name": "veo.mp4", "size": 8_450_000, "type": "video/mp4",
        "bucket": "65a1", "created_at": "2026-02-21T15:30:00.000Z", "created_by": "someone",
        "modified_at": "2026-02-22T15:30:00.000Z", "modified_by": "other", "folder": "films",
        "url": "https://cdn.example.com/veo-1.mp4", "imgix_url": "https://imgix.example.com/veo-1.mp4",
        "width": 1280, "height": 720, "alt_text": "Rain", "metadata": { "duration": 8, "nested": { "a": [1, null] } },
        "location": "somewhere", "blurhash": { "of": "a newer API" },
    });
    let media = media_of(body.clone());
    assert_eq!(serde_json::to_value(&media).unwrap(), body);
    assert_eq!((media.size, media.width, media.height), (Some(8_450_000), Some(1_280), Some(720)));
    assert_eq!(media.metadata_value("duration"), Some(&json!(8)));
    assert_eq!(media.extra.keys().collect::<Vec<_>>(), ["blurhash", "location"]);
    assert_eq!(media.folder.as_deref(), Some("films"));
}

#[test]
fn nulls_and_other_shapes_of_details_read_as_nothing() {
    let details =
        ["name", "original_name", "size", "bucket", "created_at", "created_by", "modified_by", "width", "alt_text"];
    for detail in details {
        for value in [json!(null), json!({ "id": "x" }), json!([1])] {
            let mut body = media_body("image/png");
            body[detail] = value;
            assert_eq!(media_of(body.clone()), media_of(media_body("image/png")), "{body}");
        }
    }
    for value in [json!(null), json!([]), json!([1]), json!("a"), json!({})] {
        let mut body = media_body("audio/mpeg");
        body["metadata"] = value;
        assert!(media_of(body).metadata.is_empty());
    }
    let mut body = media_body("audio/mpeg");
    body["folder"] = json!(null);
    assert_eq!(
        serde_json::to_value(media_of(body.clone())).unwrap(),
        body,
        "the top of the library is written as null"
    );
}

#[test]
fn usage_is_read_where_it_has_its_shape_and_unknown_elsewhere() {
    let two = Some(Usage::new(10_u32, 89_u32));
    let cases = [
        (json!({ "input_tokens": 10, "output_tokens": 89 }), two),
        (json!({ "input_tokens": 10, "output_tokens": 89, "cached": true }), two),
        (json!({ "input_tokens": 10, "output_tokens": 89, "total_tokens": null }), two),
        (json!({ "input_tokens": 10, "output_tokens": 89, "total_tokens": "many" }), two),
        (json!({ "input_tokens": 10, "output_tokens": 89, "total_tokens": "99" }), two.map(Usage::with_total)),
        (json!({ "input_tokens": 10, "output_tokens": 89, "total_tokens": 99 }), two.map(Usage::with_total)),
        (json!({ "input_tokens": "10", "output_tokens": 89.0 }), two),
        (json!({ "input_tokens": 10.0, "output_tokens": "89", "total_tokens": 99.0 }), two.map(Usage::with_total)),
        (json!({ "input_tokens": u64::MAX, "output_tokens": "0" }), Some(Usage::new(u64::MAX, 0_u32))),
        (json!({ "input_tokens": 10 }), None),
        (json!({ "output_tokens": 89 }), None),
        (json!({ "total_tokens": 5 }), None),
        (json!({ "input_tokens": null, "output_tokens": 89 }), None),
        (json!({ "input_tokens": 1e300, "output_tokens": 89 }), None),
        (json!({ "input_tokens": "-1", "output_tokens": 89 }), None),
        (json!({ "input_tokens": "1,000", "output_tokens": 89 }), None),
        (json!({ "input_tokens": "", "output_tokens": 89 }), None),
        (json!({ "input_tokens": -1, "output_tokens": 89 }), None),
        (json!({ "input_tokens": 1.5, "output_tokens": 89 }), None),
        (json!(null), None),
        (json!([]), None),
        (json!("10"), None),
    ];
    for (usage, expected) in cases {
        // What cannot be read is kept as it came, so that it is also written as it came.
        let kept = (expected.is_none() && !usage.is_null()).then_some(&usage);
        let body = json!({ "text": "Hi", "usage": usage, "new": 1 });
        let text: TextResponse = serde_json::from_str(&body.to_string()).unwrap();
        assert_eq!((text.usage, text.extra.get("usage")), (expected, kept), "{usage}");
        assert_eq!(text.extra["new"], 1);
        if kept.is_some() {
            assert_eq!(serde_json::to_value(&text).unwrap(), body);
            let replaced = text.with_usage(Usage::new(1_u32, 1_u32));
            assert_eq!(replaced.extra.get("usage"), None, "one usage, not two");
        }
        let mut media = media_body("video/mp4");
        media["folder"] = json!("films");
        let body = json!({ "media": media, "usage": usage });
        let video: VideoResponse = serde_json::from_value(body.clone()).unwrap();
        assert_eq!((video.usage, video.extra.get("usage")), (expected, kept), "{usage}");
        let speech: SpeechResponse = serde_json::from_value(body.clone()).unwrap();
        assert_eq!((speech.usage, speech.extra.get("usage")), (expected, kept), "{usage}");
        let image: ImageResponse = serde_json::from_value(body.clone()).unwrap();
        assert_eq!((image.usage, image.extra.get("usage")), (expected, kept), "{usage}");
        if kept.is_some() {
            let written = [serde_json::to_value(video), serde_json::to_value(speech), serde_json::to_value(image)];
            assert_eq!(written.map(Result::unwrap), [body.clone(), body.clone(), body]);
        }
    }
    let without: TextResponse = serde_json::from_value(json!({ "text": "" })).unwrap();
    assert_eq!(without.usage, None);
    assert_eq!(Usage::new(u64::MAX, 1_u32).with_total().total_tokens, None, "a sum that overflows is not reported");
}

#[test]
fn text_keeps_its_model_and_what_is_new() {
    let body = json!({
        "text": "A mug", "usage": { "input_tokens": 10, "output_tokens": 89 }, "model": "claude-opus-4-8",
        "stop_reason": "end_turn",
    });
    let response: TextResponse = serde_json::from_value(body.clone()).unwrap();
    assert_eq!(serde_json::to_value(&response).unwrap(), body);
    assert_eq!(response.model.as_ref().map(ModelId::as_str), Some("claude-opus-4-8"));
    assert_eq!(response.extra["stop_reason"], "end_turn");
    assert!(serde_json::from_value::<TextResponse>(json!({ "usage": null })).is_err(), "an answer has text");
}

#[test]
fn text_is_read_by_keys_in_any_order_and_spelling_each_at_most_once() {
    let read = |body: &str| serde_json::from_str::<TextResponse>(body);
    let response = read(r#"{ "id": 1, "model": 7, "us\u0061ge": null, "te\u0078t": "A \u006dug", "id": 2 }"#).unwrap();
    assert_eq!((response.text.as_str(), response.usage, response.model), ("A mug", None, None));
    assert_eq!(serde_json::Value::Object(response.extra), json!({ "id": 2 }));
    for (body, reason) in [
        (r#"{ "text": "one", "text": "other" }"#, "duplicate field `text`"),
        (r#"{ "text": "", "usage": null, "usage": null }"#, "duplicate field `usage`"),
        (r#"{ "text": null }"#, "invalid type: null"),
        (r#"{ "model": "m" }"#, "missing field `text`"),
        (r#"["text"]"#, "invalid type: sequence"),
        (r#"{ "text": "cut o"#, "EOF"),
    ] {
        let error = read(body).unwrap_err().to_string();
        assert!(error.contains(reason), "{body}: {error}");
    }
}

#[test]
fn an_image_has_its_revised_prompt_and_no_usage() {
    let mut media = media_body("image/png");
    media["folder"] = json!("lakes");
    let body = json!({ "media": media, "revised_prompt": "A calm lake" });
    let response: ImageResponse = serde_json::from_value(body.clone()).unwrap();
    assert_eq!((response.revised_prompt.as_deref(), response.usage), (Some("A calm lake"), None));
    assert_eq!(serde_json::to_value(&response).unwrap(), body);
}

#[test]
fn a_clip_has_the_time_it_took() {
    let with_time = |time: Value| {
        let mut media = media_body("video/mp4");
        media["folder"] = json!(null);
        json!({ "media": media, "generation_time_seconds": time })
    };
    for (time, expected) in [(json!(45), Duration::from_secs(45)), (json!(45.5), Duration::from_millis(45_500))] {
        let response: VideoResponse = serde_json::from_value(with_time(time.clone())).unwrap();
        assert_eq!(response.generation_time, Some(expected));
        assert_eq!(serde_json::to_value(&response).unwrap(), with_time(time), "whole seconds stay whole");
    }
    let whole: VideoResponse = serde_json::from_value(with_time(json!(45.0))).unwrap();
    assert_eq!(serde_json::to_value(&whole).unwrap()["generation_time_seconds"], json!(45));
    for odd in [json!(null), json!("45"), json!(-1), json!(1e300), json!({})] {
        let response: VideoResponse = serde_json::from_value(with_time(odd.clone())).unwrap();
        assert_eq!(response.generation_time, None, "{odd}");
    }
}

#[test]
fn an_extension_names_its_source() {
    let mut media = media_body("video/mp4");
    media["folder"] = json!(null);
    media["metadata"] = json!({ "is_extension": true, "source_media_id": "65f8", "veo_file_uri": "https://v/1" });
    let usage = json!({ "input_tokens": 0, "output_tokens": 288_000, "total_tokens": 288_000 });
    let body = json!({
        "media": media, "usage": usage, "generation_time_seconds": 60, "source_media_id": "65f8", "is_extension": true,
        "queue": "fast",
    });
    let response: VideoResponse = serde_json::from_value(body.clone()).unwrap();
    assert_eq!(response.source_media_id.as_ref().map(MediaId::as_str), Some("65f8"));
    assert!(response.is_extension);
    assert_eq!(serde_json::to_value(&response).unwrap(), body);
    for odd in [json!(null), json!("yes"), json!(false)] {
        let body = json!({ "media": media_body("video/mp4"), "is_extension": odd, "source_media_id": null });
        assert!(!serde_json::from_value::<VideoResponse>(body).unwrap().is_extension);
    }
    let plain = serde_json::to_value(VideoResponse::new(media_of(media_body("video/mp4")))).unwrap();
    assert!(plain.get("is_extension").is_none(), "only extensions say so: {plain}");
}

#[test]
fn speech_has_its_characters_and_pieces() {
    let mut media = media_body("audio/mpeg");
    media["folder"] = json!(null);
    media["metadata"] = json!({
        "prompt": "Welcome...", "model": "tts-1", "voice": "nova", "duration_estimate": "1 min", "char_count": 82,
        "chunk_count": 1,
    });
    let usage = json!({ "input_tokens": 21, "output_tokens": 3_600, "total_tokens": 3_621 });
    let body = json!({ "media": media, "usage": usage });
    let response: SpeechResponse = serde_json::from_value(body.clone()).unwrap();
    assert_eq!(response.usage.and_then(|usage| usage.total_tokens), Some(Tokens(3_621)));
    assert_eq!(response.media.metadata_value("char_count"), Some(&json!(82)));
    assert_eq!(serde_json::to_value(&response).unwrap(), body);
}
