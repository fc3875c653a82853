//! Kills a server at random moments under load, starts it again on the same folder, and asks whether ledger, library and files
//! agree, whether anything that was acknowledged is gone, and whether answers that are asked for again are whole.
//!
//! In reading order: `load` has the callers, who speak over the `wire` and write down in the `journal` what they are told; `upload` has
//! files whose bytes can be told again; `afterwards` asks the server that was started again; `audit` looks at what it left; `sabotage`
//! shows that all of this can fail.

mod afterwards;
mod audit;
mod journal;
mod load;
mod sabotage;
mod upload;
mod wire;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Result, bail};
use fastrand::Rng;
use serde_json::Value;
use tokio::task::JoinSet;

use self::audit::Found;
use self::journal::{Counts, Journal};
use self::load::Caller;
use self::sabotage::Sabotage;
use self::wire::Wire;
use crate::arguments::Arguments;
use crate::child::Served;

/// How many callers there are at once.
const CALLERS: u64 = 6;
/// How long a server lives, in milliseconds.
const LIFE: std::ops::Range<u64> = 30..900;

pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let seed = arguments.get("seed", fastrand::u64(..))?;
    println!("kill: seed {seed}");
    let sabotage = match arguments.text("sabotage") {
        Some(what) => Some(what.parse()?),
        None if arguments.has("sabotage") => bail!("--sabotage of what?"),
        None => None,
    };
    let folder = std::env::temp_dir().join(format!("server-trial-kill-{}", std::process::id()));
    let ended = on_trial(arguments, &folder, Rng::with_seed(seed), sabotage).await;
    // What really failed is kept to be looked at.
    if ended.is_ok() || sabotage.is_some() {
        std::fs::remove_dir_all(folder)?;
        return ended;
    }
    ended.map_err(|error| error.context(format!("what the server left is in {}", folder.display())))
}

async fn on_trial(arguments: &Arguments, folder: &Path, mut dice: Rng, sabotage: Option<Sabotage>) -> Result<()> {
    let times = arguments.get("times", 100_u32)?;
    let data = folder.display().to_string();
    let journal = Arc::new(Journal::default());
    for turn in 0..times {
        let server = Served::start(&["serve", "--data", &data, "--slow-ms", "15", "--faults"]).await?;
        if turn > 0 && arguments.has("verbose") {
            println!("{}", server.said.get("recovery").and_then(Value::as_str).unwrap_or_default());
        }
        afterwards::ask(&Wire::to(&server.address)?, &journal, &mut dice).await?;
        load_and_kill(server, &journal, &mut dice, sabotage).await?;
    }
    if sabotage == Some(Sabotage::Replay) {
        journal.pretend_another_usage();
    }
    let server = Served::start(&["serve", "--data", &data]).await?;
    afterwards::ask(&Wire::to(&server.address)?, &journal, &mut dice).await?;
    server.stop().await?;
    if let Some(sabotage) = sabotage {
        sabotage.spoil(folder, &journal)?;
    }
    let found = audit::audit(folder, &journal).await?;
    report(times, journal.counts(), &found);
    if !found.is_well() {
        for disagreement in found.disagreements.iter().take(20) {
            eprintln!("{disagreement}");
        }
        bail!("ledger, library, files and what was acknowledged do not agree");
    }
    Ok(())
}

/// Has callers at work on a server until it is killed.
async fn load_and_kill(
    server: Served,
    journal: &Arc<Journal>,
    dice: &mut Rng,
    sabotage: Option<Sabotage>,
) -> Result<()> {
    let is_struck = Arc::new(AtomicBool::new(false));
    let wire = Wire::to(&server.address)?;
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let caller = Caller {
            wire: wire.clone(),
            journal: journal.clone(),
            dice: dice.fork(),
            is_struck: is_struck.clone(),
            has_faults: sabotage == Some(Sabotage::Stream),
            clip: None,
        };
        callers.spawn(caller.call_until_it_dies());
    }
    tokio::time::sleep(Duration::from_millis(dice.u64(LIFE))).await;
    is_struck.store(sabotage != Some(Sabotage::Crash), Ordering::SeqCst);
    server.kill().await?;
    while let Some(ended) = callers.join_next().await {
        ended??;
    }
    Ok(())
}

fn report(times: u32, counts: Counts, found: &Found) {
    let Counts { calls, uploads, deletions, asked_again, replayed } = counts;
    println!(
        "kill: {times} kills; acknowledged {calls} calls, {uploads} uploads, {deletions} deletions; asked again {asked_again} \
         without an answer, {replayed} with one; {} media, {} entries; disagreements {}, acknowledged media lost {}, deleted media \
         back {}, paid twice {}, drift {}",
        found.media,
        found.entries,
        found.disagreements.len(),
        found.lost,
        found.back,
        found.paid_twice,
        found.drift
    );
}
