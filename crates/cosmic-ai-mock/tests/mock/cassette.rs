//! Cassettes: what is recorded is replayed, and nothing else is.

mod broken;
mod canned;
mod dropped;
mod hidden;
mod kept;
mod leaks;
mod round_trip;
mod strict;
mod uploads;
mod whole;

use std::path::Path;

use cosmic_ai_mock::cassette::{Recording, Replay};

/// The cassette as text.
fn text_of(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("cassette.json")).unwrap()
}

/// Whether any file of a cassette has a text in it.
fn mentions(folder: &Path, text: &str) -> bool {
    let media = std::fs::read_dir(folder.join("media")).into_iter().flatten().map(|entry| entry.unwrap().path());
    media.chain([folder.join("cassette.json")]).any(|file| {
        let bytes = std::fs::read(&file).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes()) || file.to_string_lossy().contains(text)
    })
}

fn record<B: cosmic_ai_core::MediaLibrary>(backend: B, folder: &Path) -> Recording<B> {
    Recording::new(backend, folder).unwrap()
}

fn replay(folder: &Path) -> Replay {
    Replay::open(folder).unwrap()
}
