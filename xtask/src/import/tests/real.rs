//! The committed data files against the real page, where there is a copy of it.

use std::path::PathBuf;

use super::super::report::Ending;
use crate::root::root;

const NAME: &str = "reference/cosmic-ai-api-page.md";

/// The page that the environment names; else one in a folder beside the project.
fn page() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("COSMIC_API_PAGE") {
        return Some(PathBuf::from(named));
    }
    let folders = std::fs::read_dir(root().ok()?.parent()?).ok()?;
    folders.filter_map(|folder| Some(folder.ok()?.path().join(NAME))).find(|path| path.is_file())
}

#[test]
fn the_committed_registry_has_no_undecided_drift() {
    let Some(page) = page() else {
        println!("no copy of the page: name one with COSMIC_API_PAGE");
        return;
    };
    let text = std::fs::read_to_string(&page).unwrap();
    let (report, _) = super::super::look(&root().unwrap(), &text).unwrap();
    assert_eq!(report.ending(), Ending::Clean, "{}:\n{report}", page.display());
    assert!(report.stale_decisions.is_empty(), "{report}");
    assert!(!report.contradictory.is_empty(), "the page is known to leave things open");
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
