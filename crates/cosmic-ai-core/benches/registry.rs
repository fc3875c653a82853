//! How long a look-up takes: at most 100 ns, by whatever name. That it does not allocate is a test.

use std::hint::black_box;
use std::time::Duration;

use cosmic_ai_core::{Registry, TextRequest};
use criterion::{Criterion, criterion_group, criterion_main};

fn look_up(criterion: &mut Criterion) {
    let registry = Registry::built_in();
    let overlay = "[[text]]\nid = \"gpt-5\"\ntier = \"Budget\"";
    let overlaid = registry.with_overlay(overlay, "bench.toml").unwrap_or_else(|error| unreachable!("{error}"));
    let mut group = criterion.benchmark_group("registry");
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    let names = [
        ("id", "claude-opus-4-8"),
        ("alias", "claude-opus-4.8"),
        ("display name", "Claude Opus 4.8"),
        ("longest id", "gemini-3.1-flash-image-preview"),
        ("miss", "claude-sonnet-4-5-20250928"),
    ];
    for (case, name) in names {
        group.bench_function(case, |bencher| bencher.iter(|| registry.find(black_box(name))));
    }
    group.bench_function("overlaid", |bencher| bencher.iter(|| overlaid.find(black_box("claude-opus-4-8"))));
    let request = TextRequest::new("Write a product description").with_model("Claude Opus 4.8").with_max_tokens(500);
    group.bench_function("check", |bencher| bencher.iter(|| registry.check(black_box(&request)).is_ok()));
    group.finish();
}

criterion_group!(benches, look_up);
criterion_main!(benches);
