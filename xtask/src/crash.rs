//! `cargo xtask crash`: a process that spends is killed, at random and at every edge between two states of an operation;
//! afterwards nothing that was sent is sent again, and nothing that was paid is forgotten.
//!
//! In reading order: `edges` is the list of places, `schedule` which kill comes when, `course` carries them out, `report` says
//! what was left. Where the ledger is and how processes are run is in `race`.

mod course;
mod edges;
mod report;
mod schedule;

use anyhow::{Result, bail};

use self::report::Report;
use crate::race::{Options, Place};

/// What `crash --help` says, up to the edges.
const HELP: &str = "\
Kills a process that spends, again and again, and checks what its ledger says afterwards.

Usage: cargo xtask crash [--kills 20] [--ledger sqlite|postgres] [OPTION…]

Builds an optimised program first, which takes minutes the first time.

A process does operations of a list: texts, streams, images and plans. Before its backend answers, it writes the id of what it
was asked for into a log, on the disk. It is killed with SIGKILL: half of the times at random, the others at an edge, where it
stops by itself and waits for it. After each kill another process tries all operations again, with the same ids.

The last line says:
  re-sent  operations that the backend was asked for again although it had not refused them
  lost     operations that are not in the ledger, or released although they were sent, or no longer settled
  drift    totals that are not the sum of their entries, after each kill and at the end

It fails unless all three are 0, and if there were kills enough but an edge was not reached.

Options:
  --kills N                 20 if not given
  --ledger sqlite|postgres  sqlite if not given. PostgreSQL is started from what is installed, or COSMIC_TEST_POSTGRES_URL
  --tasks N                 operations that a process has under way at a time; 4 if not given
  --seed N                  makes the same operations and the same order of kills again
  -h, --help                shows this text

Edges:
";

/// The help, with the edges.
pub(crate) fn help() -> String {
    let edges: Vec<String> = edges::EDGES.iter().map(|edge| format!("  {:<18}{}\n", edge.name, edge.about)).collect();
    format!("{HELP}{}", edges.concat())
}

/// The command.
///
/// # Errors
///
/// When it cannot be run, or when what is left is not what it should be.
pub(crate) fn run(options: &Options) -> Result<()> {
    let place = Place::new(options.ledger, "crash")?;
    match conclude(options, &place) {
        Ok(()) => place.remove(),
        Err(error) => Err(error.context(format!("seed {}; all is kept in {}", options.seed, place.folder().display()))),
    }
}

fn conclude(options: &Options, place: &Place) -> Result<()> {
    let report = measure(options, place)?;
    println!("{}", report.line(options));
    let faults = report.faults(options);
    if faults.is_empty() { Ok(()) } else { bail!(faults.join(", ")) }
}

/// The kills at a place of their own, and what they left.
pub(crate) fn measure(options: &Options, place: &Place) -> Result<Report> {
    let report = course::run(options, place)?;
    for line in report.lines() {
        println!("{line}");
    }
    Ok(report)
}
