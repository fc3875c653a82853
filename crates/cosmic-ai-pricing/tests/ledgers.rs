//! Every ledger against the rules of `Ledger`, and against a model that adds everything up anew.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod ledgers {
    mod conformance;
}
