//! A local Cosmic AI API for clients in any language: the mock behind the wire API, media in a folder, budgets in a ledger.
//!
//! `cargo run --features server --example local_server` serves `./cosmic-data` at 127.0.0.1:4010 until Ctrl-C or SIGTERM. Another
//! folder and address: `… -- DIR 127.0.0.1:4020`. With `--try` behind them it makes one picture through itself and ends.

use std::process::ExitCode;

use cosmic_ai::http::{Environment, HttpBackend};
use cosmic_ai::{Client, ImageRequest};
use cosmic_ai_server::{Backend, Config, Server};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                eprintln!("  because: {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn run(mut words: Vec<String>) -> Result<()> {
    let only_tries = words.pop_if(|word| word == "--try").is_some();
    if words.iter().any(|word| word.starts_with('-')) {
        return Err("usage: local_server [DIR [ADDRESS]] [--try]".into());
    }
    let mut words = words.into_iter();
    let mut config = Config::new(words.next().unwrap_or_else(|| "cosmic-data".to_owned()));
    if let Some(address) = words.next() {
        let wrong = |_| format!("`{address}` is no address such as 127.0.0.1:4020");
        config = config.with_address(address.parse().map_err(wrong)?);
    }
    let server = Server::start(config, Backend::mock()).await?;
    println!("{}", server.recovery());
    invite(&server.base_url());
    if only_tries {
        try_it(&server.base_url()).await?;
    } else {
        told_to_stop().await?;
    }
    Ok(server.stop().await?)
}

fn invite(base: &str) {
    println!("serving the bucket local-bucket at {base}; from a shell:\n");
    println!("  curl {base}/buckets/local-bucket/ai/text \\");
    println!("    -d '{{\"prompt\":\"Tell me about coffee mugs\",\"stream\":true}}' --no-buffer \\");
    println!("    -H 'Content-Type: application/json' -H 'Authorization: Bearer local-write-key'\n");
}

/// This project's own client, as any other: only the base URL is another.
async fn try_it(base: &str) -> Result<()> {
    let here = HttpBackend::builder("local-bucket", "local-write-key")
        .with_read_key("local-read-key")
        .with_environment(Environment::custom(base, base));
    let image = Client::new(here.build()?).generate_image(ImageRequest::new("A lighthouse at dusk")).await?;
    println!("a picture that was made through it: {}", image.media.url);
    Ok(())
}

/// Ends with Ctrl-C, or as service managers say it.
async fn told_to_stop() -> Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            _ = terminate.recv() => return Ok(()),
            interrupted = tokio::signal::ctrl_c() => return Ok(interrupted?),
        }
    }
    #[cfg(not(unix))]
    Ok(tokio::signal::ctrl_c().await?)
}
