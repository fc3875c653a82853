//! An application's tests on the facade without HTTP: the price before, every kind of medium, the charge after.

use cosmic_ai::mock::MockBackend;
use cosmic_ai::{Client, Error, ImageRequest, SpeechRequest, TextRequest, VideoRequest};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let client = Client::new(MockBackend::new());
    let ask = TextRequest::new("Write a product description for a coffee mug").with_max_tokens(500);
    println!("mock-pricing: {}", client.estimate(&ask)?);
    let answer = client.generate_text(&ask).await?;
    assert!(!answer.text.is_empty());
    println!("mock-pricing: {}", client.cost(&ask, answer.usage.as_ref()));

    let image = client.generate_image(ImageRequest::new("A coffee mug")).await?;
    let clip = client.generate_video(VideoRequest::new("A mug that turns")).await?;
    let speech = client.generate_speech(SpeechRequest::new("This mug keeps warm.")).await?;
    for media in [image.media, clip.media, speech.media] {
        assert!(media.size.is_some_and(|size| size > 0), "{media:?}");
    }
    Ok(())
}
