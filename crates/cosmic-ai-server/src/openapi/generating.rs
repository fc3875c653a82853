//! Descriptions of the calls that generate.

use cosmic_ai::{
    ExtensionRequest, ImageRequest, ImageResponse, SpeechRequest, SpeechResponse, TextRequest, TextResponse,
    VideoRequest, VideoResponse,
};
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::operation::{Access, Operation};
use super::schemas::Schemas;
use super::shapes::TextEvent;

const REFUSED: [u16; 14] = [400, 401, 402, 403, 404, 408, 409, 413, 415, 422, 429, 502, 503, 504];

pub(super) fn text(schemas: &mut Schemas) -> Operation {
    let schema = body::<TextRequest>(
        schemas,
        &[(
            "stream",
            json!({ "type": ["boolean", "null"], "description": "Whether to stream the text as it is written." }),
        )],
    );
    let examples = [
        ("prompt", json!({ "prompt": "Name three colours of the sea", "max_tokens": 100 })),
        (
            "chat",
            json!({
                "messages": [
                    { "role": "user", "content": "What is a mug?" },
                    { "role": "assistant", "content": "A cup with a handle." },
                    { "role": "user", "content": "Of what material?" },
                ],
                "model": "claude-opus-4-8",
                "max_tokens": 500,
            }),
        ),
        ("streamed", json!({ "prompt": "Describe a lighthouse", "max_tokens": 500, "stream": true })),
    ];
    let (whole, event) = (schemas.answer::<TextResponse>(), schemas.answer::<TextEvent>());
    call("generateText", "Writes text")
        .about(
            "Answers in one piece, or with `stream` as server-sent events: each `data` line is one object. Fragments come \
             first, then the usage, then the end. A stream that ends without an end was cut short. A client that goes away \
             cancels its stream.",
        )
        .taking("application/json", &schema, &examples)
        .giving_content(
            200,
            "The text, whole or as events.",
            json!({ "application/json": { "schema": whole }, "text/event-stream": { "schema": event } }),
        )
}

pub(super) fn image(schemas: &mut Schemas) -> Operation {
    let schema = body::<ImageRequest>(schemas, &[]);
    let examples = [
        ("simple", json!({ "prompt": "A mountain lake at dawn" })),
        (
            "wide",
            json!({
                "prompt": "A harbour in the rain",
                "model": "gemini-3-pro-image-preview",
                "size": "2048x2048",
                "aspect_ratio": "16:9",
                "folder": "posters",
                "alt_text": "A harbour",
                "metadata": { "campaign": "spring" },
            }),
        ),
    ];
    call("generateImage", "Makes an image").taking("application/json", &schema, &examples).giving(
        200,
        "The image, stored.",
        &schemas.answer::<ImageResponse>(),
    )
}

pub(super) fn video(schemas: &mut Schemas) -> Operation {
    let schema = body::<VideoRequest>(schemas, &[]);
    let examples = [
        ("simple", json!({ "prompt": "Waves roll onto a beach", "duration": 4 })),
        ("large", json!({ "prompt": "A street at night", "duration": "8", "resolution": "1080p" })),
    ];
    call("generateVideo", "Makes a clip")
        .about("The answer comes when the clip is stored, which may take minutes.")
        .taking("application/json", &schema, &examples)
        .giving(200, "The clip, stored.", &schemas.answer::<VideoResponse>())
}

pub(super) fn extension(schemas: &mut Schemas) -> Operation {
    let schema = body::<ExtensionRequest>(schemas, &[]);
    let examples = [("simple", json!({ "prompt": "The camera rises", "media_id": "65f3a2c8b7d9e1a4" }))];
    call("extendVideo", "Makes a clip that continues another")
        .about("The clip that is continued must be in the library, and made by the same kind of model.")
        .taking("application/json", &schema, &examples)
        .giving(200, "The new clip, stored.", &schemas.answer::<VideoResponse>())
}

pub(super) fn speech(schemas: &mut Schemas) -> Operation {
    let schema = body::<SpeechRequest>(schemas, &[]);
    let examples = [("simple", json!({ "prompt": "Welcome aboard. The ferry leaves at nine.", "voice": "nova" }))];
    call("generateSpeech", "Speaks a text").taking("application/json", &schema, &examples).giving(
        200,
        "The recording, stored.",
        &schemas.answer::<SpeechResponse>(),
    )
}

fn call(id: &str, summary: &str) -> Operation {
    let key = json!({ "type": "string", "minLength": 1, "maxLength": 255 });
    Operation::new("generating", id, summary, Access::WriteOrInBody)
        .in_path("slug", "The bucket.")
        .in_header(
            "Idempotency-Key",
            "Names the call: sent again with the same body, it is answered with what was made, and costs nothing. An answer \
             that was given before has the header `Idempotency-Replayed`.",
            &key,
        )
        .refusing(&REFUSED)
        .saying(
            200,
            "X-Ignored-Fields",
            "The fields of the body that this call does not have, and that were ignored; 16 at most.",
        )
}

/// A request with what every call takes besides.
fn body<T: JsonSchema>(schemas: &mut Schemas, more: &[(&str, Value)]) -> Value {
    let key = json!({ "type": "string", "description": "The write key, in place of the Authorization header." });
    let more = more.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone()));
    let properties: Map<String, Value> = more.chain([("write_key".to_owned(), key)]).collect();
    json!({ "allOf": [schemas.request::<T>(), { "type": "object", "properties": properties }] })
}
