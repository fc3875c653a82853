//! What a meter adds to a call, beside the same call without it: over a ledger in memory, without budgets and with three.

#![allow(clippy::unwrap_used, reason = "a benchmark fails like a test")]

use std::hint::black_box;

use async_trait::async_trait;
use cosmic_ai_core::{Call, Error, TextGenerator, TextRequest, TextResponse, TextStream, Tokens, Usage};
use cosmic_ai_pricing::ledger::MemoryLedger;
use cosmic_ai_pricing::{Budget, Meter, Metered, Scope};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

/// Answers at once.
#[derive(Debug)]
struct Instant;

#[async_trait]
impl TextGenerator for Instant {
    async fn generate_text(&self, _: &Call, _: &TextRequest) -> Result<TextResponse, Error> {
        Ok(TextResponse::new("the answer").with_usage(Usage::new(10_u64, 20_u64)))
    }

    async fn stream_text(&self, call: &Call, request: &TextRequest) -> Result<TextStream, Error> {
        let answer = self.generate_text(call, request).await?;
        Ok(TextStream::new(call.operation_id(), Once(Some(answer))))
    }
}

struct Once(Option<TextResponse>);

impl futures_core::Stream for Once {
    type Item = Result<cosmic_ai_core::TextEvent, Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.take().map(|answer| Ok(cosmic_ai_core::TextEvent::End(answer))))
    }
}

fn calls(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let ask = TextRequest::new("Write a product description for a coffee mug").with_max_tokens(500);
    let lots = Tokens(1_000_000_000_000);
    let plain = || Meter::new(MemoryLedger::new());
    let limited = || {
        let meter = plain().with_budget(Budget::monthly(lots)).with_label("project", "spring");
        meter
            .with_budget(Budget::daily(lots).for_scope(Scope::each("user")))
            .with_budget(Budget::once(lots).for_scope(Scope::project("spring")))
    };
    let backends: [(&str, Box<dyn TextGenerator>); 3] = [
        ("direct", Box::new(Instant)),
        ("metered", Box::new(Metered::new(Instant, plain()))),
        ("metered, three budgets", Box::new(Metered::new(Instant, limited()))),
    ];
    let mut group = criterion.benchmark_group("call");
    for (name, backend) in &backends {
        // Minting the operation id is the caller's, with a meter or without.
        group.bench_function(*name, |bencher| {
            bencher.iter_batched(
                || Call::new().with_label("user", "anna"),
                |call| runtime.block_on(async { black_box(backend.generate_text(&call, &ask).await) }),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("stream");
    for (name, backend) in &backends {
        group.bench_function(*name, |bencher| {
            bencher.iter_batched(
                || Call::new().with_label("user", "anna"),
                |call| runtime.block_on(async { black_box(backend.stream_text(&call, &ask).await?.collect().await) }),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, calls);
criterion_main!(benches);
