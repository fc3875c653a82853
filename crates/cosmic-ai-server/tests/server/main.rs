//! The server as its clients see it: real connections on the loopback interface, real files, a real ledger.

mod fixture;
mod generating;
