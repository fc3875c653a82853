//! The server as its clients see it: real connections on the loopback interface, real files, a real ledger.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod catalogue;
mod configuration;
mod files;
mod fixture;
#[cfg(feature = "postgres-tests")]
mod fleet;
mod gateway;
mod generating;
mod hostile;
mod idempotency;
mod library;
mod limits;
mod media;
mod openapi;
mod parity;
mod stopping;
