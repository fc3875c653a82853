//! Variants of the page that are easily misread: prices, multipliers and tables must be told as not understood, never guessed.

use super::super::report::Ending::{Clean, Drift, Unreadable};
use super::{LARGE, PAGE, changed, check, report, undecided};

const STANDARD: &str = "| **Reel Standard Video (8s)** | 2,800 tokens |";

/// Whether a page with this instead of `STANDARD` is not understood.
#[track_caller]
fn check_unreadable(from: &str, to: &str, why: &str) {
    let report = report(&changed(&[(from, to)]));
    assert!(report.unreadable.iter().any(|row| row.why.contains(why)), "{to}: {report}");
    assert_eq!(report.ending(), Unreadable, "{to}");
}

#[test]
fn a_price_is_all_that_stands_in_its_cell() {
    let cells = [
        "2 800 tokens",
        "2\u{a0}800 tokens",
        "768 K tokens",
        "2.8K tokens",
        "1 million tokens",
        "2,800 tokens per second",
        "2,400 - 2,800 tokens",
        "2,400–2,800 tokens",
        "48 credits",
        "≈ 2,800 tokens",
        "~2,800 tokens",
        "2,800\\* tokens",
        "2,80 tokens",
        "28,00 tokens",
        "2800,000 tokens",
        "0 tokens",
        "2.800 tokens",
        "<del>2,800</del> 900 tokens",
        "<s>2,800 tokens</s>",
        "~~2,800~~ 900 tokens",
        "2,800 <sup>1</sup> tokens",
    ];
    for cell in cells {
        check_unreadable(
            STANDARD,
            &STANDARD.replace("2,800 tokens", cell),
            "is no number of tokens, for `Reel Standard Video (8s)`",
        );
    }
    check(&[(STANDARD, &STANDARD.replace("2,800 tokens", "2800")), ("| 50 tokens |", "| **50** tokens |")], Clean, &[]);
}

#[test]
fn prices_are_counted_in_tokens() {
    for title in ["Cost (credits)", "Price (USD)", "Token Cost (thousands)", "Price per second"] {
        check_unreadable("Token Cost (Output)", title, "counted in");
    }
    check(&[("Token Cost (Output)", "Price"), (STANDARD, STANDARD)], Clean, &[]);
    let bare = [("Token Cost (Output)", "Price"), ("| 2,800 tokens |", "| 2,800 |")];
    assert_eq!(report(&changed(&bare)).ending(), Unreadable);
}

#[test]
fn a_label_is_understood_as_a_whole() {
    let labels = [
        "Reel Standard Video (8s) per second",
        "Reel Standard Video (8s, 1080p)",
        "Reel Standard Video (8 min)",
        "Reel Standard Video (8s) (beta)",
        "Reel Standard Video (per second)",
        "Reel Standard Video (8s",
    ];
    for label in labels {
        check_unreadable("Reel Standard Video (8s)", label, "is no image, video, extension or audio that is known");
    }
    let others = [
        ("**Canvas 3 Image**", "**Canvas 3 Image (hd)**"),
        ("**Reel Fast Extension**", "**Reel Fast Extension (per second)**"),
        ("**Talk Audio (per 1K chars)**", "**Talk Audio (per 1K chars, up to 4K)**"),
        ("**Talk Audio (per 1K chars)**", "**Talk Audio (per 10,1K chars)**"),
    ];
    for (from, to) in others {
        check_unreadable(from, to, "that is known");
    }
    let same = [
        ("Reel Standard Video (8s)", "Reel Standard Video (8 seconds)"),
        ("**Talk Audio (per 1K chars)**", "**Talk Audio (per 1,000 characters)**"),
    ];
    check(&same, Clean, &[]);
}

#[test]
fn multipliers_and_deductions_are_read_whole() {
    for multiplier in ["4,5x", "≥2.0x", "2.0x to 3.0x", "0x", "2 000x", "2.x"] {
        check_unreadable(LARGE, &LARGE.replace("2.0x", multiplier), "a tier needs a name and a multiplier");
    }
    let deductions =
        ["1,000 actual tokens = 2,00 deducted", "1.000 = 2.000", "1,000 = 2,000 (4,000 at night)", "twice", "3 = 4"];
    for deduction in deductions {
        check_unreadable(LARGE, &LARGE.replace("1,000 actual tokens = 2,000 deducted", deduction), "is no deduction");
    }
    let example = format!("{LARGE}\n\nUsing Acme Large 2 (Large tier) with 1K tokens will deduct 2,00 tokens.");
    check_unreadable(LARGE, &example, "what the example about `Acme Large 2` deducts");
}

#[test]
fn two_columns_for_one_thing() {
    let page = changed(&[(
        "| Feature | Token Cost (Output) |\n| --- | --- |",
        "| Feature | Old Token Cost | Token Cost |\n| --- | --- | --- |",
    )]);
    let report = report(&page);
    assert!(
        undecided(&report)
            .iter()
            .any(|line| line == "unreadable: which column is meant: `old token cost` or `token cost`"),
        "{report}"
    );
    assert_eq!(report.ending(), Unreadable);
    check_unreadable(
        "| Tier | Multiplier | Models | Token Deduction |\n| --- | --- | --- | --- |",
        "| Tier | Multiplier | Multiplier (new) | Models | Token Deduction |\n| --- | --- | --- | --- | --- |",
        "which column is meant: `multiplier` or `multiplier (new)`",
    );
}

#[test]
fn a_priced_duration_that_no_text_offers() {
    let row = format!("{STANDARD}\n| **Reel Standard Video (10s)** | 3,500 tokens |");
    let open = "contradictory video/reel-3/price/10: priced with 3,500, and offered by no text";
    check(&[(STANDARD, &row)], Drift, &[open]);
}

#[test]
fn a_price_of_nothing_that_is_made() {
    let row = "| **Borea 8K Image** | 900 tokens |\n| **Borea 4K Image**";
    check_unreadable("| **Borea 4K Image**", row, "the price of `Borea 8K Image` is of nothing that a model makes");
}

#[test]
fn sizes_of_contexts() {
    let said = |size: &str| changed(&[("with 1M context", &format!("with {size} context"))]);
    for size in ["1M", "1.0M", "1,000K", "1000K", "1 M"] {
        assert_eq!(undecided(&report(&said(size))), [""; 0], "{size}");
    }
    let now = "changed text/acme-large-2/context_window: 1,000,000 → 1,500,000";
    assert_eq!(undecided(&report(&said("1.5M"))), [now]);
    for size in ["1,5M", "1 500K", "1..5M", "1.5.5M", "1G", "1.0000001M", "2,00K"] {
        check_unreadable("with 1M context", &format!("with {size} context"), "is no size of a context");
    }
}

#[test]
fn what_stands_in_a_comment_is_not_said() {
    let row = "| **Reel Fast Extension** | 800 tokens |";
    for open in ["<!-- <b>", "<!-- as it was", "<!--\n<p>", "<!-- ```"] {
        let old = "| Feature | Token Cost (Output) |\n| --- | --- |\n| **Canvas 3 Image** | 10 tokens |";
        let comment = format!("## Prices\n\n{open}\n\n{old}\n\n-->\n");
        check(&[("## Prices\n", &comment)], Clean, &[]);
        // One that is never closed hides all that comes behind.
        let endless = report(&changed(&[("## Prices\n", &format!("## Prices\n\n{open}\n"))]));
        assert_eq!(endless.ending(), Unreadable);
    }
    check(&[(row, &row.replace("800", "<!-- 700 --> 800"))], Clean, &[]);
    check(&[("# Making things", "# Making things\n\n````md\n```\n<!--\n````")], Clean, &[]);
}

#[test]
fn tables_that_nothing_reads() {
    let prices = "## Prices\n\n| What | How much |\n| --- | --- |\n| Night | twice |\n";
    check(&[("## Prices\n", prices)], Unreadable, &["unreadable: a table that nothing reads: `what`, `how much`"]);
    let html = "## Prices\n\n<table><tr><td>Night</td><td>twice</td></tr></table>\n";
    check_unreadable("## Prices\n", html, "a table in HTML, which nothing reads");
    let swallowed =
        "## Prices\n\n<div> Look here\n| Feature | Token Cost |\n| --- | --- |\n| **Night Image** | 1 token |\n";
    check_unreadable("## Prices\n", swallowed, "a table in HTML, which nothing reads");
    let apart = format!("<!-- new -->\n| **Night Film Video (8s)** | 1 tokens |\n{STANDARD}");
    check_unreadable(STANDARD, &apart, "a row that stands in no table");
    check_unreadable("Which model films.", "<del>Maximum 9 images.</del>", "something in the text is struck out");
}

#[test]
fn options_of_another_kind() {
    let changes = [
        ("`720p` or `1080p`", "`720p`, `1080p` or `4k`"),
        ("`standard` or `hd`", "`standard`, `hd` or `ultra`"),
        ("How fine it is", "Written as `webp`. How fine it is"),
    ];
    let report = report(&changed(&changes));
    let lines = undecided(&report);
    for line in [
        "contradictory video/resolutions: also offered: `4k`",
        "contradictory image/qualities: also offered: `webp`, `ultra`",
    ] {
        assert!(lines.iter().any(|known| known == line), "{line}: {lines:?}");
    }
    assert!(lines.iter().any(|line| line.starts_with("contradictory image/formats: formats are listed")), "{lines:?}");
    assert_eq!(report.ending(), Drift);
}

#[test]
fn a_count_that_is_wrong_hides_no_change_of_the_list() {
    let changes = [("aspect ratios:** 1:1, 16:9", "aspect ratios:** 1:1, 16:9, 21:9")];
    let expected = [
        "changed image/borea-pro-image/aspect_ratios: 1:1, 16:9 → 1:1, 16:9, 21:9",
        "contradictory image/borea-pro-image/aspect_ratios/count: 2 ratios counted, 3 listed",
    ];
    check(&changes, Drift, &expected);
}

#[test]
fn what_is_not_recommended() {
    for words in ["not recommended", "no longer recommended", "never recommended"] {
        let changes = [("context (recommended)", &*format!("context ({words})"))];
        check(&changes, Drift, &["changed text/acme-large-2/recommended: yes → no"]);
    }
}

#[test]
fn a_long_page_is_read_in_time() {
    let page = format!("{PAGE}\n{}", "A line about nothing.\n\n".repeat(40_000));
    let start = std::time::Instant::now();
    assert_eq!(undecided(&report(&page)), [""; 0]);
    assert!(start.elapsed() < std::time::Duration::from_secs(20), "{:?}", start.elapsed());
}
