//! The testkit tested: against a real HTTP client, the mock, and backends that are broken on purpose.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests, also where they are not in a test function"
)]

mod conforming;
mod faults;
mod http2;
mod ledgers;
mod sabotage;
mod sabotaged;
mod stub;
