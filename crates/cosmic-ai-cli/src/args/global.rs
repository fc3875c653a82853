//! What every command takes.

use clap::Args;

/// What every command takes.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub(crate) struct Global {
    /// Who generates: the service over HTTP, or the mock without keys or cost
    #[arg(long, global = true, value_name = "BACKEND", value_parser = ["http", "mock"])]
    pub(crate) backend: Option<String>,
    /// The bucket, by its slug
    #[arg(long, global = true, value_name = "SLUG")]
    pub(crate) bucket: Option<String>,
    /// URL of AI calls and uploads, with the version, such as `http://127.0.0.1:4010/v3`
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// URL of reads, with the version
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) api_url: Option<String>,
    /// One JSON object on standard output; an error is one line of JSON on standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Send nothing: show what would be sent and what it would cost
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// The most tokens that this run may cost; text without --max-tokens gets the largest that fits
    #[arg(long, global = true, value_name = "TOKENS")]
    pub(crate) max_spend: Option<u64>,
    /// Where spending is recorded: a SQLite file, a postgres:// URL, or `memory`
    #[arg(long, global = true, value_name = "FILE|URL")]
    pub(crate) ledger: Option<String>,
    /// A label for what is spent, by which `usage` and budgets tell it apart
    #[arg(long, global = true, value_name = "TEXT")]
    pub(crate) label: Option<String>,
    /// The most seconds that a call may take
    #[arg(long, global = true, value_name = "S", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) timeout: Option<u64>,
    /// The most seconds between two parts of an answer
    #[arg(long, global = true, value_name = "S", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) idle_timeout: Option<u64>,
    /// How often a call that cannot have been billed is sent again [default: 3]
    #[arg(long, global = true, value_name = "N")]
    pub(crate) retries: Option<u32>,
    /// Do not ask
    #[arg(short = 'y', long, global = true)]
    pub(crate) yes: bool,
    /// Print results and errors, nothing else
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Say more: assumptions, operation ids
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// The seed of the mock: the same seed and request give the same bytes
    #[arg(long, global = true, value_name = "N")]
    pub(crate) seed: Option<u64>,
}
