//! What stood open when a server died is put in order by the next one on the same data folder, and what the service behind a
//! gateway finished after its answer was lost is found later.
//!
//! The data folder is locked, so no other server can be at work on calls that carry its label.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cosmic_ai::pricing::ledger::{Change, Entry, EntryQuery, Kind, LedgerError, Next, State};
use cosmic_ai::pricing::{Meter, Verdict};
use cosmic_ai::{Charge, Reconciled, Search};

use crate::app::App;
use crate::bucket::{BUCKET_LABEL, Bucket, SERVER_LABEL};
use crate::library::Sweep;

/// How often a gateway looks for media whose answers were lost.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// What a server found and put in order when it started.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Recovery {
    /// Of the media library.
    pub library: Sweep,
    /// Calls under way whose media were found: settled.
    pub settled: u64,
    /// Calls under way of an embedded backend that made no medium: released, for nobody billed them.
    pub released: u64,
    /// Calls under way of which nobody knows: still held, and looked for from time to time.
    pub unresolved: u64,
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { library, settled, released, unresolved } = self;
        write!(f, "{library}; calls left open: {settled} settled, {released} released, {unresolved} unresolved")
    }
}

/// Puts in order what stood open.
pub(crate) async fn recover(app: &App, library: Sweep) -> Result<Recovery, LedgerError> {
    let mut recovery = Recovery { library, ..Recovery::default() };
    // A stop that had no more time leaves calls unresolved too.
    let states: &[State] = if app.is_embedded { &[State::Sent, State::Unknown] } else { &[State::Sent] };
    for entry in open_entries(app, states).await? {
        if entry.labels.get(SERVER_LABEL).map(String::as_str) != Some(app.disk.id()) {
            continue;
        }
        if entry.state == State::Sent {
            let unknown = Next::Unknown { at_least: Charge::ZERO, result: None };
            app.ledger.advance(Change::new(entry.id.clone(), Some(entry.ticket), unknown, SystemTime::now())).await?;
        }
        let Some((bucket, meter)) = of(app, &entry) else {
            recovery.unresolved += 1;
            continue;
        };
        if settled_by_medium(bucket, meter, &entry).await {
            recovery.settled += 1;
        } else if app.is_embedded && meter.resolve(&entry.id, Verdict::NotBilled).await.is_ok() {
            recovery.released += 1;
        } else {
            recovery.unresolved += 1;
        }
    }
    Ok(recovery)
}

/// Looks for lost media until the server stops.
pub(crate) async fn look_for_lost(app: Arc<App>) {
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let open = match open_entries(&app, &[State::Unknown]).await {
            Ok(open) => open,
            Err(error) => {
                tracing::warn!(%error, "the ledger cannot be asked for what is lost");
                continue;
            }
        };
        for entry in open {
            if let Some((bucket, meter)) = of(&app, &entry)
                && settled_by_medium(bucket, meter, &entry).await
            {
                tracing::info!(operation = %entry.id, "a lost medium was found and settled");
            }
        }
    }
}

/// All entries in these states, oldest first.
async fn open_entries(app: &App, states: &[State]) -> Result<Vec<Entry>, LedgerError> {
    let mut all: Vec<Entry> = Vec::new();
    loop {
        let mut query = EntryQuery::all().with_states(states);
        if let Some(last) = all.last() {
            query = query.with_after(last);
        }
        let page = app.ledger.entries(&query).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// The bucket of an entry, if it is served here.
fn of<'a>(app: &'a App, entry: &Entry) -> Option<(&'a Bucket, &'a Meter)> {
    let bucket = app.buckets.get(entry.labels.get(BUCKET_LABEL)?)?;
    Some((bucket, bucket.meter()?))
}

/// Settles a call whose medium is in the library. What cannot be asked now is asked later.
async fn settled_by_medium(bucket: &Bucket, meter: &Meter, entry: &Entry) -> bool {
    if matches!(entry.kind, Kind::Text | Kind::Plan) {
        return false;
    }
    let Ok(Reconciled::Found(medium)) = bucket.client.reconcile(&Search::of(entry.id.clone())).await else {
        return false;
    };
    meter.resolve(&entry.id, Verdict::Made(medium)).await.is_ok()
}
