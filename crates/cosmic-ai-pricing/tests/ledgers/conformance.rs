//! The conformance suite of the testkit, run by each ledger.

use std::sync::Arc;

use cosmic_ai_pricing::ledger::{Ledger, LedgerError, MemoryLedger};
use cosmic_ai_testkit::conformance::{Handles, Report, Suite};

/// Handles on a new ledger in memory: all of them are the one.
async fn in_memory(handles: usize) -> Result<Handles, LedgerError> {
    let ledger: Arc<dyn Ledger> = Arc::new(MemoryLedger::new());
    Ok(vec![ledger; handles])
}

fn assert_kept(report: &Report) {
    report.assert_ok();
    assert!(report.results.len() > 55, "{} checks", report.results.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_keeps_every_rule() {
    assert_kept(&Suite::new().ledger(in_memory).await);
}
