//! The server as its clients see it: real connections on the loopback interface, real files, a real ledger.

mod catalogue;
mod configuration;
mod files;
#[cfg(feature = "postgres")]
mod fleet;
mod fixture;
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
