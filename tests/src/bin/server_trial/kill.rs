//! Kills a server at random moments under load, starts it again on the same folder, and asks whether ledger, library and files
//! agree and whether anything that was acknowledged is gone.

mod audit;
mod journal;
mod load;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use fastrand::Rng;
use serde_json::Value;
use tokio::task::JoinSet;

use self::journal::Journal;
use crate::arguments::Arguments;
use crate::child::Served;

/// How many callers there are at once.
const CALLERS: u64 = 6;
/// How long a server lives, in milliseconds.
const LIFE: std::ops::Range<u64> = 30..900;

pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let (times, seed) = (arguments.get("times", 100_u32)?, arguments.get("seed", fastrand::u64(..))?);
    println!("kill: seed {seed}");
    let mut dice = Rng::with_seed(seed);
    let folder = std::env::temp_dir().join(format!("server-trial-kill-{}", std::process::id()));
    let data = folder.display().to_string();
    let journal = Arc::new(Journal::default());
    for turn in 0..times {
        let server = Served::start(&["serve", "--data", &data, "--slow-ms", "15"]).await?;
        if turn > 0 && arguments.has("verbose") {
            println!("{}", server.said.get("recovery").and_then(Value::as_str).unwrap_or_default());
        }
        load::check_kept(&server.address, &journal, &mut dice).await?;
        load::ask_again(&server.address, &journal).await?;
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            callers.spawn(load::call_until_it_dies(server.address.clone(), journal.clone(), dice.fork()));
        }
        tokio::time::sleep(Duration::from_millis(dice.u64(LIFE))).await;
        server.kill().await?;
        while let Some(ended) = callers.join_next().await {
            ended??;
        }
    }
    let server = Served::start(&["serve", "--data", &data]).await?;
    load::check_kept(&server.address, &journal, &mut dice).await?;
    load::ask_again(&server.address, &journal).await?;
    server.stop().await?;
    if arguments.has("sabotage") {
        audit::spoil(&folder)?;
    }
    let found = audit::audit(&folder, &journal).await?;
    println!(
        "kill: {times} kills, {} calls acknowledged, {} lost answers asked for again; {} media, {} entries; \
         disagreements {}, acknowledged media lost {}, paid twice {}, drift {}",
        journal.acknowledged(),
        journal.asked_again(),
        found.media,
        found.entries,
        found.disagreements.len(),
        found.lost,
        found.paid_twice,
        found.drift
    );
    if !found.disagreements.is_empty() || found.lost + found.paid_twice + found.drift > 0 {
        for disagreement in found.disagreements.iter().take(20) {
            eprintln!("{disagreement}");
        }
        bail!("ledger, library and files do not agree; they are in {}", folder.display());
    }
    std::fs::remove_dir_all(folder)?;
    Ok(())
}
