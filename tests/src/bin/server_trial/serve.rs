//! Runs a server until its standard input ends or it is asked to stop, and says on the first line where it is.

use std::num::NonZeroU16;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use cosmic_ai::mock::{Fault, Latency, MockBackend, When};
use cosmic_ai::pricing::Budget;
use cosmic_ai::{Generators, Modality, Tokens};
use cosmic_ai_server::{Backend, BucketConfig, Config, LedgerPlace, Server};
use serde_json::json;
use tokio::io::AsyncReadExt as _;

use crate::arguments::Arguments;
use crate::paced::Paced;

pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let port: u16 = arguments.get::<NonZeroU16>("port", NonZeroU16::MAX).map(u16::from)?;
    let port = if port == u16::MAX { 0 } else { port };
    let data = PathBuf::from(arguments.text("data").unwrap_or("server-trial-data"));
    let slug = arguments.text("bucket").unwrap_or("trial");
    let write_key = arguments.text("write-key").unwrap_or("trial-write-key");
    let read_key = arguments.text("read-key").unwrap_or("trial-read-key");
    let mut bucket = BucketConfig::new(slug, write_key, read_key);
    if arguments.has("budget") {
        bucket = bucket.with_budget(Budget::once(Tokens(arguments.get("budget", 0)?)));
    }
    let mut config = Config::new(data).with_address(([127, 0, 0, 1], port).into()).with_bucket(bucket);
    if arguments.has("memory-ledger") {
        config = config.with_ledger(LedgerPlace::Memory);
    }
    let server = Server::start(config, backend(arguments)?).await?;
    let line =
        json!({ "base_url": server.base_url(), "pid": std::process::id(), "recovery": server.recovery().to_string() });
    println!("{line}");
    let mut input = tokio::io::stdin();
    let mut rest = Vec::new();
    tokio::select! {
        _ = input.read_to_end(&mut rest) => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    server.stop().await?;
    Ok(())
}

fn backend(arguments: &Arguments) -> Result<Backend> {
    if arguments.has("paced") {
        return Ok(Backend::embedded(|_| Generators::new().with_text(Paced)));
    }
    let slow = Duration::from_millis(arguments.get("slow-ms", 0)?);
    let has_faults = arguments.has("faults");
    Ok(Backend::embedded(move |library| {
        let mut mock = MockBackend::builder().with_library(library.clone()).without_recording();
        if !slow.is_zero() {
            for modality in [Modality::Image, Modality::Video, Modality::Speech] {
                mock = mock.with_latency_of(modality, Latency::fixed(slow));
            }
        }
        if has_faults {
            mock = mock
                .fault(When::text().containing("BREAK OFF"), Fault::connection_lost().within_fragment(4))
                .fault(When::video().containing("REFUSE THIS"), Fault::content_policy());
        }
        mock.build().into()
    }))
}
