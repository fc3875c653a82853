//! Tests for backends and ledgers of `cosmic-ai`: do they keep the promises of the traits, and what does a backend do when
//! the network does not?
//!
//! - [`conformance`] checks any backend, and any ledger, against the rules of its trait. Run it on your own.
//! - [`server`] is a loopback server that does exactly what a script says: answers, cut answers, stalls, resets, event
//!   streams in any pieces, HTTP/2 frames.
//! - [`stub`] is a small well-behaved Cosmic AI API over any generators, so that an HTTP client can be run through the
//!   conformance suite without the network.
//!
//! Servers listen on 127.0.0.1 and run on a thread of their own: they answer whatever the test's runtime does, a paused
//! clock included, and stop when they are dropped.

#![allow(clippy::panic, reason = "this crate is test code: a broken expectation is reported by a panic")]

pub mod conformance;
pub mod server;
pub mod stub;

mod host;
mod http1;
mod log;
mod wire;

/// The examples of the README, run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct ReadmeDoctests;
