//! The program that `cargo xtask race` and `cargo xtask crash` run many of: it spends through a meter on a shared ledger, and
//! audits what the others have left. Nobody else needs it.
//!
//! In reading order: `race` and `crash` are the processes that spend, `plot` is what each operation is going to be, `perform`
//! does it with the `backend`, and `journal` outlives them. `watch` looks on; `audit` and `verdict` judge by `story`.

mod arguments;
mod audit;
mod backend;
mod budgets;
mod crash;
mod ending;
mod entries;
mod journal;
mod observed;
mod perform;
mod place;
mod plot;
mod race;
mod sabotage;
mod story;
mod verdict;
mod watch;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use self::arguments::Arguments;

const HELP: &str =
    "spend-worker race|watch|audit|crash|verdict --ledger sqlite|postgres …: see `cargo xtask race --help`";

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let command = words.next().context(HELP)?;
    let arguments = Arguments::read(words)?;
    match command.as_str() {
        "race" => race::run(&arguments).await,
        "watch" => watch::run(&arguments).await,
        "audit" => audit::run(&arguments).await,
        "crash" => crash::run(&arguments).await,
        "verdict" => verdict::run(&arguments).await,
        _ => bail!(HELP),
    }
}
