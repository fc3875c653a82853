//! A local Cosmic AI API for clients in any language: the mock behind the wire API, media in a folder, budgets in a ledger.
//!
//! `cargo run --features server --example local_server` serves `./cosmic-data` at 127.0.0.1:4010 until Enter or Ctrl-C. Another
//! folder and address: `… -- DIR 127.0.0.1:0`.

use std::error::Error;
use std::io::BufRead as _;

use cosmic_ai::http::{Environment, HttpBackend};
use cosmic_ai::{Client, ImageRequest};
use cosmic_ai_server::{Backend, Config, Server};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut config = Config::new(arguments.next().unwrap_or_else(|| "cosmic-data".to_owned()));
    if let Some(address) = arguments.next() {
        config = config.with_address(address.parse()?);
    }
    let server = Server::start(config, Backend::mock()).await?;
    let base = server.base_url();
    println!("{}", server.recovery());
    println!("serving the bucket local-bucket at {base}; from a shell:\n");
    println!("  curl {base}/buckets/local-bucket/ai/text \\");
    println!("    -d '{{\"prompt\":\"Tell me about coffee mugs\",\"stream\":true}}' --no-buffer \\");
    println!("    -H 'Content-Type: application/json' -H 'Authorization: Bearer local-write-key'\n");

    // This project's own client, as any other: only the base URL is another.
    let here = HttpBackend::builder("local-bucket", "local-write-key")
        .with_read_key("local-read-key")
        .with_environment(Environment::custom(&base, &base));
    let image = Client::new(here.build()?).generate_image(ImageRequest::new("A lighthouse at dusk")).await?;
    println!("a picture that was made through it: {}", image.media.url);

    // Until Enter, Ctrl-C or the end of the input.
    let (tell, enter) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || tell.send(std::io::stdin().lock().read_line(&mut String::new())));
    tokio::select! {
        read = enter => { read??; }
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    server.stop().await?;
    Ok(())
}
