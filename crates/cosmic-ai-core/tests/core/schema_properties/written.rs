//! Any request that may be sent, and any answer that may come, made by the means of the types.

use std::time::Duration;

use cosmic_ai_core::{
    AspectRatio, ClipSeconds, ExtensionRequest, ImageFormat, ImageQuality, ImageRequest, ImageResponse, ImageSize,
    Media, MediaId, Message, ModelId, Resolution, SpeechRequest, SpeechResponse, TextRequest, TextResponse, Tokens,
    Usage, VideoRequest, VideoResponse, Voice,
};
use proptest::option::of as maybe;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn said() -> impl Strategy<Value = String> {
    // ECMA-262, whose patterns those of a schema are, takes a byte order mark for a blank; we do not.
    r"\s{0,2}[^\s\x{feff}]\PC{0,30}"
}

fn model() -> impl Strategy<Value = Option<ModelId>> {
    maybe("[a-z0-9.-]{1,12}".prop_map(ModelId::from))
}

fn folder() -> impl Strategy<Value = Option<String>> {
    maybe("[a-z]{1,8}")
}

fn map() -> impl Strategy<Value = Map<String, Value>> {
    let value = prop_oneof![Just(Value::Null), any::<i64>().prop_map(Value::from), ".{0,5}".prop_map(Value::from)];
    proptest::collection::hash_map("x_[a-z]{1,4}", value, 0..3).prop_map(|fields| fields.into_iter().collect())
}

fn metadata() -> impl Strategy<Value = Option<Value>> {
    maybe(map().prop_map(Value::Object))
}

/// Up to four digits, as far as the schemas go: no service makes more.
fn side() -> std::ops::RangeInclusive<u16> {
    1..=9_999
}

pub(super) fn message() -> impl Strategy<Value = Message> {
    (any::<bool>(), said()).prop_map(|(asks, said)| if asks { Message::user(said) } else { Message::assistant(said) })
}

pub(super) fn text_request() -> impl Strategy<Value = TextRequest> {
    let asked = prop_oneof![
        said().prop_map(TextRequest::new),
        proptest::collection::vec(message(), 1..4).prop_map(TextRequest::chat),
    ];
    (asked, model(), maybe(1..=u32::MAX), maybe(".{0,20}")).prop_map(|(mut request, model, most, url)| {
        (request.model, request.max_tokens, request.media_url) = (model, most, url);
        request
    })
}

pub(super) fn image_request() -> impl Strategy<Value = ImageRequest> {
    let shape = (maybe((side(), side())), maybe((side(), side())), maybe(any::<bool>()), maybe(any::<bool>()));
    let urls = proptest::collection::vec(".{0,20}", 0..4);
    (said(), model(), shape, urls, folder(), maybe(".{0,9}"), metadata()).prop_map(
        |(prompt, model, (size, ratio, hd, svg), urls, folder, alt_text, metadata)| {
            let mut request = ImageRequest::new(prompt);
            request.model = model;
            request.size = size.map(|(width, height)| ImageSize::new(width, height));
            request.aspect_ratio = ratio.map(|(width, height)| AspectRatio::new(width, height));
            request.quality = hd.map(|hd| if hd { ImageQuality::Hd } else { ImageQuality::Standard });
            request.format = svg.map(|svg| if svg { ImageFormat::Svg } else { ImageFormat::Png });
            (request.reference_images, request.folder, request.alt_text) = (urls, folder, alt_text);
            request.metadata = metadata;
            request
        },
    )
}

pub(super) fn video_request() -> impl Strategy<Value = VideoRequest> {
    let frame = proptest::collection::vec(".{0,20}", 0..2);
    (said(), model(), maybe(any::<u32>()), maybe(side()), frame, folder(), metadata()).prop_map(
        |(prompt, model, seconds, lines, frame, folder, metadata)| {
            let mut request = VideoRequest::new(prompt);
            request.model = model;
            request.duration = seconds.map(ClipSeconds::new);
            request.resolution = lines.map(Resolution::from_lines);
            (request.reference_images, request.folder, request.metadata) = (frame, folder, metadata);
            request
        },
    )
}

pub(super) fn extension_request() -> impl Strategy<Value = ExtensionRequest> {
    (".{0,9}", said(), model(), folder(), metadata()).prop_map(|(source, prompt, model, folder, metadata)| {
        let mut request = ExtensionRequest::new(source, prompt);
        (request.model, request.folder, request.metadata) = (model, folder, metadata);
        request
    })
}

pub(super) fn speech_request() -> impl Strategy<Value = SpeechRequest> {
    (said(), maybe("[a-z]{1,8}".prop_map(Voice::from)), model(), folder(), metadata()).prop_map(
        |(prompt, voice, model, folder, metadata)| {
            let mut request = SpeechRequest::new(prompt);
            (request.voice, request.model, request.folder, request.metadata) = (voice, model, folder, metadata);
            request
        },
    )
}

pub(super) fn usage() -> impl Strategy<Value = Usage> {
    (any::<u64>(), any::<u64>(), any::<bool>()).prop_map(|(input, output, total)| {
        let usage = Usage::new(Tokens(input), Tokens(output));
        if total { usage.with_total() } else { usage }
    })
}

pub(super) fn media() -> impl Strategy<Value = Media> {
    let times = (maybe(".{0,24}"), maybe(".{0,9}"), maybe(".{0,24}"), maybe(".{0,9}"));
    let pixels = (maybe(any::<u64>()), maybe(any::<u32>()), maybe(any::<u32>()));
    let names = (maybe(".{0,9}"), maybe(".{0,9}"), maybe(".{0,9}"), maybe(".{0,9}"), maybe(".{0,9}"));
    (".{0,9}", ".{0,20}", "[a-z]{1,5}/[a-z]{1,5}", names, pixels, times, folder(), map(), map()).prop_map(
        |(id, url, kind, names, pixels, times, folder, metadata, extra)| {
            let mut media = Media::new(id, url, kind);
            (media.name, media.original_name, media.bucket, media.imgix_url, media.alt_text) = names;
            (media.size, media.width, media.height) = pixels;
            (media.created_at, media.created_by, media.modified_at, media.modified_by) = times;
            (media.folder, media.metadata, media.extra) = (folder, metadata, extra);
            media
        },
    )
}

pub(super) fn text_response() -> impl Strategy<Value = TextResponse> {
    (any::<String>(), maybe(usage()), model(), map()).prop_map(|(text, usage, model, extra)| {
        let mut response = TextResponse::new(text);
        (response.usage, response.model, response.extra) = (usage, model, extra);
        response
    })
}

pub(super) fn image_response() -> impl Strategy<Value = ImageResponse> {
    (media(), maybe(".{0,20}"), maybe(usage()), map()).prop_map(|(media, prompt, usage, extra)| {
        let mut response = ImageResponse::new(media);
        (response.revised_prompt, response.usage, response.extra) = (prompt, usage, extra);
        response
    })
}

pub(super) fn video_response() -> impl Strategy<Value = VideoResponse> {
    let time = maybe(any::<u32>().prop_map(|milliseconds| Duration::from_millis(milliseconds.into())));
    (media(), maybe(usage()), time, maybe(".{0,9}".prop_map(MediaId::from)), map()).prop_map(
        |(media, usage, time, source, extra)| {
            let mut response = VideoResponse::new(media);
            (response.usage, response.generation_time, response.extra) = (usage, time, extra);
            source.map_or(response.clone(), |source| response.extending(source))
        },
    )
}

pub(super) fn speech_response() -> impl Strategy<Value = SpeechResponse> {
    (media(), maybe(usage()), map()).prop_map(|(media, usage, extra)| {
        let mut response = SpeechResponse::new(media);
        (response.usage, response.extra) = (usage, extra);
        response
    })
}

/// What was not understood is written as it came, and the schema says that it is not as it should be.
#[test]
fn usage_that_could_not_be_read_is_not_as_the_schema_says() {
    let body = json!({ "text": "A", "usage": { "input_tokens": "many" } });
    let response: TextResponse = serde_json::from_value(body.clone()).unwrap();
    let written = serde_json::to_value(response).unwrap();
    assert_eq!(written, body);
    assert!(!super::validator("text-response").is_valid(&written));
}
