//! Futures can be moved between threads, and requests are taken by value or by reference.

use cosmic_ai::mock::MockBackend;
use cosmic_ai::{
    Call, Client, ExtensionRequest, ImageFormat, ImageRequest, Media, SpeechRequest, TextRequest, TextStream,
    VideoRequest,
};

fn is_send<T: Send>(_: &T) {}

/// Compiles only if every future is `Send`, with requests by value and by reference.
#[test]
fn every_future_is_send() {
    let client = Client::new(MockBackend::new());
    let media = Media::new("id", "https://example.com", "image/png");
    let (text, image) = (TextRequest::new("A"), ImageRequest::new("A"));
    let (video, extension, speech) =
        (VideoRequest::new("A"), ExtensionRequest::new("id", "A"), SpeechRequest::new("A"));
    is_send(&client.generate_text(&text));
    is_send(&client.generate_text(text.clone()));
    is_send(&client.stream_text(&text));
    is_send(&client.stream_text(text.clone()));
    is_send(&client.generate_image(&image));
    is_send(&client.generate_image(image.clone()));
    is_send(&client.generate_video(&video));
    is_send(&client.generate_video(video.clone()));
    is_send(&client.extend_video(&extension));
    is_send(&client.extend_video(extension.clone()));
    is_send(&client.generate_speech(&speech));
    is_send(&client.generate_speech(speech.clone()));
    is_send(&client.with(Call::new()).generate_text(&text));
    is_send(&client.with(Call::new()).stream_text(&text));
    is_send(&client.with(Call::new()).generate_image(&image));
    is_send(&client.with(Call::new()).generate_video(&video));
    is_send(&client.with(Call::new()).extend_video(&extension));
    is_send(&client.with(Call::new()).generate_speech(&speech));
    is_send(&client.save(&media, "file"));
    is_send(&client.save(&media, String::from("file")));
    is_send(&async { client.stream_text(&text).await.unwrap().on_text(|text| print!("{text}")).await });
}

/// Compiles only if these can be held in state that threads share.
#[test]
fn clients_and_streams_go_between_threads() {
    fn is_shareable<T: Send + Sync + 'static>() {}
    fn is_movable<T: Send + 'static>() {}
    is_shareable::<Client>();
    is_shareable::<cosmic_ai::Error>();
    is_movable::<TextStream>();
    is_movable::<cosmic_ai::ByteStream>();
}

#[tokio::test]
async fn a_request_by_value_is_the_request_by_reference() {
    let request = TextRequest::new("Hello");
    let client = Client::new(MockBackend::new());
    let by_reference = client.generate_text(&request).await.unwrap();
    assert_eq!(client.generate_text(request).await.unwrap(), by_reference);
}

#[tokio::test]
async fn clones_of_a_client_work_at_once_on_tasks_of_their_own() {
    let client = Client::new(MockBackend::new());
    let tasks: Vec<_> = (0..50)
        .map(|number| {
            let client = client.clone();
            let request = ImageRequest::new(format!("Picture {number}")).with_format(ImageFormat::Svg);
            tokio::spawn(async move { client.generate_image(request).await })
        })
        .collect();
    let mut ids = std::collections::HashSet::new();
    for task in tasks {
        ids.insert(task.await.unwrap().unwrap().media.id);
    }
    assert_eq!(ids.len(), 50);
}
