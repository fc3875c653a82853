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

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use self::apply::{Applied, Order, Origin};
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

Usage: cargo xtask import PAGE.md [--apply [--accept KEY]…] [--json] [--date YYYY-MM-DD]

Options:
  --apply      writes into the data files what is new and what has changed, with source and date; removes nothing
  --accept KEY writes a price, multiplier or tier although it is more than three times what was known, or less than a third of it
               (or a context that has become smaller, or a price whose row is also of a model that had another);
               without it such a figure is left to be done by hand
  --json       writes the report as JSON; with `--apply` also `applied`, `by_hand`, and as `ending` that of a second look
  --date DAY   the day on which the page was read (today)
  -h, --help   shows this text

What the page leaves open or says twice is decided in crates/cosmic-ai-core/registry/decisions.toml. A decision about what the
page no longer says is listed too: delete it.

Ends with 0 if nothing differs that is not decided and no decision is left over, 1 if something does, 2 if something could not be read.
After `--apply` it ends with what is left to do by hand.
";

const DECISIONS: &str = "decisions.toml";

/// Reads the page, prints the report, and edits the data files if it is asked to. Hands back the exit status.
///
/// # Errors
///
/// When a file cannot be read or written, or is wrong; for a program that is told as JSON, and no error here.
pub(crate) fn run(options: &Options) -> Result<u8> {
    run_in(root(), options, &mut std::io::stdout())
}

fn run_in(root: Result<PathBuf>, options: &Options, out: &mut impl Write) -> Result<u8> {
    match root.and_then(|root| carried_out(&root, options, out)) {
        Err(error) if options.json => {
            let ending = Ending::Unreadable;
            writeln!(out, "{:#}", serde_json::json!({ "ending": ending, "error": format!("{error:#}") }))?;
            Ok(ending as u8)
        }
        outcome => Ok(outcome? as u8),
    }
}

fn carried_out(root: &Path, options: &Options, out: &mut impl Write) -> Result<Ending> {
    let text =
        std::fs::read_to_string(&options.page).with_context(|| format!("cannot read {}", options.page.display()))?;
    let (report, reading) = look(root, &text)?;
    if !options.json {
        write!(out, "{report}")?;
    }
    let is_unknown = |key: &&String| !report.changed.iter().any(|item| item.key.to_string() == **key);
    if let Some(key) = options.accepted.iter().find(is_unknown) {
        bail!("`--accept {key}`: nothing that has changed is called so");
    }
    let (mut applied, mut ending) = (Applied::default(), report.ending());
    if options.apply && ending == Ending::Drift {
        applied = write(root, &report, &reading, options)?;
        ending = look(root, &text)?.0.ending();
        // Beside the report, and told again to a program.
        applied.done.iter().for_each(|done| eprintln!("applied: {done}"));
        applied.by_hand.iter().for_each(|left| eprintln!("by hand: {left}"));
    }
    if options.json {
        writeln!(out, "{}", report.json(options.apply.then_some((&applied, ending)))?)?;
    }
    Ok(ending)
}

/// The name by which a copy of the API's page is looked for.
const PAGE: &str = "reference/cosmic-ai-api-page.md";

/// A copy of the API's page: the one that `COSMIC_API_PAGE` names, from the root; else one in a folder beside the project.
pub(crate) fn copy_of_page(root: &Path) -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("COSMIC_API_PAGE").filter(|named| !named.is_empty()) {
        return Some(root.join(named));
    }
    let folders = std::fs::read_dir(root.parent()?).ok()?;
    folders.filter_map(|folder| Some(folder.ok()?.path().join(PAGE))).find(|path| path.is_file())
}

/// Holds the registry against a page.
///
/// # Errors
///
/// When anything is undecided or was not understood, with the report; or a file cannot be read.
pub(crate) fn hold_against(root: &Path, page: &Path) -> Result<()> {
    let text = std::fs::read_to_string(page).with_context(|| format!("cannot read {}", page.display()))?;
    let (report, _) = look(root, &text)?;
    if report.ending() != Ending::Clean {
        bail!("the registry and {} do not agree:\n{report}", page.display());
    }
    Ok(())
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
    let known = data.known();
    let today = options.date.clone().unwrap_or_else(|| jiff::Zoned::now().date().to_string());
    let origin = Origin { source: data.source(), date: today };
    let order = Order { report, known: &known, reading, origin, accepted: &options.accepted };
    let applied = apply::apply(&mut data, &order);
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
