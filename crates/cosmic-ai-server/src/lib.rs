//! A local Cosmic AI API: the wire API as a server over any backend.
//!
//! A client of the Cosmic AI API in any language works against it by changing one base URL. By default the mock makes
//! everything, media are kept in a folder and what is spent in a SQLite ledger beside them; as a gateway it passes calls on
//! to the real service, under budgets of its own.
//!
//! ```no_run
//! use cosmic_ai_server::{Backend, Config, Server};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::start(Config::new("cosmic-data"), Backend::mock()).await?;
//! println!("serving {}", server.base_url());
//! server.stop().await?;
//! # Ok(())
//! # }
//! ```
//!
//! In reading order: [`Config`] says what to serve, [`Backend`] who generates, [`Server`] runs it. A request comes in through
//! `listen` (connections and their limits), is let in by `auth` and `gate`, read by `body`, answered in `routes`; `library`
//! keeps media on disk, `ledger` opens what is spent into, `operation` ties a request to it, `recover` puts in order what a crash left behind.

mod app;
mod auth;
mod backend;
mod body;
mod bucket;
mod config;
mod error;
mod gate;
mod keep;
mod ledger;
mod library;
mod listen;
mod metrics;
mod nearest;
mod openapi;
mod operation;
mod rate;
mod recover;
mod routes;
mod server;
mod shelf;

pub use self::backend::Backend;
pub use self::config::{BucketConfig, Config, ConfigError, KeepConfig, KeyHash, LedgerPlace, Limits, RateLimit};
pub use self::library::{BucketLibrary, DiskLibrary, FolderPolicy, Sweep};
pub use self::listen::raise_file_limit;
pub use self::openapi::document;
pub use self::recover::Recovery;
pub use self::server::{Server, StartError};

/// The example of the README, compiled as a doctest.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct ReadmeDoctests;
