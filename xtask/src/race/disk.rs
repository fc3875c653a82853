//! How fast the disk of a ledger is: every figure of commits depends on it.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

const WRITES: usize = 200;
/// A page of a database's log.
const PAGE: [u8; 4096] = [0x5a; 4096];

/// The times of writing a page at the end of a file and waiting until it is on the disk.
pub(super) fn synced_writes(folder: &Path) -> Result<Vec<Duration>> {
    let path = folder.join("synced-writes");
    let mut file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    let mut times = Vec::new();
    for _ in 0..WRITES {
        let start = Instant::now();
        file.write_all(&PAGE)?;
        file.sync_data()?;
        times.push(start.elapsed());
    }
    std::fs::remove_file(&path)?;
    Ok(times)
}

pub(super) fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}
