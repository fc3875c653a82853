//! What the command line takes. Nothing is judged here but the use of flags: values are the library's to judge.

mod global;
mod media;
mod requests;
mod serve;
mod spending;
pub(crate) mod values;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

pub(crate) use self::global::Global;
pub(crate) use self::media::{MediaAction, MediaCommand};
pub(crate) use self::requests::{ExtendArgs, ImageArgs, SpeechArgs, StoredArgs, TargetArgs, TextArgs, VideoArgs};
pub(crate) use self::serve::ServeCommand;
pub(crate) use self::spending::{
    BudgetAction, BudgetArgs, BudgetCommand, UnresolvedAction, UnresolvedCommand, UsageCommand, VerdictArgs,
};
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

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Generate text, shown as it is written
    #[command(
        after_help = "Example:\n  git diff | cosmic-ai text - 'Write a commit message for this diff' --max-tokens 300\n  git diff | cosmic-ai text - --message 'user=Write a commit message for this diff' --max-tokens 300"
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
    #[command(
        about = values::extend_about(),
        after_help = "Example:\n  cosmic-ai extend 65f3a2c8e4b0 'The lamp lights up' -o ending.mp4"
    )]
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
    #[command(after_help = serve::HELP)]
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

/// `doctor`.
#[derive(Debug, Args)]
pub(crate) struct DoctorCommand {
    /// Do not ask the service whether the keys are good
    #[arg(long)]
    pub(crate) offline: bool,
}
