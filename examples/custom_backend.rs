//! A backend of your own: one type that implements one trait, beside the mock for everything else.
//!
//! `cargo run --example custom_backend`

use std::collections::VecDeque;
use std::pin::Pin;
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
struct Reverser;

#[async_trait]
impl TextGenerator for Reverser {
    async fn generate_text(&self, _: &Call, request: &TextRequest) -> Result<TextResponse, Error> {
        let words: Vec<&str> = reversed(request).collect();
        let count = words.len() as u64;
        Ok(TextResponse::new(words.join(" ")).with_usage(Usage::new(count, count)))
    }

    async fn stream_text(&self, call: &Call, request: &TextRequest) -> Result<TextStream, Error> {
        let words: VecDeque<String> = reversed(request).map(|word| format!("{word} ")).collect();
        let usage = Usage::new(words.len() as u64, words.len() as u64);
        // The stream keeps the rules: it collects the deltas, so that the end need not repeat them.
        Ok(TextStream::new(call.operation_id(), Words { words, end: Some(TextResponse::default().with_usage(usage)) }))
    }
}

fn reversed(request: &TextRequest) -> impl Iterator<Item = &str> {
    request.texts().last().unwrap_or_default().split_whitespace().rev()
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

#[tokio::main]
async fn main() -> Result<(), Error> {
    // The registry learns the model and its price, so that estimates and charges are right for it too.
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
    let generators = Generators::from(MockBackend::new()).with_text(Reverser);
    let client = Client::builder(generators).with_registry(registry).build();

    let ask = TextRequest::new("price the knows who one before request every").with_max_tokens(20);
    println!("{}", client.estimate(&ask)?);
    let answer = client.stream_text(&ask).await?.on_text(|text| print!("{text}")).await?;
    println!("\ncharged {}", client.cost(&ask, answer.usage.as_ref()));

    let cover = client.generate_image(ImageRequest::new("Still made by the mock")).await?;
    println!("{} ({} bytes)", cover.media.url, cover.media.size.unwrap_or_default());
    Ok(())
}
