//! What a server is told.

use std::path::PathBuf;

use clap::Args;

pub(super) const HELP: &str = "\
The mock answers unless --backend http, which passes calls on to the service. Keys of the bucket that is served are best set in
the environment: COSMIC_SERVE_WRITE_KEY and COSMIC_SERVE_READ_KEY.

Example:
  cosmic-ai serve --data ./cosmic-data
  COSMIC_SERVE_WRITE_KEY=… COSMIC_SERVE_READ_KEY=… cosmic-ai serve --bucket my-shop --budget 1000000";

/// `serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeCommand {
    /// Where to listen; port 0 takes a free one [default: 127.0.0.1:4010]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) addr: Option<std::net::SocketAddr>,
    /// The folder of media, library and ledger [default: in the user's data folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The key that generates; better set `COSMIC_SERVE_WRITE_KEY`
    #[arg(long, value_name = "K", env = "COSMIC_SERVE_WRITE_KEY", hide_env_values = true)]
    pub(crate) write_key: Option<String>,
    /// The key that reads; better set `COSMIC_SERVE_READ_KEY`
    #[arg(long, value_name = "K", env = "COSMIC_SERVE_READ_KEY", hide_env_values = true)]
    pub(crate) read_key: Option<String>,
    /// The most tokens that may be spent a month, over all buckets
    #[arg(long, value_name = "TOKENS")]
    pub(crate) budget: Option<u64>,
    /// Refuse media for folders that nobody made; `folders` of a --config file makes them
    #[arg(long)]
    pub(crate) strict_folders: bool,
    /// A configuration file of the server
    #[arg(long, value_name = "F")]
    pub(crate) config: Option<PathBuf>,
}
