//! The Cosmic AI API as a backend: every fault typed, nothing sent twice, streams at the speed of the wire.
//!
//! [`HttpBackend`] implements all generators of [`cosmic_ai_core`] and its media library. [`sse`] is the splitter of
//! event streams beneath, usable on any stream of bytes.
//!
//! Calls need a tokio runtime with time and IO enabled, as `#[tokio::main]` gives.
//!
//! # What is sent again
//! A paid request is sent again on its own only if nothing can have been billed for it: no connection was made, or the
//! service answered 429, or, for text, 503 with `Retry-After`. That those answers are unbilled is assumed; nothing
//! published says so. Everything else that is not an answer is [`Unknown`](cosmic_ai_core::Outcome::Unknown): look for
//! the result with [`reconcile`](cosmic_ai_core::reconcile) before you send it again.

mod backend;
mod classify;
mod config;
mod library;
mod retry;
pub mod sse;
mod stream;
mod transport;

/// The HTTP client beneath, for [`with_client_builder`](HttpBackendBuilder::with_client_builder).
pub use reqwest;

pub use self::backend::HttpBackend;
pub use self::config::{Environment, HttpBackendBuilder, Timeouts, Variables};
pub use self::retry::RetryPolicy;
pub use self::stream::TextEvents;

/// The examples of the README, run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct ReadmeDoctests;
