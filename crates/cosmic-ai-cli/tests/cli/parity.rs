//! The library and the command line give the same bytes and charges for the same request and seed.

use cosmic_ai::mock::MockBackend;
use cosmic_ai::{
    Client, ClipSeconds, ExtensionRequest, ImageRequest, ImageSize, Media, RequestRef, SpeechRequest, TextRequest,
    Usage, VideoRequest, Voice,
};
use cosmic_ai_testkit::stub::CosmicStub;
use serde_json::{Value, json};

use crate::rig::{Serving, User};

/// What a call of the library is charged, as the command line says it.
fn charged<'r>(client: &Client, request: impl Into<RequestRef<'r>>, usage: Option<&Usage>) -> Value {
    let charge = client.cost(request, usage).charge().unwrap();
    json!({ "input_tokens": charge.input, "output_tokens": charge.output, "total_tokens": charge.total() })
}

async fn bytes(client: &Client, media: &Media) -> Vec<u8> {
    client.generators().library.clone().unwrap().open(media).await.unwrap().collect().await.unwrap().to_vec()
}

/// Whether the clip that goes on was the same one, by its id too.
async fn check(user: &User, more: &[&str]) -> bool {
    let client = Client::new(MockBackend::builder().with_seed(7).build());
    let run = |arguments: &[&str]| user.run(&[arguments, &["--json", "--yes"], more].concat()).ok().json();

    let text = TextRequest::new("Name three colours").with_max_tokens(40);
    let answer = client.generate_text(&text).await.unwrap();
    let said = run(&["text", "Name three colours", "--max-tokens", "40"]);
    assert_eq!(said["text"], answer.text);
    assert_eq!(said["charge"], charged(&client, &text, answer.usage.as_ref()));
    assert_eq!(said["estimate"], json!(client.estimate(&text).unwrap()));

    let image = ImageRequest::new("A lake").with_size(ImageSize::SQUARE_512);
    let made = client.generate_image(&image).await.unwrap();
    let said = run(&["image", "A lake", "--size", "512x512", "-o", "a.png"]);
    assert_eq!(std::fs::read(user.path("a.png")).unwrap(), bytes(&client, &made.media).await);
    assert_eq!(said["charge"], charged(&client, &image, made.usage.as_ref()));
    assert_eq!(said["estimate"], json!(client.estimate(&image).unwrap()));

    let video = VideoRequest::new("Waves").with_duration(ClipSeconds::FOUR);
    let made = client.generate_video(&video).await.unwrap();
    let said = run(&["video", "Waves", "--duration", "4", "-o", "a.mp4"]);
    assert_eq!(std::fs::read(user.path("a.mp4")).unwrap(), bytes(&client, &made.media).await);
    assert_eq!(said["charge"], charged(&client, &video, made.usage.as_ref()));
    assert_eq!(said["estimate"], json!(client.estimate(&video).unwrap()));

    let extension = ExtensionRequest::new(made.media.id.clone(), "The tide turns");
    let made = client.extend_video(&extension).await.unwrap();
    // The clip's id is a part of what is asked for, and not every media library gives it the same.
    let id = said["media"]["id"].as_str().unwrap().to_owned();
    let is_the_same = id == extension.media_id.as_str();
    let said = run(&["extend", &id, "The tide turns", "-o", "b.mp4"]);
    if is_the_same {
        assert_eq!(std::fs::read(user.path("b.mp4")).unwrap(), bytes(&client, &made.media).await);
    }
    assert_eq!(said["charge"], charged(&client, &extension, made.usage.as_ref()));
    assert_eq!(said["estimate"], json!(client.estimate(&extension).unwrap()));

    let speech = SpeechRequest::new("Good morning.").with_voice(Voice::SAGE);
    let made = client.generate_speech(&speech).await.unwrap();
    let said = run(&["speech", "Good morning.", "--voice", "sage", "-o", "a.mp3"]);
    assert_eq!(std::fs::read(user.path("a.mp3")).unwrap(), bytes(&client, &made.media).await);
    assert_eq!(said["charge"], charged(&client, &speech, made.usage.as_ref()));
    assert_eq!(said["estimate"], json!(client.estimate(&speech).unwrap()));
    is_the_same
}

#[tokio::test]
async fn on_the_mock() {
    check(&User::of_mock(), &["--seed", "7"]).await;
}

#[test]
fn through_the_local_server() {
    let user = User::new();
    let server = Serving::start(&user, &["--seed", "7"]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(check(&server.client(), &[]));
    server.stop();
}

#[tokio::test]
async fn over_http() {
    let stub = CosmicStub::start(MockBackend::builder().with_seed(7).build()).await;
    assert!(check(&User::of_stub(&stub), &[]).await);
}
