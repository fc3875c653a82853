//! What stood open when a server died is put in order by the next one on the same data folder, and what the service behind a
//! gateway finished after its answer was lost is found later.
//!
//! The data folder is locked, so no other server can be at work on calls that carry its label.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cosmic_ai::pricing::ledger::{Change, Entry, EntryQuery, Kind, LedgerError, Next, State};
use cosmic_ai::pricing::{Meter, Verdict};
use cosmic_ai::{Charge, Media, OperationId, Reconciled, Search};
use tokio::time::Instant;

use crate::app::App;
use crate::backend::Spending;
use crate::bucket::{BUCKET_LABEL, Bucket, SERVER_LABEL};
use crate::keep;
use crate::library::Sweep;

/// How often a gateway looks whether it is time to look for a medium whose answer was lost.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// The longest pause between two looks for the same medium: each looks through the library of the service.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// How long a medium is looked for. What is not found by then is for a person to resolve.
const LOOKED_FOR: Duration = Duration::from_hours(7 * 24);

/// What a server found and put in order when it started.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Recovery {
    /// Of the media library.
    pub library: Sweep,
    /// Calls under way of an embedded backend whose media were found: settled.
    pub settled: u64,
    /// Calls under way of an embedded backend that made no medium: released, for nobody billed them.
    pub released: u64,
    /// Calls under way of which nobody knew: still held. A gateway looks for their media, at once and from time to time, while it
    /// serves.
    pub unresolved: u64,
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { library, settled, released, unresolved } = self;
        write!(f, "{library}; calls left open: {settled} settled, {released} released, {unresolved} unresolved")
    }
}

/// Puts in order what stood open. A service is not asked here: it may take long, and nobody would be served meanwhile.
pub(crate) async fn recover(app: &App, library: Sweep) -> Result<Recovery, LedgerError> {
    let mut recovery = Recovery { library, ..Recovery::default() };
    // A stop that had no more time leaves calls unresolved too.
    let states: &[State] = if app.is_embedded { &[State::Sent, State::Unknown] } else { &[State::Sent] };
    for entry in own_entries(app, EntryQuery::all().with_states(states)).await? {
        if entry.state == State::Sent {
            let unknown = Next::Unknown { at_least: Charge::ZERO, result: None };
            app.ledger.advance(Change::new(entry.id.clone(), Some(entry.ticket), unknown, SystemTime::now())).await?;
        }
        // What was sent to a service may have been billed, whoever serves now.
        let is_settled_here = app.is_embedded && Spending::of(&entry) == Spending::MadeUp;
        let Some((bucket, meter)) = of(app, &entry).filter(|_| is_settled_here) else {
            recovery.unresolved += 1;
            continue;
        };
        if let Some(medium) = medium_of(bucket, &entry).await
            && meter.resolve(&entry.id, Verdict::Made(medium)).await.is_ok()
        {
            recovery.settled += 1;
        } else if meter.resolve(&entry.id, Verdict::NotBilled).await.is_ok() {
            recovery.released += 1;
        } else {
            recovery.unresolved += 1;
        }
    }
    Ok(recovery)
}

/// Looks for lost media until the server stops: at once, then for each a minute after its call, and then less and less often.
pub(crate) async fn look_for_lost(app: Arc<App>) {
    let mut next_looks = BTreeMap::new();
    while !app.stopping.is_cancelled() {
        let mut found = Vec::new();
        tokio::select! {
            // Also in the middle of a look, which a slow service may make long.
            () = app.stopping.cancelled() => {}
            looked = look(&app, &mut next_looks, &mut found) => if let Err(error) = looked {
                tracing::warn!(%error, "the ledger cannot be asked for what is lost");
            }
        }
        if !found.is_empty() {
            // By itself: a slow host holds up no further look, and a stop waits for it like for a call.
            app.tasks.spawn(copy(app.clone(), found));
        }
        tokio::select! {
            () = app.stopping.cancelled() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// Copies media that were found, where copies are kept, until a stop has no more time.
async fn copy(app: Arc<App>, found: Vec<(Arc<Bucket>, Media)>) {
    for (bucket, medium) in found {
        keep::kept(&app, &bucket, medium).await;
    }
}

/// Looks once for all lost media whose next look is due, and settles those that it finds; `found` are they.
async fn look(
    app: &App,
    next_looks: &mut BTreeMap<OperationId, Instant>,
    found: &mut Vec<(Arc<Bucket>, Media)>,
) -> Result<(), LedgerError> {
    let recent = SystemTime::now().checked_sub(LOOKED_FOR).unwrap_or(SystemTime::UNIX_EPOCH);
    let lost = own_entries(app, EntryQuery::all().with_states([State::Unknown]).with_from(recent)).await?;
    let now = Instant::now();
    next_looks.retain(|id, _| lost.iter().any(|entry| entry.id == *id));
    for entry in lost {
        if next_looks.get(&entry.id).is_some_and(|next| *next > now) {
            continue;
        }
        next_looks.insert(entry.id.clone(), now + pause_after(entry.at.elapsed().unwrap_or_default()));
        if let Some((bucket, meter)) = of(app, &entry)
            && let Some(medium) = medium_of(bucket, &entry).await
        {
            // Before it is settled, for then nobody looks for it again: a stop in between would lose the copy.
            found.push((bucket.clone(), (*medium).clone()));
            if meter.resolve(&entry.id, Verdict::Made(medium)).await.is_ok() {
                tracing::info!(operation = %entry.id, "a lost medium was found and settled");
            }
        }
    }
    Ok(())
}

/// How long nobody looks again for a medium whose call was made so long ago: each look comes at twice the age of the last one.
fn pause_after(age: Duration) -> Duration {
    age.clamp(LOOK_EVERY, LONGEST_PAUSE)
}

/// All entries of this server's calls that match, oldest first. Those of others in the same ledger are theirs.
async fn own_entries(app: &App, mut query: EntryQuery) -> Result<Vec<Entry>, LedgerError> {
    let mut own = Vec::new();
    loop {
        let page = app.ledger.entries(&query).await?;
        let Some(last) = page.last() else { return Ok(own) };
        query = query.with_after(last);
        let is_own = |entry: &Entry| entry.labels.get(SERVER_LABEL).map(String::as_str) == Some(app.disk.id());
        own.extend(page.into_iter().filter(is_own));
    }
}

/// The bucket of an entry, if it is served here.
fn of<'a>(app: &'a App, entry: &Entry) -> Option<(&'a Arc<Bucket>, &'a Meter)> {
    let bucket = app.buckets.get(entry.labels.get(BUCKET_LABEL)?)?;
    Some((bucket, bucket.meter()?))
}

/// The medium of a call, if it is in the library. What cannot be asked now is asked later.
async fn medium_of(bucket: &Bucket, entry: &Entry) -> Option<Box<Media>> {
    if matches!(entry.kind, Kind::Text | Kind::Plan) {
        return None;
    }
    match bucket.client.reconcile(&Search::of(entry.id.clone())).await {
        Ok(Reconciled::Found(medium)) => Some(medium),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_found_is_looked_for_less_and_less_often() {
        let mut age = Duration::from_mins(1);
        let mut looks = Vec::new();
        while age < LOOKED_FOR {
            looks.push(age.as_secs() / 60);
            age += pause_after(age);
        }
        assert_eq!(looks[..9], [1, 2, 4, 8, 16, 32, 64, 124, 184]);
        assert!(looks.len() < 180, "{} looks in a week", looks.len());
    }
}
