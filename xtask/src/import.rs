//! `cargo xtask import PAGE.md`: holds the API's page against the registry's data files.
//!
//! In reading order: `options`; `page` takes Markdown apart; `read` finds out what it states, which is a `reading` of `facts`
//! (`spelling` knows how names and numbers are written); `data` is what the data files state and `decisions` what was
//! decided where the page leaves something open; `compare` makes the `report`; `apply` edits the data files.

mod apply;
mod compare;
mod data;
mod decisions;
mod facts;
mod options;
mod page;
mod read;
mod reading;
mod report;
mod spelling;
#[cfg(test)]
mod tests;

use std::path::Path;

use anyhow::{Context, Result};

use self::apply::{Applied, Origin};
use self::data::Data;
use self::decisions::Decisions;
pub(crate) use self::options::Options;
use self::page::Page;
use self::reading::Reading;
use self::report::{Ending, Report};
use crate::codegen;
use crate::root::root;

pub(crate) const HELP: &str = "\
Holds the API's page (Markdown) against the registry's data files, and says what differs.

Usage: cargo xtask import PAGE.md [--apply] [--json] [--date YYYY-MM-DD]

Options:
  --apply      writes into the data files what is new and what has changed, with source and date; removes nothing
  --json       writes the report as JSON
  --date DAY   the day on which the page was read (today)
  -h, --help   shows this text

What the page leaves open or says twice is decided in crates/cosmic-ai-core/registry/decisions.toml.

Ends with 0 if nothing differs that is not decided, 1 if something does, 2 if something could not be read.
After `--apply` it ends with what is left to do by hand.
";

const DECISIONS: &str = "decisions.toml";

/// Reads the page, prints the report, and edits the data files if it is asked to. Hands back the exit status.
///
/// # Errors
///
/// When a file cannot be read or written, or is wrong.
pub(crate) fn run(options: &Options) -> Result<u8> {
    let root = root()?;
    let text =
        std::fs::read_to_string(&options.page).with_context(|| format!("cannot read {}", options.page.display()))?;
    let (report, reading) = look(&root, &text)?;
    if options.json {
        println!("{}", report.json()?);
    } else {
        print!("{report}");
    }
    if !options.apply || report.ending() != Ending::Drift {
        return Ok(report.ending() as u8);
    }
    let applied = write(&root, &report, &reading, options)?;
    // Beside the report, which may be for a program.
    applied.done.iter().for_each(|done| eprintln!("applied: {done}"));
    applied.by_hand.iter().for_each(|left| eprintln!("by hand: {left}"));
    let (after, _) = look(&root, &text)?;
    Ok(after.ending() as u8)
}

/// What a page says beside what is committed.
fn look(root: &Path, page: &str) -> Result<(Report, Reading)> {
    let data = Data::read(root, &codegen::data_files())?;
    let path = codegen::data_file(DECISIONS);
    let decisions = std::fs::read_to_string(root.join(&path)).with_context(|| format!("cannot read {path}"))?;
    report(page, &data, &Decisions::parse(&decisions).context(path)?)
}

fn report(page: &str, data: &Data, decisions: &Decisions) -> Result<(Report, Reading)> {
    let known = data.known();
    let reading = read::page(&Page::parse(page), &known)?;
    Ok((compare::compare(&known, &reading, decisions), reading))
}

/// Edits the data files, if what comes of it is sound.
fn write(root: &Path, report: &Report, reading: &Reading, options: &Options) -> Result<Applied> {
    let mut data = Data::read(root, &codegen::data_files())?;
    let before = data.texts();
    let today = options.date.clone().unwrap_or_else(|| jiff::Zoned::now().date().to_string());
    let origin = Origin { source: data.source(), date: today };
    let applied = apply::apply(&mut data, report, &reading.facts, &reading.listed, &origin);
    let after = data.texts();
    codegen::judge(&after).context("the data files would be wrong, so nothing is written")?;
    for ((path, text), (_, old)) in after.iter().zip(&before) {
        if text != old {
            std::fs::write(root.join(path), text).with_context(|| format!("cannot write {path}"))?;
            eprintln!("wrote {path}; `cargo xtask codegen` makes the rest of it");
        }
    }
    Ok(applied)
}
