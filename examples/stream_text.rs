//! Both ways of reading a streamed answer: event by event, and with handlers.
//!
//! `COSMIC_BACKEND=mock cargo run --features http --example stream_text`, or with `COSMIC_BUCKET_SLUG` and `COSMIC_WRITE_KEY` against the
//! Cosmic AI API, where it costs tokens.

use std::io::Write as _;

use cosmic_ai::{Client, Error, TextEvent, TextRequest};

#[tokio::main]
async fn main() -> Result<(), Error> {
    run(&Client::from_env()?).await
}

pub(crate) async fn run(client: &Client) -> Result<(), Error> {
    let ask = TextRequest::new("Tell me about coffee mugs").with_max_tokens(200);
    println!("{}\n", client.estimate(&ask)?);

    // Event by event: the loop decides how fast it goes, and leaving it cancels the answer.
    let mut stream = client.stream_text(&ask).await?;
    while let Some(event) = stream.next().await {
        match event {
            Ok(TextEvent::Delta(text)) => show(&text),
            Ok(TextEvent::Usage(usage)) => eprintln!("\n[{} tokens so far]", usage.output_tokens),
            Ok(TextEvent::End(answer)) => println!("\ncharged {}", client.cost(&ask, answer.usage.as_ref())),
            Ok(_) => {}
            Err(error) => {
                // What had come by then is not lost.
                eprintln!(
                    "\nkept {} bytes of text, {}",
                    error.partial_text().unwrap_or_default().len(),
                    error.outcome()
                );
                return Err(error);
            }
        }
    }

    // With handlers: one future that reads to the end.
    println!();
    let answer = client
        .stream_text(&ask)
        .await?
        .on_text(show)
        .on_error(|error| eprintln!("\n{error} ({})", error.outcome()))
        .await?;
    println!("\ncharged {}", client.cost(&ask, answer.usage.as_ref()));
    Ok(())
}

fn show(text: &str) {
    print!("{text}");
    // A closed output is no reason to stop what is paid for.
    let _ = std::io::stdout().flush();
}
