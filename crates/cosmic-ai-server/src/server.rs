//! A running server: started, addressed, stopped.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cosmic_ai::pricing::ledger::{Ledger, LedgerError, MemoryLedger, SqliteLedger};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::backend::Backend;
use crate::bucket::Bucket;
use crate::config::{BucketConfig, Config, ConfigError, LOCAL_BUCKET, LOCAL_READ_KEY, LOCAL_WRITE_KEY, LedgerPlace};
use crate::gate::Gate;
use crate::keep::Keeper;
use crate::library::DiskLibrary;
use crate::listen;
use crate::metrics::Metrics;
use crate::recover::{Recovery, look_for_lost, recover};
use crate::routes::router;

/// A running server. Dropping it stops it at once; [`stop`](Self::stop) does it gracefully.
#[derive(Debug)]
pub struct Server {
    app: Arc<App>,
    address: SocketAddr,
    recovery: Recovery,
    listening: Option<JoinHandle<()>>,
}

/// Why a server did not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// The configuration cannot be served.
    #[error("configuration: {0}")]
    Config(#[from] ConfigError),
    /// The address cannot be listened at.
    #[error("cannot listen at {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The data folder cannot be used, or another server has it.
    #[error("data folder {}: {message}", folder.display())]
    Data {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        message: String,
        /// What the system says.
        #[source]
        source: Option<std::io::Error>,
    },
    /// The ledger cannot be opened.
    #[error("the ledger cannot be opened")]
    Ledger(#[from] LedgerError),
}

impl Server {
    /// Starts a server on the present tokio runtime: listens, puts in order what an earlier one left, and serves.
    ///
    /// # Errors
    /// When the configuration cannot be served, the address is taken, or the data folder or the ledger cannot be opened.
    pub async fn start(mut config: Config, backend: Backend) -> Result<Self, StartError> {
        complete(&mut config, &backend)?;
        config.check()?;
        let keep = config.keep.as_ref().map(Keeper::new).transpose()?;
        let failed = |source| StartError::Listen { address: config.address, source };
        let listener = TcpListener::bind(config.address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let origin = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
        let (disk, sweep) = open_library(&config, origin.trim_end_matches('/')).await?;
        let ledger = open_ledger(&config).await?;
        let registry = backend.registry();
        let buckets = config.buckets.iter().map(|bucket| {
            let made = Bucket::new(&config, bucket, &backend, &disk, &ledger, &registry);
            (bucket.slug.clone(), Arc::new(made))
        });
        let metrics = Arc::new(Metrics::default());
        let app = Arc::new(App {
            buckets: buckets.collect(),
            gate: Gate::new(&config.limits, metrics.clone()),
            keep,
            metrics,
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
            cutting: CancellationToken::new(),
            is_embedded: backend.is_embedded(),
            config,
            ledger,
            registry,
            disk,
        });
        let recovery = recover(&app, sweep).await?;
        if !app.is_embedded {
            tokio::spawn(look_for_lost(app.clone()));
        }
        let listening = tokio::spawn(listen::serve(listener, router(app.clone()), app.clone()));
        Ok(Self { app, address, recovery, listening: Some(listening) })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the routes of the API begin with: `http://127.0.0.1:4010/v3`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v3", self.address)
    }

    /// What it found and put in order when it started.
    pub const fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// The ledger that it records in.
    pub fn ledger(&self) -> &Arc<dyn Ledger> {
        &self.app.ledger
    }

    /// The media library on disk.
    pub fn library(&self) -> &DiskLibrary {
        &self.app.disk
    }

    /// Stops: takes no more calls, waits for those under way as long as [`Limits::grace`](crate::Limits::grace) says, cuts
    /// and settles the rest, and has the ledger write all of it.
    ///
    /// # Errors
    /// When the ledger could not write what was left. The deadlines of the calls tell then.
    pub async fn stop(mut self) -> Result<(), LedgerError> {
        self.app.stopping.cancel();
        self.app.tasks.close();
        let grace = self.app.config.limits.grace;
        if tokio::time::timeout(grace, self.app.tasks.wait()).await.is_err() {
            self.app.cutting.cancel();
            self.app.tasks.wait().await;
        }
        if let Some(listening) = self.listening.take() {
            // Connections end with their answers, and a slow reader does not hold the server for ever.
            let _ = tokio::time::timeout(grace, listening).await;
        }
        self.app.ledger.flush().await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.app.stopping.cancel();
        self.app.cutting.cancel();
    }
}

/// Fills in the bucket of a server that was given none, and refuses what would be open to strangers.
fn complete(config: &mut Config, backend: &Backend) -> Result<(), ConfigError> {
    if config.buckets.is_empty() {
        if !config.address.ip().is_loopback() {
            let message =
                format!("{} is not on the loopback interface: configure buckets with keys of your own", config.address);
            return Err(ConfigError::new(message));
        }
        if !backend.is_embedded() {
            return Err(ConfigError::new("a gateway spends real tokens: configure buckets with keys of your own"));
        }
        config.buckets.push(BucketConfig::new(LOCAL_BUCKET, LOCAL_WRITE_KEY, LOCAL_READ_KEY));
    }
    for (place, bucket) in config.buckets.iter().enumerate() {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if !(1..=64).contains(&bucket.slug.len()) || !bucket.slug.bytes().all(allowed) {
            return Err(ConfigError::new(format!("bucket {}: a slug is 1 to 64 of a-z, A-Z, 0-9, - and _", place + 1)));
        }
        if config.buckets.iter().take(place).any(|other| other.slug == bucket.slug) {
            return Err(ConfigError::new(format!(
                "bucket {}: there is another of the slug {}",
                place + 1,
                bucket.slug
            )));
        }
    }
    Ok(())
}

async fn open_library(config: &Config, origin: &str) -> Result<(DiskLibrary, crate::library::Sweep), StartError> {
    let (folder, origin, folders) = (config.data.clone(), origin.to_owned(), config.folders);
    let failed = |source: std::io::Error| StartError::Data {
        folder: config.data.clone(),
        message: "cannot be used".to_owned(),
        source: Some(source),
    };
    let opened = tokio::task::spawn_blocking(move || DiskLibrary::open(&folder, &origin, folders)).await;
    opened.map_err(|error| failed(std::io::Error::other(error)))?.map_err(failed)
}

async fn open_ledger(config: &Config) -> Result<Arc<dyn Ledger>, StartError> {
    Ok(match &config.ledger {
        LedgerPlace::DataFolder => sqlite(&config.data.join("spend.db")).await?,
        LedgerPlace::Sqlite(path) => sqlite(path).await?,
        LedgerPlace::Memory => Arc::new(MemoryLedger::new()),
        #[cfg(feature = "postgres")]
        LedgerPlace::Postgres(url) => {
            use secrecy::ExposeSecret as _;
            Arc::new(cosmic_ai::pricing::ledger::PostgresLedger::connect(url.expose_secret()).await?)
        }
        #[cfg(not(feature = "postgres"))]
        LedgerPlace::Postgres(_) => {
            return Err(
                ConfigError::new("a ledger in PostgreSQL needs the feature `postgres` of cosmic-ai-server").into()
            );
        }
    })
}

async fn sqlite(path: &Path) -> Result<Arc<dyn Ledger>, StartError> {
    let path = path.to_owned();
    let opened = tokio::task::spawn_blocking(move || SqliteLedger::open(path)).await;
    Ok(Arc::new(opened.map_err(|_| ConfigError::new("the ledger's thread died"))??))
}
