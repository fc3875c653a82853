//! What a server serves, where, to whom, and within which limits.

mod check;
mod file;
mod key;
mod ledger;
mod limits;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use cosmic_ai::pricing::Budget;

pub use self::file::ConfigError;
pub use self::key::KeyHash;
pub use self::ledger::LedgerPlace;
pub use self::limits::{Limits, RateLimit};
use crate::library::FolderPolicy;

/// The port that a server listens at, if not told.
const PORT: u16 = 4010;
/// The bucket and the keys of a server that was given none. Known to everyone, so never used but on the loopback interface and
/// with a backend that costs nothing.
pub(crate) const LOCAL_BUCKET: &str = "local-bucket";
pub(crate) const LOCAL_WRITE_KEY: &str = "local-write-key";
pub(crate) const LOCAL_READ_KEY: &str = "local-read-key";

/// What a server serves, where, to whom, and within which limits.
///
/// ```
/// use cosmic_ai::Tokens;
/// use cosmic_ai::pricing::Budget;
/// use cosmic_ai_server::{BucketConfig, Config};
///
/// let config = Config::new("cosmic-data")
///     .with_bucket(BucketConfig::new("my-shop", "a-write-key", "a-read-key").with_budget(Budget::monthly(Tokens(1_000_000))));
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
#[must_use = "a configuration serves nothing until a server is started with it"]
pub struct Config {
    /// Where to listen; `127.0.0.1:4010`, if not set. Port 0 takes a free one. Any other address than one of the loopback interface
    /// needs buckets with keys.
    pub address: SocketAddr,
    /// The folder of media, library and ledger. Made if it is not there; only one server may have it at a time.
    pub data: PathBuf,
    /// Where what is spent is recorded; a SQLite file in the data folder, if not set.
    pub ledger: LedgerPlace,
    /// The buckets. Without any, there is `local-bucket` with the keys `local-write-key` and `local-read-key`, on the loopback
    /// interface and with an embedded backend only; it then refuses requests to other hosts than those of the loopback interface,
    /// and from web pages that are neither of this machine nor of [`cors_origins`](Self::cors_origins).
    pub buckets: Vec<BucketConfig>,
    /// Budgets over all buckets together, or by the labels that every call has: `bucket`, `server` (the id of the data folder) and
    /// `backend`.
    pub budgets: Vec<Budget>,
    /// What a request may take.
    pub limits: Limits,
    /// Origins whose pages may call the server from a browser, such as `http://localhost:3000`, or `*` for all; none, if not set.
    pub cors_origins: Vec<String>,
    /// What URLs of media begin with, such as `https://media.example.com`; the address that is listened at, if not set.
    pub public_url: Option<String>,
    /// What becomes of folders that do not exist: made on first use, if not set.
    pub folders: FolderPolicy,
    /// Whether a gateway keeps copies of the media that it had made.
    pub keep: Option<KeepConfig>,
    /// The hash of the key that `/metrics` asks for, as bearer. Without one, it is open on the loopback interface, and not served
    /// at any other address.
    pub metrics_key: Option<KeyHash>,
}

impl Config {
    /// The defaults, with a data folder.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), PORT),
            data: data.into(),
            ledger: LedgerPlace::default(),
            buckets: Vec::new(),
            budgets: Vec::new(),
            limits: Limits::default(),
            cors_origins: Vec::new(),
            public_url: None,
            folders: FolderPolicy::OnFirstUse,
            keep: None,
            metrics_key: None,
        }
    }

    /// Sets where to listen.
    pub const fn with_address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Sets where what is spent is recorded.
    pub fn with_ledger(mut self, ledger: LedgerPlace) -> Self {
        self.ledger = ledger;
        self
    }

    /// Adds a bucket.
    pub fn with_bucket(mut self, bucket: BucketConfig) -> Self {
        self.buckets.push(bucket);
        self
    }

    /// Adds a budget over all buckets.
    pub fn with_budget(mut self, budget: Budget) -> Self {
        self.budgets.push(budget);
        self
    }

    /// Sets what a request may take.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Lets pages of an origin call the server from a browser; `*` is all.
    pub fn with_cors_origin(mut self, origin: impl Into<String>) -> Self {
        self.cors_origins.push(origin.into());
        self
    }

    /// Sets what URLs of media begin with.
    pub fn with_public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// Refuses folders that do not exist. [`BucketConfig::with_folder`] makes some.
    pub const fn with_strict_folders(mut self) -> Self {
        self.folders = FolderPolicy::Strict;
        self
    }

    /// Has a gateway keep copies of the media that it had made.
    pub fn keeping(mut self, keep: KeepConfig) -> Self {
        self.keep = Some(keep);
        self
    }

    /// Has `/metrics` ask for a key.
    pub const fn with_metrics_key(mut self, key: KeyHash) -> Self {
        self.metrics_key = Some(key);
        self
    }
}

/// A bucket: its name in URLs, its keys, budgets and rate.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[must_use = "a bucket is not served until a configuration has it"]
pub struct BucketConfig {
    /// The slug, as it stands in URLs: 1 to 64 of `a-z`, `A-Z`, `0-9`, `-`, `_`.
    pub slug: String,
    /// The hash of the key that generates, uploads, changes and deletes.
    pub write_key: KeyHash,
    /// The hash of the key that reads.
    pub read_key: KeyHash,
    /// Budgets of this bucket alone, whatever scope they say.
    pub budgets: Vec<Budget>,
    /// How many calls that generate it may make.
    pub rate: Option<RateLimit>,
    /// Folders that are made at the start, if they are not there. With [`FolderPolicy::Strict`] they are those that media may be
    /// put into. Refused with a backend that has a library of its own, as a gateway has: its folders are its own.
    pub folders: Vec<String>,
}

impl BucketConfig {
    /// A bucket with its keys, of which only hashes are kept.
    pub fn new(slug: impl Into<String>, write_key: &str, read_key: &str) -> Self {
        Self::hashed(slug, KeyHash::of(write_key), KeyHash::of(read_key))
    }

    /// A bucket with hashes of its keys.
    pub fn hashed(slug: impl Into<String>, write_key: KeyHash, read_key: KeyHash) -> Self {
        Self { slug: slug.into(), write_key, read_key, budgets: Vec::new(), rate: None, folders: Vec::new() }
    }

    /// Adds a budget.
    pub fn with_budget(mut self, budget: Budget) -> Self {
        self.budgets.push(budget);
        self
    }

    /// Limits how many calls that generate it may make.
    pub const fn with_rate(mut self, rate: RateLimit) -> Self {
        self.rate = Some(rate);
        self
    }

    /// Adds a folder that is made at the start. A gateway's service makes its own.
    pub fn with_folder(mut self, name: impl Into<String>) -> Self {
        self.folders.push(name.into());
        self
    }
}

/// How a gateway keeps copies of the media that it had made: the answer's `url` is then that of the copy, and the service's own
/// stands beside it as `origin_url`. A copy that fails costs nothing but itself: the answer then has the service's URL.
/// Copies are asked for directly, without a proxy and without any key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeepConfig {
    /// The hosts that copies may come from, such as `cdn.cosmicjs.com`, by name and with a port if it is not the usual one. All
    /// others are refused, also behind a redirect.
    pub hosts: Vec<String>,
    /// The most bytes of one copy; 1 GiB, if not set.
    pub most_bytes: u64,
    /// How long one copy may take in all, for which the answer waits; 5 minutes, if not set.
    pub time: Duration,
}

impl KeepConfig {
    /// Copies from these hosts only.
    pub fn from_hosts(hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { hosts: hosts.into_iter().map(Into::into).collect(), most_bytes: 1 << 30, time: Duration::from_mins(5) }
    }

    /// Sets the most bytes of one copy.
    #[must_use]
    pub const fn with_most_bytes(mut self, bytes: u64) -> Self {
        self.most_bytes = bytes;
        self
    }

    /// Sets how long one copy may take in all.
    #[must_use]
    pub const fn with_time(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }
}
