//! The examples that speak HTTP, against the API's stub: what they print is for people, what they do is tested here.

use cosmic_ai::http::{Environment, HttpBackend};
use cosmic_ai::mock::MockBackend;
use cosmic_ai::{Client, ClipSeconds, ImageRequest, OperationId, SpeechRequest, TextRequest, Upload, VideoRequest};
use cosmic_ai_testkit::stub::CosmicStub;

#[path = "../../../examples/stream_text.rs"]
#[expect(dead_code, reason = "its `main` takes the client from the environment")]
mod stream_text;
#[path = "../../../examples/video_with_recovery.rs"]
#[expect(dead_code, reason = "its `main` takes the client from the environment")]
mod video_with_recovery;

fn client(stub: &CosmicStub) -> Client {
    let backend = HttpBackend::builder(stub.bucket(), stub.write_key())
        .with_read_key(stub.read_key())
        .with_environment(Environment::custom(stub.base_url(), stub.base_url()))
        .build()
        .unwrap();
    Client::new(backend)
}

#[tokio::test]
async fn stream_text_reads_one_answer_in_each_way() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    stream_text::run(&client(&stub)).await.unwrap();
    assert_eq!(stub.requests().len(), 2);
}

#[tokio::test]
async fn a_clip_whose_answer_is_lost_is_found_and_not_paid_for_again() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    stub.lose_answers(1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    let operation: OperationId = "job-7".parse().unwrap();
    video_with_recovery::run(&client(&stub), operation, path.to_str().unwrap()).await.unwrap();

    let paid = stub.requests().into_iter().filter(|request| request.method == "POST").count();
    assert_eq!(paid, 1);
    assert_eq!(std::fs::read(&path).unwrap().get(4..8), Some(b"ftyp".as_slice()));
}

#[tokio::test]
async fn a_job_that_is_run_twice_is_paid_for_once() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let folder = tempfile::tempdir().unwrap();
    for name in ["one.mp4", "two.mp4"] {
        let path = folder.path().join(name);
        let operation: OperationId = "job-7".parse().unwrap();
        video_with_recovery::run(&client(&stub), operation, path.to_str().unwrap()).await.unwrap();
    }
    let paid = stub.requests().into_iter().filter(|request| request.method == "POST").count();
    assert_eq!(paid, 1);
    let bytes = |name| std::fs::read(folder.path().join(name)).unwrap();
    assert_eq!(bytes("one.mp4"), bytes("two.mp4"));
}

#[tokio::test]
async fn a_local_picture_becomes_a_reference() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let client = client(&stub);
    let picture = client.upload(Upload::new("mug.png", "image/png", b"\x89PNG\r\n\x1a\n".to_vec())).await.unwrap();
    let film = VideoRequest::new("The mug turns").with_duration(ClipSeconds::FOUR).with_first_frame(&picture.url);
    client.generate_video(&film).await.unwrap();
    let sent = stub.requests().pop().unwrap();
    assert!(String::from_utf8(sent.body.clone()).unwrap().contains(&picture.url));
}

#[tokio::test]
async fn a_clip_whose_answer_comes_is_saved_at_once() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    video_with_recovery::run(&client(&stub), OperationId::mint(), path.to_str().unwrap()).await.unwrap();
    assert!(path.exists());
}

#[tokio::test]
async fn over_http_the_same_request_gives_the_same_bytes_and_charges() {
    let stub = CosmicStub::start(MockBackend::builder().with_seed(7).build()).await;
    let (over_http, direct) = (client(&stub), Client::new(MockBackend::builder().with_seed(7).build()));
    let bytes = async |client: &Client, media| {
        let library = client.generators().library.clone().unwrap();
        library.open(media).await.unwrap().collect().await.unwrap()
    };

    let ask = TextRequest::new("Name three colours").with_max_tokens(40);
    let (one, other) = (over_http.generate_text(&ask).await.unwrap(), direct.generate_text(&ask).await.unwrap());
    assert_eq!((&one.text, one.usage), (&other.text, other.usage));

    let picture = ImageRequest::new("A lake");
    let (one, other) =
        (over_http.generate_image(&picture).await.unwrap(), direct.generate_image(&picture).await.unwrap());
    assert_eq!(bytes(&over_http, &one.media).await, bytes(&direct, &other.media).await);
    assert_eq!(over_http.cost(&picture, one.usage.as_ref()), direct.cost(&picture, other.usage.as_ref()));

    let film = VideoRequest::new("Waves").with_duration(ClipSeconds::FOUR);
    let (one, other) = (over_http.generate_video(&film).await.unwrap(), direct.generate_video(&film).await.unwrap());
    assert_eq!(bytes(&over_http, &one.media).await, bytes(&direct, &other.media).await);
    assert_eq!(over_http.cost(&film, one.usage.as_ref()), direct.cost(&film, other.usage.as_ref()));

    let words = SpeechRequest::new("Good morning.");
    let (one, other) =
        (over_http.generate_speech(&words).await.unwrap(), direct.generate_speech(&words).await.unwrap());
    assert_eq!(bytes(&over_http, &one.media).await, bytes(&direct, &other.media).await);
    assert_eq!(over_http.cost(&words, one.usage.as_ref()), direct.cost(&words, other.usage.as_ref()));
}
