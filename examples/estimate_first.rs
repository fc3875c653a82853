//! Prices before anything is sent: what a request may cost, what is assumed, and a limit of one's own.
//!
//! `cargo run --example estimate_first`

use cosmic_ai::mock::MockBackend;
use cosmic_ai::{
    Client, ClipSeconds, Error, ImageRequest, RequestRef, SpeechRequest, TextRequest, Tokens, VideoRequest, models,
};

/// The most that this program spends on one call.
const LIMIT: Tokens = Tokens(100_000);

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::new(MockBackend::new());

    let bounded = TextRequest::new("Write a product description for a coffee mug").with_max_tokens(500);
    let unbounded = TextRequest::new("Write a product description for a coffee mug").with_model(models::O1);
    let cover = ImageRequest::new("A coffee mug on a wooden table");
    let clip = VideoRequest::new("The mug turns slowly").with_duration(ClipSeconds::FOUR);
    let speech = SpeechRequest::new("A mug for every morning.");
    let requests: [RequestRef<'_>; 5] =
        [(&bounded).into(), (&unbounded).into(), (&cover).into(), (&clip).into(), (&speech).into()];

    for request in requests {
        let estimate = client.estimate(request)?;
        println!("{request}: {estimate}, {}", if estimate.most().is_some() { "bounded" } else { "unbounded" });
        for assumption in &estimate.assumptions {
            println!("    - {assumption}");
        }
        // Without an upper bound there is nothing to compare with the limit, so such a call is not made either.
        match estimate.most() {
            Some(most) if most.total() <= LIMIT => println!("    within {LIMIT} tokens"),
            Some(most) => println!("    not made: {} tokens are more than {LIMIT}", most.total()),
            None => println!("    not made: no upper bound"),
        }
    }

    let answer = client.generate_text(&bounded).await?;
    println!("\n{}\n\ncharged {}", answer.text, client.cost(&bounded, answer.usage.as_ref()));
    Ok(())
}
