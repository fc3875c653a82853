//! What the command line takes. Nothing is judged here but the use of flags: values are the library's to judge.

mod requests;
pub(crate) mod values;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

pub(crate) use self::requests::{ExtendArgs, ImageArgs, SpeechArgs, StoredArgs, TargetArgs, TextArgs, VideoArgs};
use self::values::Known;

/// Generates text, images, video and speech. Says the price before it spends.
#[derive(Debug, Parser)]
#[command(name = "cosmic-ai", version, propagate_version = true, after_help = AFTER_HELP, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER_HELP: &str = "\
Exit codes:
  0 ok   1 a file, folder or ledger of this machine   2 misused flags   3 invalid request
  4 credentials and settings   5 budget or tokens used up   6 rate limited   7 network or time-out
  8 server   9 content policy   10 outcome unknown   130 interrupted

Try it without keys:  cosmic-ai --backend mock text 'Name three colours'";

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

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Generate text, shown as it is written
    #[command(
        after_help = "Example:\n  git diff | cosmic-ai text - --message 'user=Write a commit message for this diff' --max-tokens 300"
    )]
    Text(TextCommand),
    /// Generate an image
    #[command(
        after_help = "Example:\n  cosmic-ai image 'A lighthouse at dusk' --size 2048x2048 --aspect-ratio 16:9 -o lighthouse.png"
    )]
    Image(ImageCommand),
    /// Generate a video clip
    #[command(
        after_help = "Example:\n  cosmic-ai video 'The mug turns slowly' --duration 6 --reference mug.png -o mug.mp4"
    )]
    Video(VideoCommand),
    /// Continue a clip for another 8 seconds
    #[command(after_help = "Example:\n  cosmic-ai extend 65f3a2c8e4b0 'The lamp lights up' -o ending.mp4")]
    Extend(ExtendCommand),
    /// Speak a text
    #[command(after_help = "Example:\n  cosmic-ai speech - --voice sage -o chapter.mp3 < chapter.txt")]
    Speech(SpeechCommand),
    /// Price a call, sending nothing
    #[command(after_help = "Example:\n  cosmic-ai estimate video 'The mug turns slowly' --duration 4 --compare")]
    Estimate(EstimateCommand),
    /// Do many calls from a file, one JSON request a line
    #[command(after_help = BATCH_HELP)]
    Batch(BatchCommand),
    /// List the models, what they take and what they cost
    #[command(
        after_help = "Example:\n  cosmic-ai models --modality video\n  cosmic-ai models show veo-3.1-generate-preview"
    )]
    Models(ModelsCommand),
    /// Look into the media library
    #[command(
        after_help = "Example:\n  cosmic-ai media list --limit 5\n  cosmic-ai media get 65f3a2c8e4b0 -o clip.mp4"
    )]
    Media(MediaCommand),
    /// Show what was spent, from the ledger
    #[command(after_help = "Example:\n  cosmic-ai usage --by model --since 7d")]
    Usage(UsageCommand),
    /// Show or set budgets
    #[command(
        after_help = "Example:\n  cosmic-ai budget set 5000000 --per month\n  cosmic-ai budget set 200000 --per day --for label=newsletter"
    )]
    Budget(BudgetCommand),
    /// Show and settle calls of which nobody knows whether they were billed
    #[command(
        after_help = "Example:\n  cosmic-ai unresolved find\n  cosmic-ai unresolved resolve 0199f0c2-7c3e --not-billed"
    )]
    Unresolved(UnresolvedCommand),
    /// Serve the API on this machine, for clients in any language
    #[command(after_help = SERVE_HELP)]
    Serve(ServeCommand),
    /// Show the settings, where each comes from, and whether everything is in place
    #[command(after_help = "Example:\n  cosmic-ai doctor")]
    Doctor(DoctorCommand),
    /// Print completions for a shell
    #[command(
        after_help = "Example:\n  cosmic-ai completions bash > ~/.local/share/bash-completion/completions/cosmic-ai"
    )]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page, or write those of all commands
    #[command(after_help = "Example:\n  cosmic-ai man | man -l -\n  cosmic-ai man --dir ~/.local/share/man/man1")]
    Man {
        /// Write the pages of all commands into this folder
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

const BATCH_HELP: &str = r#"A line is a request with its kind, and a label if you like:
  {"kind":"image","prompt":"A lighthouse","size":"1024x1024","label":"covers"}
  {"kind":"text","prompt":"Describe a lighthouse","max_tokens":200}

Example:
  cosmic-ai batch jobs.jsonl -o results.jsonl --concurrency 4 --max-spend 500000
  cosmic-ai batch jobs.jsonl -o results.jsonl --resume"#;

const SERVE_HELP: &str = "\
The mock answers unless --backend http, which passes calls on to the service. Keys of the bucket that is served are best set in
the environment: COSMIC_SERVE_WRITE_KEY and COSMIC_SERVE_READ_KEY.

Example:
  cosmic-ai serve --data ./cosmic-data
  COSMIC_SERVE_WRITE_KEY=… COSMIC_SERVE_READ_KEY=… cosmic-ai serve --bucket my-shop --budget 1000000";

/// `text`.
#[derive(Debug, Args)]
pub(crate) struct TextCommand {
    #[command(flatten)]
    pub(crate) ask: TextArgs,
    /// Wait for the whole answer
    #[arg(long)]
    pub(crate) no_stream: bool,
}

/// `image`.
#[derive(Debug, Args)]
pub(crate) struct ImageCommand {
    #[command(flatten)]
    pub(crate) ask: ImageArgs,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
}

/// `video`.
#[derive(Debug, Args)]
pub(crate) struct VideoCommand {
    #[command(flatten)]
    pub(crate) ask: VideoArgs,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
}

/// `extend`.
#[derive(Debug, Args)]
pub(crate) struct ExtendCommand {
    #[command(flatten)]
    pub(crate) ask: ExtendArgs,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
}

/// `speech`.
#[derive(Debug, Args)]
pub(crate) struct SpeechCommand {
    #[command(flatten)]
    pub(crate) ask: SpeechArgs,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
}

/// `estimate`.
#[derive(Debug, Args)]
pub(crate) struct EstimateCommand {
    #[command(subcommand)]
    pub(crate) kind: EstimateKind,
}

/// What to price.
#[derive(Debug, Subcommand)]
pub(crate) enum EstimateKind {
    /// Text
    #[command(after_help = "Example:\n  cosmic-ai estimate text 'Name three colours' --max-tokens 50 --compare")]
    Text(Priced<TextArgs>),
    /// An image
    #[command(after_help = "Example:\n  cosmic-ai estimate image 'A lake' --size 4096x4096")]
    Image(Priced<ImageArgs>),
    /// A video clip
    #[command(after_help = "Example:\n  cosmic-ai estimate video 'Waves' --duration 4 --compare")]
    Video(Priced<VideoArgs>),
    /// The continuation of a clip
    #[command(after_help = "Example:\n  cosmic-ai estimate extend 65f3a2c8e4b0 'The lamp lights up'")]
    Extend(Priced<ExtendArgs>),
    /// Speech
    #[command(after_help = "Example:\n  cosmic-ai estimate speech - < chapter.txt")]
    Speech(Priced<SpeechArgs>),
}

/// A call to be priced.
#[derive(Debug, Args)]
pub(crate) struct Priced<A: Args> {
    #[command(flatten)]
    pub(crate) ask: A,
    /// Price it on every model that can take it
    #[arg(long)]
    pub(crate) compare: bool,
}

/// `batch`.
#[derive(Debug, Args)]
pub(crate) struct BatchCommand {
    /// The requests, one JSON object a line
    #[arg(value_name = "JOBS.jsonl")]
    pub(crate) jobs: PathBuf,
    /// Where results are appended [default: JOBS.results.jsonl]
    #[arg(short, long, value_name = "RESULTS.jsonl")]
    pub(crate) output: Option<PathBuf>,
    /// How many calls are under way at once
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) concurrency: u16,
    /// Go on with an earlier run: what is finished or unknown is never paid again
    #[arg(long)]
    pub(crate) resume: bool,
}

/// `models`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ModelsCommand {
    /// Only those of one modality
    #[arg(long, value_name = "M", value_parser = Known(values::modalities))]
    pub(crate) modality: Option<String>,
    #[command(subcommand)]
    pub(crate) action: Option<ModelsAction>,
}

/// What to do with models.
#[derive(Debug, Subcommand)]
pub(crate) enum ModelsAction {
    /// Show one model with the source of every figure
    #[command(after_help = "Example:\n  cosmic-ai models show claude-opus-4-8")]
    Show {
        /// The model, by id, alias or name
        #[arg(value_parser = Known(values::all_models))]
        id: String,
    },
}

/// `media`.
#[derive(Debug, Args)]
pub(crate) struct MediaCommand {
    #[command(subcommand)]
    pub(crate) action: MediaAction,
}

/// What to do in the media library.
#[derive(Debug, Subcommand)]
pub(crate) enum MediaAction {
    /// List files, newest first
    #[command(after_help = "Example:\n  cosmic-ai media list --folder covers")]
    List {
        /// Only those of a folder
        #[arg(long, value_name = "F")]
        folder: Option<String>,
        /// Only those that an operation made
        #[arg(long, value_name = "ID")]
        operation: Option<String>,
        /// How many at most
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
        /// How many of the newest to pass over
        #[arg(long, value_name = "N", default_value_t = 0)]
        skip: u32,
    },
    /// Describe a file
    #[command(after_help = "Example:\n  cosmic-ai media show 65f3a2c8e4b0")]
    Show {
        /// The file, by its id
        id: String,
    },
    /// Fetch the bytes of a file
    #[command(after_help = "Example:\n  cosmic-ai media get 65f3a2c8e4b0 -o clip.mp4")]
    Get {
        /// The file, by its id
        id: String,
        #[command(flatten)]
        target: TargetArgs,
    },
    /// Store a file of this machine
    #[command(after_help = "Example:\n  cosmic-ai media upload mug.png --alt-text 'A mug'")]
    Upload {
        /// The file
        file: PathBuf,
        /// Alternative text
        #[arg(long, value_name = "T")]
        alt_text: Option<String>,
        #[command(flatten)]
        stored: StoredArgs,
    },
    /// Delete a file
    #[command(after_help = "Example:\n  cosmic-ai media delete 65f3a2c8e4b0 --yes")]
    Delete {
        /// The file, by its id
        id: String,
    },
}

/// `usage`.
#[derive(Debug, Args)]
pub(crate) struct UsageCommand {
    /// Tell rows apart by model, modality, day, label, or label:NAME such as label:bucket; repeat for more
    #[arg(long, value_name = "BY", value_parser = Known(dimensions))]
    pub(crate) by: Vec<String>,
    /// Only what was begun since: 7d, 12h, 2026-11-01, or a time in RFC 3339
    #[arg(long, value_name = "D")]
    pub(crate) since: Option<String>,
}

fn dimensions() -> Vec<String> {
    ["model", "day", "modality", "label"].map(str::to_owned).to_vec()
}

/// `budget`.
#[derive(Debug, Args)]
pub(crate) struct BudgetCommand {
    #[command(subcommand)]
    pub(crate) action: BudgetAction,
}

/// What to do about budgets.
#[derive(Debug, Subcommand)]
pub(crate) enum BudgetAction {
    /// Show every budget and what is left of it
    #[command(after_help = "Example:\n  cosmic-ai budget show")]
    Show,
    /// Set a budget; replaces that of the same period and scope
    #[command(after_help = "Example:\n  cosmic-ai budget set 5000000 --per month")]
    Set {
        /// The most tokens of both pools together
        tokens: u64,
        /// The most tokens of the input pool
        #[arg(long, value_name = "TOKENS")]
        input: Option<u64>,
        /// The most tokens of the output pool, where media are charged
        #[arg(long, value_name = "TOKENS")]
        output: Option<u64>,
        #[command(flatten)]
        which: BudgetArgs,
        /// The time zone whose midnights count, such as Europe/Berlin [default: UTC]
        #[arg(long, value_name = "ZONE")]
        time_zone: Option<String>,
    },
    /// Remove a budget
    #[command(after_help = "Example:\n  cosmic-ai budget remove --per month")]
    Remove {
        #[command(flatten)]
        which: BudgetArgs,
    },
}

/// Which budget.
#[derive(Debug, Clone, Args)]
pub(crate) struct BudgetArgs {
    /// When it begins anew
    #[arg(long, value_name = "PERIOD", default_value = "month", value_parser = ["day", "month", "all"])]
    pub(crate) per: String,
    /// Whose calls it counts: NAME=VALUE of a label, or NAME for each value by itself; labels are `label`, `bucket`, `backend`
    /// [default: all calls]
    #[arg(long = "for", value_name = "NAME[=VALUE]")]
    pub(crate) scope: Option<String>,
}

/// `unresolved`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct UnresolvedCommand {
    #[command(subcommand)]
    pub(crate) action: Option<UnresolvedAction>,
}

/// What to do about unresolved calls.
#[derive(Debug, Subcommand)]
pub(crate) enum UnresolvedAction {
    /// Look for their media in the library, and settle those that are there. Costs nothing
    #[command(after_help = "Example:\n  cosmic-ai unresolved find")]
    Find,
    /// Settle one by your word
    #[command(after_help = "Example:\n  cosmic-ai unresolved resolve 0199f0c2-7c3e --charged 288000")]
    Resolve {
        /// The operation, by its id
        operation: String,
        #[command(flatten)]
        verdict: VerdictArgs,
    },
}

/// What became of a call.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct VerdictArgs {
    /// It was not billed
    #[arg(long)]
    pub(crate) not_billed: bool,
    /// It was billed this many output tokens, or INPUT+OUTPUT
    #[arg(long, value_name = "TOKENS", value_parser = charged)]
    pub(crate) charged: Option<(u64, u64)>,
    /// It made this medium, and is charged as it was expected to be
    #[arg(long, value_name = "MEDIA_ID")]
    pub(crate) made: Option<String>,
}

fn charged(text: &str) -> Result<(u64, u64), String> {
    let number = |text: &str| text.trim().parse::<u64>().map_err(|_| "a charge is TOKENS or INPUT+OUTPUT".to_owned());
    match text.split_once('+') {
        Some((input, output)) => Ok((number(input)?, number(output)?)),
        None => Ok((0, number(text)?)),
    }
}

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
    /// A configuration file of the server
    #[arg(long, value_name = "F")]
    pub(crate) config: Option<PathBuf>,
}

/// `doctor`.
#[derive(Debug, Args)]
pub(crate) struct DoctorCommand {
    /// Do not ask the service whether the keys are good
    #[arg(long)]
    pub(crate) offline: bool,
}
