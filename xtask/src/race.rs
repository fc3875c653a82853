//! `cargo xtask race`: real processes on one ledger, some of which are killed; afterwards every hold is accounted for.
//!
//! In reading order: `options` reads the command line, `place` is where the ledger is, `worker` builds and starts the program
//! that spends, `course` runs the race, `report` says how it ended. `disk` and `dice` are what they need beside. All but the
//! course and the report serve `crash` as well.

mod course;
mod dice;
mod disk;
mod options;
mod place;
mod report;
mod worker;

use anyhow::{Result, bail};

pub(crate) use self::dice::Dice;
pub(crate) use self::options::{LedgerKind, Options, Sabotage};
pub(crate) use self::place::Place;
pub(crate) use self::report::{Report, thousands};
pub(crate) use self::worker::{Patience, Worker, build};

/// What `race --help` says.
pub(crate) const HELP: &str = "\
Lets processes race for the same budgets on one ledger, kills some of them, and checks what is left.

Usage: cargo xtask race [--ledger sqlite|postgres] [--processes 8] [--reservations 5000] [OPTION…]

Builds an optimised program first, which takes minutes the first time.

Each process makes its share of the operations through a meter, many at a time: texts, streams, images and plans that are
settled by their usage, refused, lost, resolved, or dropped before they are sent, while they are sent and in the middle. About
one in 256 has its process killed with SIGKILL while it is under way; another process goes on with the rest of the share.

The last line says:
  admitted      operations that are in the ledger; a plan counts once, its parts do not
  refused       operations that a budget refused. Those missing to the whole were dropped before they were entered
  overspend     tokens by which limits are exceeded: at the end, or at any time as seen by a process that looks on all along
  leaked holds  operations that are open although their caller was told otherwise, or that cannot be closed. Only what a
                killed process had under way or had just dropped may be open, and media whose answer was lost
  drift         totals that are not the sum of their entries
  calls/s       admitted operations by the time from the first start of a process to the last end, restarts included
  longest wait  of a command of the ledger, as its caller sees it; also those of processes that were killed, but for what
                was not answered when they were

It fails unless overspend, leaked holds and drift are 0, and everything stands in the ledger as its caller was told.

Options:
  --ledger sqlite|postgres  sqlite if not given. PostgreSQL is started from what is installed, or COSMIC_TEST_POSTGRES_URL
  --processes N             8 if not given
  --reservations N          operations of all processes together; 5000 if not given
  --tasks N                 operations that a process has under way at a time; 16 if not given
  --seed N                  makes the same operations again; which process wins is up to the machine
  -h, --help                shows this text
";

/// The command.
///
/// # Errors
///
/// When the race cannot be run, or when what is left is not what it should be.
pub(crate) fn run(options: &Options) -> Result<()> {
    let place = Place::new(options.ledger, "race")?;
    match conclude(options, &place) {
        Ok(()) => place.remove(),
        Err(error) => Err(error.context(format!("seed {}; all is kept in {}", options.seed, place.folder().display()))),
    }
}

fn conclude(options: &Options, place: &Place) -> Result<()> {
    let report = measure(options, place)?;
    println!("{}", report.line(options));
    let faults = report.faults();
    if faults.is_empty() { Ok(()) } else { bail!(faults.join(", ")) }
}

/// A race at a place of its own, and what it left.
pub(crate) fn measure(options: &Options, place: &Place) -> Result<Report> {
    let report = course::run(options, place, &build(options.is_optimised)?)?;
    for line in report.lines() {
        println!("{line}");
    }
    Ok(report)
}
