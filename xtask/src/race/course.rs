//! The race itself: as many processes as were asked for, each of them replaced when it is killed, and one that looks on.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use super::disk;
use super::options::Options;
use super::place::{Address, Place};
use super::report::{Audit, Report, Watch};
use super::worker::{Patience, Worker};

/// The least that a race may take, and how many operations a second it makes at the worst.
const LEAST: Duration = Duration::from_mins(2);
const SLOWEST: u64 = 50;

pub(super) fn run(options: &Options, place: &Place, program: &Path) -> Result<Report> {
    let patience = Patience::lasting(LEAST + Duration::from_secs(options.reservations / SLOWEST));
    let mut syncs = place.disk().map(disk::synced_writes).transpose()?.unwrap_or_default();
    let words = words(options, place);

    let mut watch = Worker::start(program, place.address(), "watch", &words, None)?;
    watch.line(patience)?.context("the process that looks on did not begin")?;
    let start = Instant::now();
    let ended: Vec<Result<()>> = std::thread::scope(|scope| {
        let (words, address) = (&words, place.address());
        let share = |slot: usize| scope.spawn(move || share(program, address, words, slot, patience));
        let shares: Vec<_> = (0..options.processes).map(share).collect();
        shares.into_iter().map(|share| share.join().unwrap_or_else(|_| Err(anyhow!("a thread panicked")))).collect()
    });
    let took = start.elapsed();
    ended.into_iter().collect::<Result<()>>()?;
    drop(watch.end_input());
    let seen: Watch = watch.last_words(patience)?;

    syncs.extend(place.disk().map(disk::synced_writes).transpose()?.unwrap_or_default());
    let audit: Audit =
        Worker::start(program, place.address(), "audit", &words, None)?.last_words(Patience::lasting(LEAST))?;
    Ok(Report { audit, seen, took, sync: disk::median(syncs) })
}

fn words(options: &Options, place: &Place) -> Vec<String> {
    let mut words = options.words();
    for (name, value) in [
        ("--processes", options.processes.to_string()),
        ("--reservations", options.reservations.to_string()),
        ("--journals", place.folder().to_string_lossy().into_owned()),
    ] {
        words.extend([name.to_owned(), value]);
    }
    words
}

/// One process after the other, until the share is done.
fn share(program: &Path, address: &Address, words: &[String], slot: usize, patience: Patience) -> Result<()> {
    for generation in 0_u32.. {
        let mut words = words.to_vec();
        for (name, value) in [("--slot", slot.to_string()), ("--generation", generation.to_string())] {
            words.extend([name.to_owned(), value]);
        }
        let worker = Worker::start(program, address, "race", &words, None)?;
        if worker.line(patience)?.is_none() {
            let status = worker.ended()?;
            if !status.success() {
                bail!("process {slot} failed: {status}");
            }
            return Ok(());
        }
        // It asks to be killed.
        worker.kill()?;
    }
    Ok(())
}
