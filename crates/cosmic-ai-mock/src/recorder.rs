//! What was asked of the mock and what came of it.

mod assert;
mod calls;
mod difference;
mod record;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cosmic_ai_core::{Call, Charge, RequestRef};
use tokio::time::Instant;

pub use self::calls::{CallState, Calls, RecordedCall};
pub(crate) use self::record::Record;
use crate::account::Account;

/// Keeps the calls of a mock. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    /// Since when times are counted.
    begun: Instant,
    /// By their numbers; `None` where nothing is to be kept.
    log: Option<Arc<Mutex<Log>>>,
}

#[derive(Debug, Default)]
struct Log {
    calls: Vec<Arc<RecordedCall>>,
    /// How many there ever were.
    count: u64,
}

impl Recorder {
    pub(crate) fn new(is_recording: bool) -> Self {
        Self { begun: Instant::now(), log: is_recording.then(Arc::default) }
    }

    /// Begins the record of a call.
    pub(crate) fn begin(
        &self,
        call: &Call,
        request: RequestRef<'_>,
        is_streamed: bool,
        account: Option<Account>,
    ) -> Record {
        let number = self.log().map_or(0, |mut log| {
            log.count += 1;
            let number = log.count;
            log.calls.push(Arc::new(RecordedCall {
                number,
                operation_id: call.operation_id().clone(),
                parent: call.parent().cloned(),
                labels: call.labels().clone(),
                request: request.to_owned(),
                is_streamed,
                started_at: self.begun.elapsed(),
                took: None,
                state: CallState::Running,
                charge: Some(Charge::ZERO),
                media_id: None,
                text: None,
            }));
            number
        });
        Record::new(self.clone(), number, is_streamed, account)
    }

    /// All calls, in the order they came.
    pub(crate) fn calls(&self) -> Vec<Arc<RecordedCall>> {
        self.log().map_or_else(Vec::new, |log| log.calls.clone())
    }

    pub(crate) fn forget(&self) {
        if let Some(mut log) = self.log() {
            log.calls.clear();
        }
    }

    /// Writes into the record of a call, unless it was forgotten.
    fn write(&self, number: u64, change: impl FnOnce(&mut RecordedCall, Duration)) {
        let Some(mut log) = self.log() else { return };
        if let Ok(place) = log.calls.binary_search_by_key(&number, |call| call.number)
            && let Some(call) = log.calls.get_mut(place)
        {
            // Copied only if someone holds a list of calls from before.
            change(Arc::make_mut(call), self.begun.elapsed());
        }
    }

    fn log(&self) -> Option<MutexGuard<'_, Log>> {
        // Calls are pushed whole, so a panic elsewhere leaves none half written.
        self.log.as_ref().map(|log| log.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
