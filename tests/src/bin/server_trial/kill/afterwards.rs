//! What a server that was started again is asked: for what was acknowledged before, and for answers that never came.

use anyhow::{Result, bail, ensure};
use fastrand::Rng;

use super::journal::{Journal, Kept};
use super::upload;
use super::wire::Wire;

/// How many of the latest, and how many of those before them, are looked at after each kill.
const SAMPLE: usize = 20;
/// How many answers are asked for once more after each kill.
const REPLAYS: usize = 10;

/// Asks for all of it.
pub(crate) async fn ask(wire: &Wire, journal: &Journal, dice: &mut Rng) -> Result<()> {
    settle_deletions(wire, journal).await?;
    look_for_kept(wire, journal, dice).await?;
    look_for_deleted(wire, journal, dice).await?;
    ask_again(wire, journal).await?;
    ask_once_more(wire, journal, dice).await
}

/// Finds out whether media are there whose deletion was not acknowledged. Either is right, and stays so.
async fn settle_deletions(wire: &Wire, journal: &Journal) -> Result<()> {
    for Kept { id, .. } in journal.doubtful() {
        match wire.medium(&id).await? {
            (200, _) => journal.found(&id, true),
            (404, _) => journal.found(&id, false),
            (status, answer) => bail!("medium {id}, perhaps deleted: {status} {answer}"),
        }
    }
    Ok(())
}

/// Media that were acknowledged are there, whole.
async fn look_for_kept(wire: &Wire, journal: &Journal, dice: &mut Rng) -> Result<()> {
    for Kept { by, name, size, upload, .. } in sample(journal.kept(), dice) {
        let (status, bytes) = wire.file(&name).await?;
        ensure!(status == 200, "acknowledged medium {name} of {by} is gone: {status}");
        ensure!(bytes.len() as u64 == size, "acknowledged medium {name} of {by} has {} of {size} bytes", bytes.len());
        if let Some(number) = upload {
            ensure!(bytes == upload::bytes(number), "acknowledged medium {name} is not what was uploaded");
        }
    }
    Ok(())
}

/// Media whose deletion was acknowledged are gone, and their files.
async fn look_for_deleted(wire: &Wire, journal: &Journal, dice: &mut Rng) -> Result<()> {
    for Kept { by, id, name, .. } in sample(journal.gone(), dice) {
        let statuses = (wire.medium(&id).await?.0, wire.file(&name).await?.0);
        ensure!(statuses == (404, 404), "deleted medium {id} of {by} is back: {statuses:?}");
    }
    Ok(())
}

/// Sends again, under their keys, the calls whose answers never came.
async fn ask_again(wire: &Wire, journal: &Journal) -> Result<()> {
    for (key, asked) in journal.pending() {
        let (status, answer) = wire.ask(&asked, Some(&key)).await?;
        // A text that was settled as cut has no answer to give.
        let is_cut_text = asked.route == "text" && status == 409;
        ensure!(status == 200 || is_cut_text, "{} again: {status} {answer}", asked.route);
        journal.answered_at_last(&key, asked, (!is_cut_text).then_some(answer));
    }
    Ok(())
}

/// Sends once more some calls that were answered.
async fn ask_once_more(wire: &Wire, journal: &Journal, dice: &mut Rng) -> Result<()> {
    let mut told = journal.told();
    dice.shuffle(&mut told);
    for (key, told) in told.into_iter().take(REPLAYS) {
        let (status, answer) = wire.ask(&told.asked, Some(&key)).await?;
        ensure!(status == 200, "{} once more: {status} {answer}", told.asked.route);
        journal.replayed(&key, &told, &answer)?;
    }
    Ok(())
}

/// The latest, and some of those before them.
fn sample(mut all: Vec<Kept>, dice: &mut Rng) -> Vec<Kept> {
    let mut sample = all.split_off(all.len().saturating_sub(SAMPLE));
    dice.shuffle(&mut all);
    sample.extend(all.into_iter().take(SAMPLE));
    sample
}
