//! The commands, one file each.

mod batch;
mod budget;
mod completions;
mod doctor;
mod estimate;
mod extend;
mod image;
mod man;
mod media;
mod medium;
mod models;
mod serve;
mod speech;
mod text;
mod unresolved;
mod usage;
mod video;

use crate::args::{Cli, Command};
use crate::failure::Failure;
use crate::interrupt::or_interrupted;
use crate::output::Output;
use crate::session::Session;

/// Does what was asked.
///
/// # Errors
/// When it was not done, or not all of it.
pub(crate) async fn run(cli: Cli, output: Output) -> Result<(), Failure> {
    check_flags(&cli)?;
    // What needs no settings works in a broken home too.
    match cli.command {
        Command::Completions { shell } => return completions::run(shell, output),
        Command::Man { dir } => return man::run(dir.as_deref(), output),
        Command::Models(command) => return models::run(&command, output),
        Command::Estimate(command) => return or_interrupted(estimate::run(output, &command)).await,
        Command::Doctor(command) => {
            let (session, broken) = Session::of_what_can_be_read(cli.global, output)?;
            return doctor::run(&session, broken, &command).await;
        }
        _ => {}
    }
    let session = Session::new(cli.global, output)?;
    match cli.command {
        Command::Text(command) => text::run(&session, &command).await,
        Command::Image(command) => image::run(&session, &command).await,
        Command::Video(command) => video::run(&session, &command).await,
        Command::Extend(command) => extend::run(&session, &command).await,
        Command::Speech(command) => speech::run(&session, &command).await,
        Command::Batch(command) => batch::run(&session, &command).await,
        Command::Media(command) => media::run(&session, &command).await,
        Command::Usage(command) => or_interrupted(usage::run(&session, &command)).await,
        Command::Budget(command) => or_interrupted(budget::run(&session, &command)).await,
        Command::Unresolved(command) => unresolved::run(&session, &command).await,
        Command::Serve(command) => serve::run(&session, &command).await,
        Command::Completions { .. }
        | Command::Man { .. }
        | Command::Models(_)
        | Command::Estimate(_)
        | Command::Doctor(_) => Ok(()),
    }
}

/// Refuses a limit that the command would not keep: whoever sets one relies on it.
fn check_flags(cli: &Cli) -> Result<(), Failure> {
    let misused = |message: &str| Err(Failure::Usage(message.to_owned()));
    let global = &cli.global;
    match &cli.command {
        Command::Estimate(_) if global.max_spend.is_some() => {
            misused("--max-spend is for calls: `estimate` spends nothing")
        }
        Command::Serve(_) if global.max_spend.is_some() => {
            misused("--max-spend is for one run: `serve` takes --budget TOKENS, a month's")
        }
        Command::Serve(_) if global.label.is_some() => {
            misused("--label is for calls from here: clients of `serve` are told apart by their buckets")
        }
        _ => Ok(()),
    }
}
