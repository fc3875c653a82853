//! What becomes of the money when calls succeed, fail, break and are dropped: each failure that was seen in the field is a
//! test here, named after it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod spending {
    mod backend;
    mod budgets;
    mod cancel;
    mod ledger_down;
    mod operations;
    mod periods;
    mod setup;
    mod streams;
    mod unknown;
}
