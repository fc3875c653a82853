//! Tests of `import` on a page and a registry of its own, on variants of that page, and on the real ones.

mod applied;
mod by_hand;
mod misread;
mod real;
mod run;
mod unread;
mod variants;

use super::data::Data;
use super::decisions::Decisions;
use super::report::{Ending, Item, Report};

const PAGE: &str = include_str!("tests/page.md");
const REGISTRY: &str = include_str!("tests/registry.toml");
const DECISIONS: &str = include_str!("tests/decisions.toml");
/// The row of a tier.
const LARGE: &str = "| **Large** | 2.0x | Acme Large 2 | 1,000 actual tokens = 2,000 deducted |";

fn data() -> Data {
    Data::parse([("registry.toml".to_owned(), REGISTRY.to_owned())]).unwrap()
}

fn decisions() -> Decisions {
    Decisions::parse(DECISIONS).unwrap()
}

fn report(page: &str) -> Report {
    super::report(page, &data(), &decisions()).unwrap().0
}

/// The page with every `from` replaced by its `to`; each must be there.
fn changed(changes: &[(&str, &str)]) -> String {
    let mut page = PAGE.to_owned();
    for (from, to) in changes {
        assert!(page.contains(from), "`{from}` is not on the page");
        page = page.replace(from, to);
    }
    page
}

/// What is not decided, without lines: they move with every edit of the page.
fn undecided(report: &Report) -> Vec<String> {
    let sections = [
        ("added", &report.added),
        ("removed", &report.removed),
        ("changed", &report.changed),
        ("contradictory", &report.contradictory),
    ];
    let line = |section: &str, item: &Item| {
        let registry = item.registry.as_ref().map(|registry| format!("{registry} → ")).unwrap_or_default();
        format!("{section} {}: {registry}{}", item.key, item.page)
    };
    let open = sections.into_iter().flat_map(|(section, items)| {
        items.iter().filter(|item| item.decided.is_none()).map(move |item| line(section, item))
    });
    let unreadable = report.unreadable.iter().map(|row| format!("unreadable: {}", row.why));
    let missing = report.missing.iter().map(|what| format!("missing: {what}"));
    let stale = report.stale_decisions.iter().map(|decision| format!("stale {decision}"));
    open.chain(unreadable).chain(missing).chain(stale).collect()
}

#[track_caller]
fn check(changes: &[(&str, &str)], ending: Ending, expected: &[&str]) {
    let report = report(&changed(changes));
    assert_eq!(undecided(&report), expected);
    assert_eq!(report.ending(), ending);
}

/// Changes to the page, how the import ends, and a part of a line of the report.
type Case<'a> = (&'a [(&'a str, &'a str)], Ending, &'a str);

/// Checks that each change is told.
#[track_caller]
fn check_told(cases: &[Case<'_>]) {
    for (changes, ending, line) in cases {
        let report = report(&changed(changes));
        let lines = undecided(&report);
        assert!(lines.iter().any(|known| known.contains(line)), "`{line}` for {changes:?}: {lines:#?}");
        assert_eq!(report.ending(), *ending, "{changes:?}: {lines:#?}");
    }
}

#[test]
fn a_page_that_says_what_the_registry_says_is_clean_and_its_gaps_come_out_as_decided() {
    let report = report(PAGE);
    assert_eq!(undecided(&report), [""; 0]);
    assert_eq!(report.ending(), Ending::Clean);
    assert!(report.stale_decisions.is_empty(), "{:?}", report.stale_decisions);
    assert_eq!(report.contradictory.len(), 9);
    let text = report.to_string();
    assert!(text.contains("  decided text/borea-code/tier: Small (assumed) → offered by id, in no tier; the dearest is Large 2.0x (line 69)\n    2026-01-02: Small, because someone has to say\n"), "{text}");
    assert!(text.ends_with("no undecided drift; 9 decided\n"), "{text}");
}

#[test]
fn the_report_for_programs_has_keys_lines_and_the_ending() {
    let json = report(&changed(&[("| 50 tokens |", "| 55 tokens |")])).json(None).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["ending"], "drift");
    assert_eq!(json["changed"][0]["key"], "image/canvas-3/price/1024x1024/standard");
    assert_eq!((&json["changed"][0]["registry"], &json["changed"][0]["page"]), (&"50".into(), &"55".into()));
    assert_eq!(json["changed"][0]["lines"][0], 140);
    assert_eq!(json["contradictory"][0]["decided"]["decision"], "known by the id of its maker");
}

#[test]
fn data_files_are_judged_by_codegen_too() {
    crate::codegen::judge(&data().texts()).unwrap();
}
