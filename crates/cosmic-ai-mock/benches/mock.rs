//! What it costs to make media and text through the public interface, each checked to be what its name says.
//!
//! Targets: an 8 s clip in 1080p and a picture of 1024² 5 ms, one of 4096² 60 ms, a narration of 4,000 characters 20 ms,
//! a text of 500 tokens 50 µs; ten times that in a debug build (`cargo bench --profile dev`). See docs/performance.md.

use std::future::Future;
use std::hint::black_box;
use std::time::Duration;

use cosmic_ai_core::{
    Call, Error, ImageGenerator, ImageRequest, ImageSize, Media, MediaLibrary, Resolution, SpeechGenerator,
    SpeechRequest, TextGenerator, TextRequest, Tokens, VideoGenerator, VideoRequest,
};
use cosmic_ai_mock::MockBackend;
use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::{Builder, Runtime};

/// A sentence as people speak it: 83 characters, 16 words.
const SENTENCE: &str = "The lake lay between mountains, and in the early light nothing moved on it at all. ";

fn runtime() -> Runtime {
    Builder::new_current_thread().build().unwrap_or_else(|error| unreachable!("{error}"))
}

/// Measures how long a medium takes to be made, stored and deleted again, so that memory does not fill.
fn medium<F: Future<Output = Result<Media, Error>>>(
    criterion: &mut Criterion,
    name: &str,
    make: impl Fn(MockBackend, Call) -> F,
) {
    let (runtime, mock) = (runtime(), MockBackend::new());
    criterion.bench_function(name, |bencher| {
        bencher.iter(|| {
            runtime.block_on(async {
                let media = make(mock.clone(), Call::new()).await?;
                mock.delete(&media.id).await?;
                Ok::<_, Error>(black_box(media))
            })
        });
    });
}

fn clips(criterion: &mut Criterion) {
    for (name, resolution) in [("clip 8 s 1080p", Resolution::P1080), ("clip 8 s 720p", Resolution::P720)] {
        medium(criterion, name, |mock, call| async move {
            let request = VideoRequest::new("A kite over the sea").with_resolution(resolution);
            Ok(mock.generate_video(&call, &request).await?.media)
        });
    }
    // Another picture at the end than at the beginning: all of it is coded a second time, as in an extension.
    medium(criterion, "clip 8 s 1080p from a first frame", |mock, call| async move {
        let request = VideoRequest::new("A kite over the sea").with_resolution(Resolution::P1080);
        let request = request.with_first_frame("https://example.com/beach.png");
        Ok(mock.generate_video(&call, &request).await?.media)
    });
}

fn pictures(criterion: &mut Criterion) {
    let sizes = [ImageSize::SQUARE_512, ImageSize::SQUARE_1024, ImageSize::SQUARE_2048, ImageSize::SQUARE_4096];
    for size in sizes {
        medium(criterion, &format!("PNG {size}"), |mock, call| async move {
            let request = ImageRequest::new("A mountain lake").with_size(size);
            Ok(mock.generate_image(&call, &request).await?.media)
        });
    }
}

fn narration(criterion: &mut Criterion) {
    let text: String = SENTENCE.chars().cycle().take(4_000).collect();
    medium(criterion, "narration of 4,000 characters", |mock, call| {
        let request = SpeechRequest::new(&text);
        async move {
            let media = mock.generate_speech(&call, &request).await?.media;
            assert_eq!(media.metadata.get("duration_estimate").and_then(|estimate| estimate.as_str()), Some("6 min"));
            Ok(media)
        }
    });
}

/// Lengths of answers vary with the prompt; one whose answer reaches its bound is looked for first.
fn text(criterion: &mut Criterion) {
    let (runtime, mock) = (runtime(), MockBackend::new());
    let tokens = |request: &TextRequest| {
        let answer = runtime.block_on(mock.generate_text(&Call::new(), request)).ok();
        answer.and_then(|answer| Some(answer.usage?.output_tokens))
    };
    let request = (0..1_000)
        .map(|number| TextRequest::new(format!("{SENTENCE} ({number})")).with_max_tokens(500))
        .find(|request| tokens(request) == Some(Tokens(500)))
        .unwrap_or_else(|| unreachable!("no answer of 500 tokens"));
    criterion.bench_function("text of 500 tokens, whole", |bencher| {
        bencher.iter(|| runtime.block_on(mock.generate_text(&Call::new(), black_box(&request))));
    });
    criterion.bench_function("text of 500 tokens, streamed", |bencher| {
        bencher.iter(|| {
            runtime.block_on(async { mock.stream_text(&Call::new(), black_box(&request)).await?.collect().await })
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(2));
    targets = clips, pictures, narration, text
}
criterion_main!(benches);
