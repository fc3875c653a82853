//! How long a plan takes to price: at most 1 ms for a hundred requests of a page.

use std::hint::black_box;
use std::time::Duration;

use cosmic_ai_core::{ExtensionRequest, ImageRequest, Registry, Request, SpeechRequest, TextRequest, VideoRequest};
use cosmic_ai_pricing::{Estimator, Plan};
use criterion::{Criterion, criterion_group, criterion_main};

const SENTENCE: &str =
    "Write a product description for a hand-made coffee mug that keeps its heat; 3 short paragraphs. ";

fn plan(criterion: &mut Criterion) {
    let prompt: String = SENTENCE.chars().cycle().take(500).collect();
    let plan = (0..100).fold(Plan::new(), |plan, place| {
        let request: Request = match place % 5 {
            0 => TextRequest::new(&prompt).with_max_tokens(500).into(),
            1 => ImageRequest::new(&prompt).into(),
            2 => VideoRequest::new(&prompt).into(),
            3 => ExtensionRequest::new("clip", &prompt).into(),
            _ => SpeechRequest::new(&prompt).into(),
        };
        plan.with(format!("item {place}"), request)
    });
    let estimator = Estimator::new(Registry::built_in());
    let mut group = criterion.benchmark_group("plan");
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(2));
    group.bench_function("of 100 requests", |bencher| bencher.iter(|| estimator.plan(black_box(&plan))));
    group.finish();
}

criterion_group!(benches, plan);
criterion_main!(benches);
