//! The backend against servers on the loopback interface: what it sends, what it makes of every fault, what it never shows.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod http {
    mod ask;
    mod configuration;
    mod conformance;
    mod fault;
    mod faults;
    mod in_flight;
    mod library;
    mod library_faults;
    mod limits;
    mod progress;
    mod reconcile;
    mod retry;
    mod secrets;
    mod setup;
    mod spans;
    mod stale;
    mod wire;
}
