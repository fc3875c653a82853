//! Processes that race for budgets and processes that are killed, on every ledger; and that what would be wrong is found: with
//! workers that misbehave on purpose, the same checks have to fail.

use std::path::Path;

use anyhow::{Result, bail};

use crate::crash;
use crate::race::{self, LedgerKind, Options, Place, Sabotage};

/// With which the sabotage is asked for more than the budgets have, whoever is first.
const SEED: u64 = 1;

const LEDGERS: [LedgerKind; 2] = [LedgerKind::Sqlite, LedgerKind::Postgres];

/// How workers misbehave, and what has to be said of it.
const IN_A_RACE: [(Sabotage, &str); 3] =
    [("overspend", "tokens of overspend"), ("leak", "leaked holds"), ("double-release", "totals that drift")];
const IN_A_CRASH: [(Sabotage, &str); 2] =
    [("resend", "operations that were sent again"), ("lose", "operations that were lost")];

pub(super) fn race(_: &Path) -> Result<()> {
    for ledger in LEDGERS {
        race::run(&Options { is_optimised: false, ..Options::new(ledger) })?;
    }
    for (sabotage, wanted) in IN_A_RACE {
        let options = Options {
            reservations: 1_000,
            seed: SEED,
            sabotage: Some(sabotage),
            is_optimised: false,
            ..Options::new(LedgerKind::Sqlite)
        };
        let place = Place::new(options.ledger, sabotage)?;
        is_found(sabotage, wanted, &race::measure(&options, &place)?.faults())?;
        place.remove()?;
    }
    Ok(())
}

pub(super) fn crash(_: &Path) -> Result<()> {
    for ledger in LEDGERS {
        crash::run(&Options { tasks: 4, is_optimised: false, ..Options::new(ledger) })?;
    }
    for (sabotage, wanted) in IN_A_CRASH {
        let options = Options {
            kills: 3,
            tasks: 4,
            seed: SEED,
            sabotage: Some(sabotage),
            is_optimised: false,
            ..Options::new(LedgerKind::Sqlite)
        };
        let place = Place::new(options.ledger, sabotage)?;
        is_found(sabotage, wanted, &crash::measure(&options, &place)?.faults(&options))?;
        place.remove()?;
    }
    Ok(())
}

fn is_found(sabotage: Sabotage, wanted: &str, faults: &[String]) -> Result<()> {
    let faults = faults.join(", ");
    if faults.contains(wanted) {
        println!("  sabotage `{sabotage}` is found: {faults}");
        return Ok(());
    }
    bail!("a worker that commits the sabotage `{sabotage}` was not found out: of `{wanted}` it says `{faults}`")
}
