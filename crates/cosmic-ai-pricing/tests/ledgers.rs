//! Every ledger against the rules of `Ledger`, and against a model that adds everything up anew.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod ledgers {
    mod conformance;
    mod memory;
    mod model;
    #[cfg(feature = "postgres-tests")]
    mod postgres;
    mod properties;
    #[cfg(feature = "sqlite")]
    mod sqlite;
}
