//! An application's tests on the mock alone: no estimates, no HTTP.

use cosmic_ai::{Client, Error, ErrorKind, TextRequest};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mock = |name: &str| (name == "COSMIC_BACKEND").then(|| "mock".to_owned());
    let answer = Client::from_variables(&mock)?.generate_text(TextRequest::new("A coffee mug")).await?;
    assert!(!answer.text.is_empty());

    // Without the variable the mock is not taken, and what is missing is named.
    let error = Client::from_variables(&|_| None).expect_err("there is no HTTP backend in this program");
    assert!(matches!(error.kind(), ErrorKind::Configuration { .. }));
    println!("mock-only: {error}");
    Ok(())
}
