//! How long an estimate takes: at most 2 µs for a prompt of 500 characters.

use std::hint::black_box;
use std::time::Duration;

use cosmic_ai_core::{Registry, Request, SpeechRequest, TextRequest, VideoRequest};
use cosmic_ai_pricing::Estimator;
use criterion::{Criterion, criterion_group, criterion_main};

const SENTENCE: &str =
    "Write a product description for a hand-made coffee mug that keeps its heat; 3 short paragraphs. ";

fn estimate(criterion: &mut Criterion) {
    let prompt: String = SENTENCE.chars().cycle().take(500).collect();
    let cases: [(&str, Request); 4] = [
        ("text", TextRequest::new(&prompt).with_max_tokens(500).into()),
        ("text with an assumed tier", TextRequest::new(&prompt).with_model("gpt-5.2-codex").into()),
        ("video", VideoRequest::new(&prompt).into()),
        ("speech", SpeechRequest::new(&prompt).into()),
    ];
    let estimator = Estimator::new(Registry::built_in());
    let mut group = criterion.benchmark_group("estimate of 500 characters");
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    for (case, request) in &cases {
        group.bench_function(*case, |bencher| bencher.iter(|| estimator.estimate(black_box(request))));
    }
    group.finish();
}

criterion_group!(benches, estimate);
criterion_main!(benches);
