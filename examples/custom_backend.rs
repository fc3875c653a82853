//! A backend of your own: one type that implements one trait, beside the mock for everything else.
//!
//! `cargo run --example custom_backend`, and its test with `cargo test --example custom_backend`.
//!
//! The test at the end runs the conformance suite, which is how any backend shows that it keeps the rules of its trait. For
//! one of yours, add `cosmic-ai-testkit` and `tokio` to your dev-dependencies and call `conformance::text`, `image`, `video`,
//! `speech` or `library` with it (`conformance::all` with `Generators` of several); `Suite` takes a registry of your own. The
//! suite makes about a hundred real calls: have a stub answer where they cost money.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use async_trait::async_trait;
use cosmic_ai::mock::MockBackend;
use cosmic_ai::{
    Call, Client, Error, Generators, ImageRequest, Registry, TextEvent, TextGenerator, TextRequest, TextResponse,
    TextStream, Usage,
};
use futures_core::Stream;

/// Answers with the words of the prompt in reverse order, for a price of one token a word.
#[derive(Debug)]
struct Reverser {
    registry: Arc<Registry>,
}

impl Reverser {
    /// The words of the answer, and what they cost.
    ///
    /// A client validates what it sends, but a backend can also be used without one: it judges for itself before anything
    /// moves, and its errors name the operation.
    fn answer<'r>(&self, call: &Call, request: &'r TextRequest) -> Result<(Vec<&'r str>, Usage), Error> {
        self.registry
            .check(request)
            .map_err(|problems| Error::invalid(problems).with_operation_id(call.operation_id()))?;
        let asked = request.texts().flat_map(str::split_whitespace).count() as u64;
        let words = request.texts().last().unwrap_or_default().split_whitespace().rev();
        // What a token is, a backend decides; `max_tokens` bounds the answer in the same tokens that are charged.
        let most = request.max_tokens.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
        let words: Vec<&str> = words.take(most).collect();
        let usage = Usage::new(asked, words.len() as u64);
        Ok((words, usage))
    }
}

#[async_trait]
impl TextGenerator for Reverser {
    async fn generate_text(&self, call: &Call, request: &TextRequest) -> Result<TextResponse, Error> {
        let (words, usage) = self.answer(call, request)?;
        Ok(TextResponse::new(words.join(" ")).with_usage(usage))
    }

    async fn stream_text(&self, call: &Call, request: &TextRequest) -> Result<TextStream, Error> {
        let (words, usage) = self.answer(call, request)?;
        // The spaces go between the words: streamed or whole, the answer is the same.
        let spaced = |(place, word): (usize, &str)| if place == 0 { word.to_owned() } else { format!(" {word}") };
        let words = words.into_iter().enumerate().map(spaced).collect();
        // The stream keeps the rules: it collects the deltas, so that the end need not repeat them.
        Ok(TextStream::new(call.operation_id(), Words { words, end: Some(TextResponse::default().with_usage(usage)) }))
    }
}

/// One word at a time, then the end.
struct Words {
    words: VecDeque<String>,
    end: Option<TextResponse>,
}

impl Stream for Words {
    type Item = Result<TextEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.words.pop_front().map(TextEvent::Delta).or_else(|| self.end.take().map(TextEvent::End));
        Poll::Ready(next.map(Ok))
    }
}

/// The registry learns the model and its price, so that estimates and charges are right for it too.
fn registry() -> Result<Arc<Registry>, Error> {
    let registry = Registry::built_in().with_overlay(
        r#"
        [[tier]]
        name = "House"
        multiplier = 0.5

        [[text]]
        id = "reverser-1"
        name = "Reverser"
        provider = "in-house"
        tier = "House"
        default = true
        "#,
        "custom_backend.rs",
    )?;
    Ok(Arc::new(registry))
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let registry = registry()?;
    let generators = Generators::from(MockBackend::new()).with_text(Reverser { registry: registry.clone() });
    let client = Client::builder(generators).with_registry(registry).build();

    let ask = TextRequest::new("price the knows who one before request every").with_max_tokens(20);
    println!("{}", client.estimate(&ask)?);
    let answer = client.stream_text(&ask).await?.on_text(|text| print!("{text}")).await?;
    println!("\ncharged {}", client.cost(&ask, answer.usage.as_ref()));

    let cover = client.generate_image(ImageRequest::new("Still made by the mock")).await?;
    println!("{} ({} bytes)", cover.media.url, cover.media.size.unwrap_or_default());
    Ok(())
}

#[cfg(test)]
mod tests {
    use cosmic_ai_testkit::conformance::Suite;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_reverser_keeps_the_rules_of_a_generator_of_text() {
        let registry = registry().unwrap();
        let report = Suite::new().with_registry(registry.clone()).text(&Reverser { registry }).await;
        report.assert_ok();
    }
}
