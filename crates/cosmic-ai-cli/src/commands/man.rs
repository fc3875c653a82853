//! `man`: manual pages, from the same definitions as the help.

use std::path::Path;

use clap::CommandFactory as _;
use cosmic_ai::Outcome;

use crate::args::Cli;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(folder: Option<&Path>, output: Output) -> Result<(), Failure> {
    if output.json {
        return Err(Failure::Usage("`man` prints or writes manual pages and no JSON: leave --json out".to_owned()));
    }
    if let Some(folder) = folder {
        let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(Cli::command(), folder));
        written.map_err(|error| Failure::file(folder.display(), "cannot be written to", error))?;
        output.note(&format!("the manual pages are in {}", folder.display()));
        return Ok(());
    }
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
    rendered.map_err(|error| Failure::file("(standard output)", "cannot be written", error))?;
    output.raw(&page, Outcome::NotSent)?;
    Ok(())
}
