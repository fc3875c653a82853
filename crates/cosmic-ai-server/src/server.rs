//! A running server: started, addressed, stopped.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use cosmic_ai::pricing::ledger::{Ledger, LedgerError};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::backend::Backend;
use crate::bucket::Bucket;
use crate::config::{BucketConfig, Config, ConfigError, LOCAL_BUCKET, LOCAL_READ_KEY, LOCAL_WRITE_KEY};
use crate::gate::Gate;
use crate::keep::Keeper;
use crate::ledger;
use crate::library::DiskLibrary;
use crate::listen;
use crate::metrics::Metrics;
use crate::recover::{Recovery, look_for_lost, recover};
use crate::routes::{keyless_room, router};

/// A running server. Dropping it cuts what is under way and lets go of the data folder soon after; [`stop`](Self::stop) ends it
/// gracefully, and the folder is free when it is done.
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
    /// The ledger holds calls of the other kind of [`Backend`]: what is made up and what is paid for must not count in the same
    /// budgets, nor stand in for one another.
    #[error(
        "the ledger {ledger} holds what was spent on the backend {holds}, and {starts} must not be mixed with it: start with \
         another data folder, or name another ledger"
    )]
    MixedLedger {
        /// The ledger: its file, or what it is in.
        ledger: String,
        /// The label `backend` of what it holds.
        holds: String,
        /// The label `backend` of what this server would enter.
        starts: &'static str,
    },
}

impl Server {
    /// Starts a server on the present tokio runtime: listens, puts in order what an earlier one left, and serves. What a service
    /// behind a gateway has to be asked for is asked once it serves.
    ///
    /// # Errors
    /// When the configuration cannot be served, the address is taken, the data folder or the ledger cannot be opened, or the
    /// ledger is one of the other kind of backend.
    pub async fn start(mut config: Config, backend: Backend) -> Result<Self, StartError> {
        config.check_for(&backend)?;
        if config.buckets.is_empty() {
            config.buckets.push(BucketConfig::new(LOCAL_BUCKET, LOCAL_WRITE_KEY, LOCAL_READ_KEY));
        }
        let keep = config.keep.as_ref().map(Keeper::new).transpose()?;
        let failed = |source| StartError::Listen { address: config.address, source };
        let listener = TcpListener::bind(config.address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let origin = config.public_url.clone().unwrap_or_else(|| origin(address));
        let (disk, sweep) = open_library(&config, origin.trim_end_matches('/')).await?;
        make_folders(&config, &disk).await?;
        let ledger = ledger::open(&config, backend.spending()).await?;
        let registry = backend.registry();
        let buckets = config.buckets.iter().map(|bucket| {
            let made = Bucket::new(&config, bucket, &backend, &disk, &ledger, &registry);
            (bucket.slug.clone(), Arc::new(made))
        });
        let metrics = Arc::new(Metrics::default());
        let app = Arc::new(App {
            buckets: buckets.collect(),
            gate: Gate::new(&config.limits, metrics.clone()),
            keyless: keyless_room(),
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
            // A stop waits for it, so that the folder is free afterwards.
            app.tasks.spawn(look_for_lost(app.clone()));
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
        format!("{}/v3", origin(self.address))
    }

    /// What it found and put in order when it started. Behind a gateway that is what stood open: whether the service has it is
    /// found out while it serves, and stands in the ledger then.
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
        if let Some(mut listening) = self.listening.take() {
            // Connections end with their answers; a slow reader does not hold the server for ever.
            if tokio::time::timeout(grace, &mut listening).await.is_err() {
                self.app.cutting.cancel();
                let _ = listening.await;
            }
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

/// The URL of an address. One that stands for all of the machine's is reached by the loopback one.
fn origin(address: SocketAddr) -> String {
    let mut reached = address;
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => reached.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => reached.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    format!("http://{reached}")
}

/// Makes the folders that buckets are to have from the start.
async fn make_folders(config: &Config, disk: &DiskLibrary) -> Result<(), StartError> {
    for bucket in &config.buckets {
        disk.bucket(&bucket.slug).create_folders(&bucket.folders).await.map_err(|error| StartError::Data {
            folder: config.data.clone(),
            message: format!("the folders of bucket {} cannot be made: {error}", bucket.slug),
            source: None,
        })?;
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
