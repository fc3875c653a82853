//! `completions`: for a shell, from the same definitions as the help.

use clap::CommandFactory as _;
use clap_complete::Shell;
use cosmic_ai::Outcome;

use crate::args::Cli;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(shell: Shell, output: Output) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "cosmic-ai", &mut script);
    output.raw(&script, Outcome::NotSent)?;
    Ok(())
}
