//! An application's own unit tests on the mock: no keys, no network, no cost, the same result every time.
//!
//! `cargo run --example unit_test_with_mock`, and its tests with `cargo test --example unit_test_with_mock`.

use cosmic_ai::mock::MockBackend;
use cosmic_ai::{Charge, Client, Cost, Error, ImageRequest, MediaId, TextRequest, Tokens};

/// An article that is ready to be published.
#[derive(Debug)]
struct Article {
    body: String,
    cover: MediaId,
    spent: Tokens,
}

/// The application's own code: it takes a client and does not care what is behind it.
async fn write_article(client: &Client, topic: &str) -> Result<Article, Error> {
    let ask = TextRequest::new(format!("Write an article about {topic}")).with_max_tokens(400);
    let draw = ImageRequest::new(format!("A cover for an article about {topic}")).with_folder("covers");
    let text = client.generate_text(&ask).await?;
    let image = client.generate_image(&draw).await?;
    let charges = [client.cost(&ask, text.usage.as_ref()), client.cost(&draw, image.usage.as_ref())];
    let spent = charges.iter().filter_map(Cost::charge).map(Charge::total).sum();
    Ok(Article { body: text.text, cover: image.media.id, spent })
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let article = write_article(&Client::new(MockBackend::new()), "lighthouses").await?;
    println!("{}\n\ncover {}, {} tokens", article.body, article.cover, article.spent);
    Ok(())
}

#[cfg(test)]
mod tests {
    use cosmic_ai::{ErrorKind, MediaLibrary as _, Outcome};

    use super::*;

    #[tokio::test]
    async fn an_article_is_about_its_topic() {
        let article = write_article(&Client::new(MockBackend::new()), "lighthouses").await.unwrap();
        assert!(article.body.contains("lighthouses"));
    }

    #[tokio::test]
    async fn the_cover_is_stored_among_covers() {
        let mock = MockBackend::new();
        let article = write_article(&Client::new(mock.clone()), "lighthouses").await.unwrap();
        assert_eq!(mock.get(&article.cover).await.unwrap().folder.as_deref(), Some("covers"));
    }

    #[tokio::test]
    async fn the_same_topic_costs_the_same() {
        let spent = async || write_article(&Client::new(MockBackend::new()), "tides").await.unwrap().spent;
        assert_eq!(spent().await, spent().await);
    }

    #[tokio::test]
    async fn a_blank_topic_is_written_about_all_the_same_but_a_blank_prompt_is_refused() {
        let error = Client::new(MockBackend::new()).generate_text(TextRequest::new(" ")).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Invalid(_)));
        assert_eq!(error.outcome(), Outcome::NotSent);
    }
}
