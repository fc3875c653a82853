//! Scratch.
use cosmic_ai::mock::{Latency, MockBackend};
use cosmic_ai_server::*;
use std::time::Duration;
#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let config =
        Config::new(folder.path()).with_address(([127, 0, 0, 1], 4999).into()).with_ledger(LedgerPlace::Memory);
    let backend = Backend::embedded(|library| {
        MockBackend::builder()
            .with_library(library.clone())
            .without_recording()
            .with_latency(Latency::fixed(Duration::from_secs(30)))
            .build()
            .into()
    });
    let _server = Server::start(config, backend).await.unwrap();
    std::future::pending::<()>().await;
}
