//! The committed data files against the real page, where there is a copy of it.

use std::path::PathBuf;

use super::super::data::Data;
use super::super::decisions::Decisions;
use super::super::report::Ending;
use crate::codegen;
use crate::root::root;

fn page() -> Option<PathBuf> {
    super::super::copy_of_page(&root().ok()?)
}

#[test]
fn the_committed_registry_has_no_undecided_drift() {
    let Some(page) = page() else {
        // `cargo xtask ci page` is loud about it.
        println!("no copy of the page: name one with COSMIC_API_PAGE");
        return;
    };
    let text = std::fs::read_to_string(&page).unwrap();
    let (report, _) = super::super::look(&root().unwrap(), &text).unwrap();
    assert_eq!(report.ending(), Ending::Clean, "{}:\n{report}", page.display());
    assert!(!report.contradictory.is_empty(), "the page is known to leave things open");
}

#[test]
fn a_page_that_says_something_else_fails_the_step_of_ci() {
    let root = root().unwrap();
    let page = root.join("xtask/src/import/tests");
    let error = super::super::hold_against(&root, &page.join("nowhere.md")).unwrap_err();
    assert!(error.to_string().starts_with("cannot read"), "{error:#}");
    let error = super::super::hold_against(&root, &page.join("page.md")).unwrap_err();
    assert!(error.to_string().contains("do not agree"), "{error:#}");
}

#[test]
fn a_page_of_nothing_takes_nothing_from_the_committed_registry() {
    let (report, _) = super::super::look(&root().unwrap(), "").unwrap();
    assert_eq!(report.ending(), Ending::Unreadable);
    for table in
        ["text models", "image models", "video models", "speech models", "table of tiers", "media prices", "voices"]
    {
        assert!(report.missing.iter().any(|what| what.contains(table)), "{table}: {:?}", report.missing);
    }
}

/// Takes away one row after the other, and changes one price after the other, to see that each is missed.
#[test]
fn every_row_and_every_price_of_the_page_counts() {
    let Some(page) = page() else { return };
    let text = std::fs::read_to_string(&page).unwrap();
    let root = root().unwrap();
    let data = Data::read(&root, &codegen::data_files()).unwrap();
    let decisions = std::fs::read_to_string(root.join(codegen::data_file("decisions.toml"))).unwrap();
    let decisions = Decisions::parse(&decisions).unwrap();
    let is_noticed = |lines: &[&str]| {
        let (report, _) = super::super::report(&lines.join("\n"), &data, &decisions).unwrap();
        report.ending() != Ending::Clean
    };

    let lines: Vec<&str> = text.lines().collect();
    let rows = lines.iter().enumerate().filter(|(_, line)| line.starts_with('|') && !line.contains("---"));
    let rows: Vec<(usize, &str)> = rows.map(|(place, line)| (place, *line)).collect();
    // Models that make media are listed twice: among the text models of their maker, and where they belong.
    let id = |line: &str| line.split('`').nth(1).map(str::to_owned);
    let is_again = |place: usize, line: &str| {
        id(line).is_some_and(|one| rows.iter().any(|(other, row)| *other != place && id(row) == Some(one.clone())))
    };
    let mut unnoticed = Vec::new();
    for (place, line) in &rows {
        let mut changed = lines.clone();
        changed.remove(*place);
        if !is_noticed(&changed) && !is_again(*place, line) {
            unnoticed.push(format!("gone: {line}"));
        }
        let price = line.rfind(|letter: char| letter.is_ascii_digit()).filter(|_| id(line).is_none());
        if let Some(at) = price {
            let other = if line[at..].starts_with('9') { "8" } else { "9" };
            let line = [&line[..at], other, &line[at + 1..]].concat();
            let mut changed = lines.clone();
            changed[*place] = &line;
            if !is_noticed(&changed) {
                unnoticed.push(format!("changed: {line}"));
            }
        }
    }
    assert_eq!(unnoticed, [""; 0]);
}
