//! What is asked of the ledger: usage, budgets and calls that are unresolved.

use clap::{Args, Subcommand};

use super::values::Known;

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
