//! Rules of generators and library together: what is made is there.

use cosmic_ai_core::{
    Call, ClipSeconds, Generators, ImageRequest, Media, MediaLibrary, MediaQuery, SpeechRequest, VideoRequest,
};

use super::library::is_not_found;
use super::report::{Checks, Verdict, ensure};

pub(super) async fn run(checks: &mut Checks, generators: &Generators, library: &dyn MediaLibrary) {
    if let Some(generator) = &generators.image {
        let image = async {
            let call = Call::new();
            let made = generator.generate_image(&call, &ImageRequest::new("A red bicycle")).await?;
            is_stored(library, &call, &made.media).await
        };
        checks.run("image/is-in-the-library", image).await;
    }
    if let Some(generator) = &generators.video {
        let clip = async {
            let call = Call::new();
            let request = VideoRequest::new("A ball rolls away").with_duration(ClipSeconds::FOUR);
            let made = generator.generate_video(&call, &request).await?;
            is_stored(library, &call, &made.media).await
        };
        checks.run("video/is-in-the-library", clip).await;
    }
    if let Some(generator) = &generators.speech {
        let recording = async {
            let call = Call::new();
            let made = generator.generate_speech(&call, &SpeechRequest::new("Good morning.")).await?;
            is_stored(library, &call, &made.media).await
        };
        checks.run("speech/is-in-the-library", recording).await;
    }
}

async fn is_stored(library: &dyn MediaLibrary, call: &Call, made: &Media) -> Verdict {
    let got = library.get(&made.id).await?;
    ensure!(got.id == made.id && got.url == made.url, "made was {made:?}, stored is {got:?}");
    let bytes = library.open(made).await?.collect().await?;
    ensure!(!bytes.is_empty(), "it has no bytes");
    if let Some(size) = made.size {
        ensure!(size == bytes.len() as u64, "the size is {size}, there are {} bytes", bytes.len());
    }
    let page = library.find(&MediaQuery::all().with_operation(call.operation_id().clone())).await?;
    let is_it = matches!(page.media.as_slice(), [found] if found.id == made.id);
    ensure!(is_it, "{} was made, found by its operation was {page:?}", made.id);
    library.delete(&made.id).await?;
    match library.get(&made.id).await {
        Ok(_) => Err("it is still described after it was deleted".to_owned().into()),
        Err(error) => is_not_found(&error),
    }
}
