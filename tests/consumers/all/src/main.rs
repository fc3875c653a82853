//! An application with everything compiled in: the backend is chosen by the environment, never by chance.

use cosmic_ai::http::{HttpBackend, RetryPolicy};
use cosmic_ai::mock::MockBackend;
use cosmic_ai::{Client, Error, Generators, ImageRequest, Outcome, TextRequest};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    // Text from the API, pictures from the mock. Nothing listens on that port, so nothing leaves.
    let environment = cosmic_ai::http::Environment::custom("http://127.0.0.1:1/v3", "http://127.0.0.1:1/v3");
    let backend =
        HttpBackend::builder("shop", "secret").with_environment(environment).with_retry(RetryPolicy::never()).build()?;
    let client = Client::new(Generators::from(MockBackend::new()).with_text(backend));

    let ask = TextRequest::new("What is a mug?").with_max_tokens(50);
    println!("all: {}", client.estimate(&ask)?);
    let error = client.generate_text(&ask).await.expect_err("nothing listens there");
    assert_eq!(error.outcome(), Outcome::NotSent);
    println!("all: {error} ({})", error.outcome());

    let image = client.generate_image(ImageRequest::new("A mug")).await?;
    assert!(image.media.size.is_some());
    Ok(())
}
