//! The conformance suite of the testkit, run by each ledger.

use std::sync::Arc;

#[cfg(any(feature = "sqlite", feature = "postgres-tests"))]
use cosmic_ai_pricing::ledger::LedgerError;
use cosmic_ai_pricing::ledger::{Ledger, MemoryLedger};
#[cfg(any(feature = "sqlite", feature = "postgres-tests"))]
use cosmic_ai_testkit::conformance::Handles;
use cosmic_ai_testkit::conformance::{CheckOutcome, Report, Suite};

fn assert_kept(report: &Report) {
    report.assert_ok();
    let not_passed: Vec<_> = report.results.iter().filter(|check| check.outcome != CheckOutcome::Passed).collect();
    assert!(not_passed.is_empty(), "{not_passed:?}");
    assert!(report.results.len() > 60, "{} checks", report.results.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_keeps_every_rule() {
    let make = async |handles| {
        let ledger: Arc<dyn Ledger> = Arc::new(MemoryLedger::new());
        Ok(vec![ledger; handles])
    };
    assert_kept(&Suite::new().ledger(make).await);
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use std::path::Path;
    use std::sync::atomic::{AtomicU32, Ordering};

    use cosmic_ai_pricing::ledger::SqliteLedger;

    use super::*;

    /// Handles on one file, each with connections of its own.
    fn open(file: &Path, handles: usize) -> Result<Handles, LedgerError> {
        let one = || SqliteLedger::open(file).map(|ledger| Arc::new(ledger) as Arc<dyn Ledger>);
        std::iter::repeat_with(one).take(handles).collect()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn sqlite_keeps_every_rule() {
        let folder = tempfile::tempdir().unwrap();
        let (folder, number) = (folder.path(), &AtomicU32::new(0));
        let make = async |handles| {
            let number = number.fetch_add(1, Ordering::Relaxed);
            open(&folder.join(format!("ledger-{number}")), handles)
        };
        assert_kept(&Suite::new().ledger(make).await);
    }
}

#[cfg(feature = "postgres-tests")]
pub(super) mod postgres {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::SystemTime;

    use cosmic_ai_pricing::ledger::PostgresLedger;

    use super::*;

    /// Handles on a new ledger, each with connections of its own.
    pub(in super::super) async fn fresh(handles: usize) -> Result<Vec<PostgresLedger>, LedgerError> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let Ok(url) = std::env::var("COSMIC_TEST_POSTGRES_URL") else {
            panic!(
                "COSMIC_TEST_POSTGRES_URL names no server; `cargo xtask ci ledgers` starts one and runs these tests"
            );
        };
        // A server of one's own may still have what an earlier run left.
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_micros();
        let schema = format!("fresh_{now}_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut opened = Vec::new();
        for _ in 0..handles {
            opened.push(PostgresLedger::builder(&url).with_schema(&schema).connect().await?);
        }
        Ok(opened)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn postgres_keeps_every_rule() {
        let shared = |ledger| Arc::new(ledger) as Arc<dyn Ledger>;
        let make = async |handles| Ok(fresh(handles).await?.into_iter().map(shared).collect());
        assert_kept(&Suite::new().ledger(make).await);
    }
}
