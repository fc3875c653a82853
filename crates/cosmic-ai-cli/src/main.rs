//! `cosmic-ai`: generates text, images, video and speech at a terminal and in scripts, with the price said before it is spent.
//!
//! The facade with a terminal: nothing is judged, priced or counted here that the library does not. In reading order: `args` is
//! what the command line takes, `settings` where everything else comes from, `draft` makes requests of arguments, `session` goes
//! from the price to the moment before sending, `commands` has a file for each command, `target` and `output` are where results
//! go, `failure` is how a command fails, `interrupt` how it is stopped.

mod args;
mod commands;
mod draft;
mod failure;
mod interrupt;
mod output;
mod session;
mod settings;
mod target;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;

use self::args::Cli;
use self::failure::Failure;
use self::output::Output;

/// How long a run waits at its end for work of no more interest.
const LEFTOVERS: Duration = Duration::from_millis(100);

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misused(&error),
    };
    let output = Output::new(&cli.global);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output.failure(&Failure::file("(threads)", "cannot be started", error));
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(commands::run(cli, output));
    runtime.shutdown_timeout(LEFTOVERS);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            failure.exit_code().into()
        }
    }
}

/// Help and version, which are no errors; and flags that are wrong, in words or, if JSON was asked for, as JSON.
fn misused(error: &clap::Error) -> ExitCode {
    let wants_json = std::env::args_os().take_while(|argument| argument != "--").any(|argument| argument == "--json");
    if !error.use_stderr() {
        // There is nowhere to complain to if nobody reads.
        let _ = error.print();
    } else if wants_json {
        let global = args::Global { json: true, ..args::Global::default() };
        let message = error.render().to_string();
        // Up to the blank line it says what is wrong; after it, how it is used.
        let said: Vec<&str> = message.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
        let said = said.join(" ");
        Output::new(&global).failure(&Failure::Usage(said.strip_prefix("error: ").unwrap_or(&said).to_owned()));
    } else {
        Output::new(&args::Global::default()).misuse(error);
    }
    if error.use_stderr() { failure::code::USAGE.into() } else { ExitCode::SUCCESS }
}
