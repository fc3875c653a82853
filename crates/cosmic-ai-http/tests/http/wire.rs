//! Requests as they go over the wire.

use cosmic_ai_core::{
    AspectRatio, Call, ClipSeconds, ExtensionRequest, ImageGenerator as _, ImageRequest, ImageSize, Message,
    Resolution, SpeechGenerator as _, SpeechRequest, TextGenerator as _, TextRequest, VideoGenerator as _,
    VideoRequest, Voice,
};
use cosmic_ai_http::{Environment, HttpBackend, HttpBackendBuilder};
use cosmic_ai_testkit::server::{FaultServer, Reply, Script, SeenRequest};
use serde_json::{Value, json};

use super::ask::{Ask, ask};
use super::setup::{WRITE_KEY, backend, builder};

const MEDIUM: &str = r#"{"media":{"id":"m1","url":"https://x.invalid/","type":"image/png"}}"#;

async fn server() -> FaultServer {
    let script =
        Script::new().then_times(20, Reply::json(200, r#"{"text":"x","media":{"id":"m1","url":"u","type":"t"}}"#));
    FaultServer::start(script).await
}

fn last(server: &FaultServer) -> SeenRequest {
    server.requests().pop().unwrap()
}

#[tokio::test]
async fn each_call_goes_to_its_route_with_the_key() {
    let server = server().await;
    let backend = builder(&server.url()).with_header("x-team", "blue").build().unwrap();
    for (kind, path) in [
        (Ask::Text, "text"),
        (Ask::Stream, "text"),
        (Ask::Image, "image"),
        (Ask::Video, "video"),
        (Ask::Extend, "video/extend"),
        (Ask::Speech, "audio"),
    ] {
        ask(&backend, &Call::new(), kind, None).await.unwrap();
        let request = last(&server);
        assert_eq!(request.method, "POST");
        assert_eq!(request.target, format!("/v3/buckets/test-bucket/ai/{path}"));
        let bearer = format!("Bearer {WRITE_KEY}");
        for (name, value) in
            [("authorization", bearer.as_str()), ("content-type", "application/json"), ("x-team", "blue")]
        {
            let values: Vec<&str> =
                request.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect();
            assert_eq!(values, [value], "{name}");
        }
        assert!(request.header("user-agent").unwrap().starts_with("cosmic-ai-rust/"));
        let length = request.body.len().to_string();
        assert_eq!(request.header("content-length"), Some(length.as_str()));
        assert_eq!(request.json().get("stream"), (kind == Ask::Stream).then_some(&json!(true)));
    }
}

#[tokio::test]
async fn bodies_are_what_the_api_documents() {
    let server = server().await;
    let backend = backend(&server.url());
    let call = Call::new();
    let id = json!({ "cosmic_ai_operation_id": call.operation_id() });
    let check = |expected: Value| assert_eq!(last(&server).json(), expected);

    backend.generate_text(&call, &TextRequest::new("Hi").with_max_tokens(9)).await.unwrap();
    check(json!({ "prompt": "Hi", "max_tokens": 9 }));
    let chat = TextRequest::chat([Message::user("Hi"), Message::assistant("Yes?"), Message::user("Who?")])
        .with_model("claude-opus-4.8")
        .with_media_url("https://x.invalid/a.pdf");
    backend.stream_text(&call, &chat).await.unwrap();
    check(json!({
        "messages": [
            { "role": "user", "content": "Hi" },
            { "role": "assistant", "content": "Yes?" },
            { "role": "user", "content": "Who?" },
        ],
        "model": "claude-opus-4-8", "media_url": "https://x.invalid/a.pdf", "stream": true,
    }));
    let image = ImageRequest::new("A lake")
        .with_size(ImageSize::SQUARE_2048)
        .with_aspect_ratio(AspectRatio::WIDE)
        .with_reference_image("https://x.invalid/a.png")
        .with_folder("lakes")
        .with_alt_text("Lake");
    backend.generate_image(&call, &image).await.unwrap();
    check(json!({
        "prompt": "A lake", "size": "2048x2048", "aspect_ratio": "16:9", "folder": "lakes", "alt_text": "Lake",
        "reference_images": ["https://x.invalid/a.png"], "metadata": id,
    }));
    let video = VideoRequest::new("It turns")
        .with_duration(ClipSeconds::SIX)
        .with_resolution(Resolution::P1080)
        .with_metadata(json!({ "project": 7, "cosmic_ai_operation_id_of_mine": "kept" }));
    backend.generate_video(&call, &video).await.unwrap();
    check(json!({
        "prompt": "It turns", "duration": 6, "resolution": "1080p",
        "metadata": {
            "project": 7, "cosmic_ai_operation_id_of_mine": "kept", "cosmic_ai_operation_id": call.operation_id(),
        },
    }));
    backend.extend_video(&call, &ExtensionRequest::new("m1", "On").with_folder("clips")).await.unwrap();
    check(json!({ "media_id": "m1", "prompt": "On", "folder": "clips", "metadata": id }));
    backend.generate_speech(&call, &SpeechRequest::new("Hello").with_voice(Voice::SAGE)).await.unwrap();
    check(json!({ "prompt": "Hello", "voice": "sage", "metadata": id }));
}

#[tokio::test]
async fn the_key_of_operations_is_configurable_and_can_be_off() {
    let call = Call::new();
    for (set, expected) in [
        (
            (|builder| builder.with_operation_key("job")) as fn(HttpBackendBuilder) -> HttpBackendBuilder,
            json!({ "prompt": "A red bicycle", "metadata": { "job": call.operation_id() } }),
        ),
        (HttpBackendBuilder::without_operation_key, json!({ "prompt": "A red bicycle" })),
    ] {
        let server = FaultServer::start(Reply::json(200, MEDIUM)).await;
        let backend = set(builder(&server.url())).build().unwrap();
        ask(&backend, &call, Ask::Image, None).await.unwrap();
        assert_eq!(last(&server).json(), expected);
    }
}

#[tokio::test]
async fn own_headers_cannot_replace_the_key() {
    let server = server().await;
    let backend = builder(&server.url()).with_header("Authorization", "Basic mine").build().unwrap();
    ask(&backend, &Call::new(), Ask::Text, None).await.unwrap();
    assert_eq!(last(&server).header("authorization"), Some(format!("Bearer {WRITE_KEY}").as_str()));
}

#[tokio::test]
async fn the_user_agent_is_the_applications_if_it_has_one() {
    let server = server().await;
    let backend = builder(&server.url()).with_user_agent("shop/1.2").build().unwrap();
    ask(&backend, &Call::new(), Ask::Text, None).await.unwrap();
    assert_eq!(last(&server).header("user-agent"), Some("shop/1.2"));
}

#[tokio::test]
async fn slugs_and_base_urls_of_any_shape_make_routes() {
    let server = server().await;
    for (base, slug, expected) in [
        ("/v3", "plain", "/v3/buckets/plain/ai/text"),
        ("/v3/", "plain", "/v3/buckets/plain/ai/text"),
        ("", "plain", "/buckets/plain/ai/text"),
        ("/a/b/v3?x=1#y", "plain", "/a/b/v3/buckets/plain/ai/text"),
        ("/v3", "a/../b ü", "/v3/buckets/a%2F..%2Fb%20%C3%BC/ai/text"),
    ] {
        super::spans::route();
        let base = format!("{}{base}", server.url());
        let environment = Environment::custom(&base, &base);
        let backend = HttpBackend::builder(slug, WRITE_KEY).with_environment(environment).build().unwrap();
        ask(&backend, &Call::new(), Ask::Text, None).await.unwrap();
        assert_eq!(last(&server).target, expected);
    }
}

#[tokio::test]
async fn what_is_invalid_is_not_sent() {
    let server = server().await;
    let error = backend(&server.url()).generate_image(&Call::new(), &ImageRequest::new(" ")).await.unwrap_err();
    assert!(error.operation_id().is_some());
    assert_eq!(server.connections(), 0);
}
