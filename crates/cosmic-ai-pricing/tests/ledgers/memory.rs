//! What is the ledger in memory's own: it ends with its last pointer, and pointers do what it does.

use std::sync::Arc;

use cosmic_ai_pricing::ledger::{EntryQuery, Ledger, MemoryLedger};
use cosmic_ai_testkit::conformance;

#[tokio::test]
async fn pointers_do_what_the_ledger_does() {
    let make = async |handles| {
        let boxed: Box<dyn Ledger> = Box::new(MemoryLedger::new());
        let ledger: Arc<dyn Ledger> = Arc::new(Arc::new(boxed));
        Ok(vec![ledger; handles])
    };
    conformance::ledger(make).await.assert_ok();
}

#[tokio::test]
async fn a_new_ledger_is_empty_and_whole() {
    let ledger = MemoryLedger::default();
    assert_eq!(ledger.entries(&EntryQuery::all()).await, Ok(Vec::new()));
    let found = ledger.reconcile().await.unwrap();
    assert!(found.is_whole());
    assert_eq!((found.entries, found.totals), (0, 0));
}
