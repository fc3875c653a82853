//! Runs the code of the page that documents the API, as it is printed there.
//!
//! In reading order: `block` finds the code on the page, `printed` changes what has to be changed to run it here, `answers`
//! says what a command has to print, `run` runs a block, `shown` compares the answers that the page shows.

mod answers;
mod block;
mod printed;
mod run;
mod shown;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};

use self::block::{Block, Language, blocks};
use self::run::Bench;
use super::trial::Trial;
use super::workshop::Workshop;

/// Where a copy of the page is, if it is not found beside the workspace.
pub(super) const VARIABLE: &str = "COSMIC_API_PAGE";
const BESIDE: &str = "reference/cosmic-ai-api-page.md";
/// How many blocks of code and of answers the page has at least, so that it does not pass by finding none.
const BLOCKS: usize = 40;
const SHOWN: usize = 6;
/// They wait for the server most of the time.
const AT_ONCE: usize = 4;

/// What was found on a page, all of it right.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Blocks of code that were run.
    pub(super) blocks: usize,
    /// Answers that were compared.
    pub(super) answers: usize,
}

/// How a block ended: well, or with what it said.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) line: usize,
    pub(super) wrong: Option<String>,
}

/// A copy of the page: what the environment names, or in the folder `reference` of a folder beside the workspace.
///
/// # Errors
///
/// When the environment names a file that is not there.
pub(super) fn find(root: &Path) -> Result<Option<PathBuf>> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        let named = PathBuf::from(named);
        if !named.is_file() {
            bail!("{VARIABLE} names {}, which is no file", named.display());
        }
        return Ok(Some(named));
    }
    Ok(beside(root))
}

/// What lies beside the workspace is not ours: folders that cannot be read are passed by.
fn beside(root: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(root.parent()?).ok()?;
    let pages = entries.flatten().map(|entry| entry.path().join(BESIDE));
    pages.filter(|page| page.is_file()).min()
}

/// Runs every block against a server, compares every answer that is shown, and keeps what was made for the decoder.
///
/// # Errors
///
/// When a block fails, an answer differs, or there are too few of either.
pub(super) fn run(workshop: &Workshop, server: &Trial, page: &str) -> Result<Found> {
    let (shown, code) = blocks(page)?.into_iter().partition::<Vec<_>, _>(|block| block.language == Language::Json);
    let bench = Bench::new(workshop, server)?;
    let mut verdicts = verdicts(&bench, &code)?;
    verdicts.extend(shown::verdicts(&shown, &bench.answers()?)?);
    verdicts.sort_by_key(|verdict| verdict.line);
    for verdict in &verdicts {
        match &verdict.wrong {
            None => println!("  line {:>4}  ok", verdict.line),
            Some(wrong) => println!("  line {:>4}  FAILED: {}", verdict.line, wrong.replace('\n', "\n    ")),
        }
    }
    let failed = verdicts.iter().filter(|verdict| verdict.wrong.is_some()).count();
    if failed > 0 {
        bail!("{failed} blocks of the page fail, of {}", verdicts.len());
    }
    let found = Found { blocks: code.len(), answers: shown.len() };
    if found.blocks < BLOCKS || found.answers < SHOWN {
        bail!("the page has at least {BLOCKS} blocks of code and {SHOWN} answers, but this is found: {found:?}");
    }
    bench.harvest()?;
    Ok(found)
}

/// How each block of code of a page ends, in the order of the page.
///
/// # Errors
///
/// As [`run()`], but not when a block fails.
pub(super) fn doubted(workshop: &Workshop, server: &Trial, page: &str) -> Result<Vec<Verdict>> {
    verdicts(&Bench::new(workshop, server)?, &blocks(page)?)
}

fn verdicts(bench: &Bench, blocks: &[Block]) -> Result<Vec<Verdict>> {
    let next = AtomicUsize::new(0);
    let verdicts: Mutex<Vec<Result<Verdict>>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(block) = blocks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let verdict = judge(bench, block);
                    if let Ok(mut verdicts) = verdicts.lock() {
                        verdicts.push(verdict);
                    }
                }
            });
        }
    });
    let verdicts = verdicts.into_inner().ok().context("a block was not run")?;
    let mut verdicts = verdicts.into_iter().collect::<Result<Vec<_>>>()?;
    if verdicts.len() != blocks.len() {
        bail!("{} blocks were run, of {}", verdicts.len(), blocks.len());
    }
    verdicts.sort_by_key(|verdict| verdict.line);
    Ok(verdicts)
}

fn judge(bench: &Bench, block: &Block) -> Result<Verdict> {
    let wrong = bench.run(block).with_context(|| format!("the block at line {}", block.line))?;
    Ok(Verdict { line: block.line, wrong })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_lies_in_the_reference_of_a_folder_beside_the_workspace() {
        let above = std::env::temp_dir().join(format!("pages-{}", std::process::id()));
        let (root, page) = (above.join("root"), above.join("sources").join(BESIDE));
        std::fs::create_dir_all(&root).unwrap();
        assert_eq!(beside(&root), None);
        std::fs::create_dir_all(page.parent().unwrap()).unwrap();
        std::fs::write(&page, "").unwrap();
        assert_eq!(beside(&root), Some(page));
        std::fs::remove_dir_all(above).unwrap();
    }
}
