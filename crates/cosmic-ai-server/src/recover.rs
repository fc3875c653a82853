//! What a server puts in order when it starts: what stood open when the one before it died.

use std::sync::Arc;

use cosmic_ai::pricing::ledger::LedgerError;

use crate::app::App;
use crate::library::Sweep;

/// What a server found and put in order when it started.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Recovery {
    /// Of the media library.
    pub library: Sweep,
    /// Calls under way whose media were found: settled.
    pub settled: u64,
    /// Calls under way that made nothing: released. Only of embedded backends, which died with the server.
    pub released: u64,
    /// Calls under way of which nobody knows: still held.
    pub unresolved: u64,
}

/// Puts in order what stood open.
pub(crate) async fn recover(_app: &Arc<App>, library: Sweep) -> Result<Recovery, LedgerError> {
    Ok(Recovery { library, ..Recovery::default() })
}
