//! `completions`: for a shell, from the same definitions as the help.

use clap::CommandFactory as _;
use clap_complete::Shell;
use cosmic_ai::Outcome;

use crate::args::Cli;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(shell: Shell, output: Output) -> Result<(), Failure> {
    if output.json {
        return Err(Failure::Usage("`completions` prints a script and no JSON: leave --json out".to_owned()));
    }
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "cosmic-ai", &mut script);
    if shell == Shell::Bash {
        script = with_one_spelling(&String::from_utf8_lossy(&script)).into_bytes();
    }
    output.raw(&script, Outcome::NotSent)?;
    Ok(())
}

/// The script for bash with one spelling of the program's name.
///
/// The generator spells a hyphen in it in one way where the script finds out which command is typed, and in another where it looks
/// for that command's flags (<https://github.com/clap-rs/clap/issues/6421>), so that nothing would be completed after a command. Once
/// the generator has one spelling, whichever that is, this changes nothing that matters.
fn with_one_spelling(script: &str) -> String {
    script.replace("cosmic__subcmd__ai", "cosmic__ai")
}
