//! The ledger of a fleet on a real server, by `cargo xtask ci ledgers`; or against the one that `cargo xtask postgres` starts.
//! The rules of every ledger are checked by `conformance`; here is what only a database can do.

mod doubt;
mod loss;
mod patience;
mod place;
mod secrets;
mod sharing;
mod tls;
