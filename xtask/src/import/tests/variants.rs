//! Variants of the page, each with the report that is expected.

use super::super::report::Ending::{Clean, Drift, Unreadable};
use super::{LARGE, PAGE, changed, check, report, undecided};

#[test]
fn a_new_model() {
    let row = "| Acme Small 2 | `acme-small-2` | Quick |";
    let with_row = format!("{row}\n| Acme Large 3 🚀 | `acme-large-3` | Newest (recommended) |");
    let in_tier = LARGE.replace("Acme Large 2", "Acme Large 2, Acme Large 3");
    let added = "added text/acme-large-3: name Acme Large 3; provider acme; recommended yes; tier Large";
    check(&[(row, &with_row), (LARGE, &in_tier)], Drift, &[added]);
}

#[test]
fn a_new_model_in_no_tier() {
    let row = "| Acme Small 2 | `acme-small-2` | Quick |";
    let with_row = format!("{row}\n| Acme Large 3 | `acme-large-3` | Newest |");
    let added = "added text/acme-large-3: name Acme Large 3; provider acme; recommended no";
    let open = "contradictory text/acme-large-3/tier: offered by id, in no tier; the dearest is Large 2.0x";
    check(&[(row, &with_row)], Drift, &[added, open]);
}

#[test]
fn a_new_name_in_a_tier() {
    let open = "contradictory text/acme-tiny-2/id: in a tier by name, without an id";
    let added = "added text/acme-tiny-2: name Acme Tiny 2; tier Small";
    check(&[("Acme Tiny 1", "Acme Tiny 1, Acme Tiny 2")], Drift, &[added, open]);
}

#[test]
fn a_changed_price() {
    let changes = [("| 1,400 tokens |", "| 1,500 tokens |"), ("| 60 tokens |", "| 65 tokens |")];
    let expected =
        ["changed speech/talk-1-hd/price_per_thousand: 60 → 65", "changed video/reel-3/price/4: 1,400 → 1,500"];
    check(&changes, Drift, &expected);
}

#[test]
fn a_price_that_others_were_derived_from_opens_their_decisions_again() {
    let report = report(&changed(&[("| 50 tokens |", "| 55 tokens |")]));
    let undecided = undecided(&report);
    assert_eq!(undecided.first().unwrap(), "changed image/canvas-3/price/1024x1024/standard: 50 → 55");
    assert_eq!(undecided.len(), 7, "{undecided:?}");
    assert_eq!(report.stale_decisions.len(), 3, "{:?}", report.stale_decisions);
}

#[test]
fn a_price_for_what_was_assumed() {
    let row = "| **Canvas 3 Image** | 50 tokens |";
    let with_row = format!("{row}\n| **Borea 512px Image** | 100 tokens |");
    let now = "changed image/borea-flash-image/price/512x512/standard: 300 (assumed) → 100";
    let stale =
        "stale image/borea-flash-image/price/512x512/standard: no price of its own; the least of the model is 300";
    check(&[(row, &with_row)], Drift, &[now, stale]);
}

#[test]
fn a_changed_multiplier() {
    let dearer = LARGE.replace("2.0x", "3.0x").replace("2,000 deducted", "3,000 deducted");
    // What was decided with the dearest tier in mind is asked again.
    let (open, stale) = (
        "contradictory text/borea-code/tier: Small (assumed) → offered by id, in no tier; the dearest is Large 3.0x",
        "stale text/borea-code/tier: offered by id, in no tier; the dearest is Large 2.0x",
    );
    check(&[(LARGE, &dearer)], Drift, &["changed tier/Large/multiplier: 2.0x → 3.0x", open, stale]);
    let half = LARGE.replace("2.0x", "3.0x");
    let twice = "contradictory tier/Large/multiplier: 2.0x → 2.0x and also 3.0x";
    check(&[(LARGE, &half)], Drift, &[open, twice, stale]);
}

#[test]
fn an_assumed_tier_that_the_page_now_states() {
    let in_tier = LARGE.replace("Acme Large 2", "Acme Large 2, Borea Code");
    check(
        &[(LARGE, &in_tier)],
        Drift,
        &[
            "changed text/borea-code/tier: Small (assumed) → Large",
            "stale text/borea-code/tier: offered by id, in no tier; the dearest is Large 2.0x",
        ],
    );
}

#[test]
fn a_model_in_two_tiers() {
    let both = LARGE.replace("Acme Large 2", "Acme Large 2, Acme Small 2");
    check(&[(LARGE, &both)], Drift, &["contradictory text/acme-small-2/tier: Small → Large and also Small"]);
}

#[test]
fn a_default_that_is_said_twice() {
    let changes = [("the house uses Acme Large 2 for", "the house uses `acme-small-2` for")];
    let expected = "contradictory text/default: acme-large-2 → acme-large-2 and also acme-small-2";
    check(&changes, Drift, &[expected]);
    let unknown =
        [("Which model writes. Defaults to `acme-large-2`.", "Which model writes. Defaults to `acme-large-9`.")];
    let expected = [
        "contradictory text/acme-large-9: named by the endpoint, in no table of models",
        "unreadable: the default `acme-large-9` is in no table of text models",
    ];
    check(&unknown, Unreadable, &expected);
}

#[test]
fn a_model_that_only_the_endpoint_names() {
    let changes = [("Which model films.", "Which model films: `reel-3-fast`, `reel-3` or `reel-4`.")];
    check(&changes, Drift, &["contradictory video/reel-4: named by the endpoint, in no table of models"]);
}

#[test]
fn prices_that_the_words_contradict() {
    let changes = [("or `talk-1-hd`.", "or `talk-1-hd` (finer, 3x cost).")];
    let expected = "contradictory speech/talk-1-hd/price_per_thousand: 60 → 3x the cost of the default, yet 60 and 30 are the prices";
    check(&changes, Drift, &[expected]);
    let example =
        format!("{LARGE}\n\nUsing Acme Large 2 (Large tier) with a 1,000 token answer will deduct 3,000 tokens.");
    let expected = "contradictory tier/Large/multiplier: 2.0x → 2.0x and also 3.0x";
    check(
        &[(LARGE, &example)],
        Drift,
        &[
            "contradictory text/borea-code/tier: Small (assumed) → offered by id, in no tier; the dearest is Large 3.0x",
            expected,
            "stale text/borea-code/tier: offered by id, in no tier; the dearest is Large 2.0x",
        ],
    );
}

#[test]
fn moved_columns() {
    let changes = [
        (
            "| Model | API Model ID | Description | Supported Sizes | Aspect Ratios |",
            "| Aspect Ratios | API Model ID | Supported Sizes | Description | Model |",
        ),
        (
            "| Borea Flash Image 🍌 | `borea-flash-image` | Draws quickly (default, recommended) | 512x512, 1024x1024, 4096x4096 | 3 ratios |",
            "| 3 ratios | `borea-flash-image` | 512x512, 1024x1024, 4096x4096 | Draws quickly (default, recommended) | Borea Flash Image 🍌 |",
        ),
        (
            "| Borea Pro Image | `borea-pro-image` | Draws well | 1024x1024, 4096x4096 | 2 ratios |",
            "| 2 ratios | `borea-pro-image` | 1024x1024, 4096x4096 | Draws well | Borea Pro Image |",
        ),
        ("| Tier | Multiplier | Models | Token Deduction |", "| Models | Tier | Token Deduction | Multiplier |"),
        (
            "| **Small** | 1.0x | Acme Small 2, Acme Tiny 1 | 1,000 actual tokens = 1,000 deducted |",
            "| Acme Small 2, Acme Tiny 1 | **Small** | 1,000 actual tokens = 1,000 deducted | 1.0x |",
        ),
        (LARGE, "| Acme Large 2 | **Large** | 1,000 actual tokens = 2,000 deducted | 2.0x |"),
    ];
    check(&changes, Clean, &[]);
}

#[test]
fn a_renamed_heading_that_nothing_hangs_on() {
    check(&[("## Prices", "## What it costs"), ("# Making things", "# AI")], Clean, &[]);
}

#[test]
fn a_renamed_heading_that_says_what_models_make() {
    let report = report(&changed(&[
        ("### Image Generation Models", "### Pictures"),
        ("#### Borea Image Models", "#### Borea"),
        ("#### Acme Canvas Models", "#### Acme"),
    ]));
    let missing = report.missing.join("\n");
    assert_eq!(report.ending(), Unreadable);
    assert!(missing.contains("who makes the models of the table in line 79, and what they make: its headings are `Making things > Available Models > Pictures > Borea`"), "{missing}");
    assert!(missing.contains("a table of image models: columns `Model` and `API Model ID`"), "{missing}");
}

#[test]
fn a_renamed_column() {
    let report = report(&changed(&[("| Tier | Multiplier |", "| Tier | Factor |")]));
    assert!(report.missing.contains(&"the table of tiers: columns `Tier`, `Multiplier`, `Models`".to_owned()));
    assert_eq!(report.ending(), Unreadable);
}

#[test]
fn a_removed_table() {
    let (before, rest) = PAGE.split_once("| Feature | Token Cost").unwrap();
    let report_of_prices = report(before);
    assert!(!rest.is_empty());
    let missing = "the table of media prices: columns `Feature` and `Token Cost`".to_owned();
    assert!(report_of_prices.missing.contains(&missing), "{:?}", report_of_prices.missing);
    assert_eq!(report_of_prices.ending(), Unreadable);

    let table = "| Model | API Model ID | Description |\n| --- | --- | --- |\n| Canvas 3 | `canvas-3` | Paints |\n";
    let report = report(&changed(&[(table, "")]));
    let missing = "the table of image models by `acme`: none of those known is there".to_owned();
    assert!(report.missing.contains(&missing), "{:?}", report.missing);
}

#[test]
fn a_model_that_is_gone_is_said_once() {
    let changes = [("| Acme Small 2 | `acme-small-2` | Quick |\n", ""), ("Acme Small 2, ", "")];
    check(&changes, Drift, &["removed text/acme-small-2: listed → not on the page"]);
}

#[test]
fn a_price_that_is_gone() {
    let changes = [("| **Reel Fast Video (4s)** | 400 tokens |\n", "")];
    check(&changes, Drift, &["removed video/reel-3-fast/price/4: 400 → not on the page"]);
}

#[test]
fn an_empty_page_takes_nothing_away() {
    let report = report("# Moved\n\nRead it elsewhere.\n");
    assert_eq!(report.ending(), Unreadable);
    assert!(report.missing.len() >= 6, "{:?}", report.missing);
    assert!(report.removed.is_empty() && report.stale_decisions.is_empty(), "{report}");
    assert!(report.to_string().starts_with("missing from the page (13):\n"), "{report}");
}

#[test]
fn merged_cells() {
    // Downwards in the table of tiers, where the meaning is plain.
    let merged = format!("{LARGE}\n| | | Acme Small 2, Acme Tiny 1 | |");
    let small = "| **Small** | 1.0x | Acme Small 2, Acme Tiny 1 | 1,000 actual tokens = 1,000 deducted |\n";
    let split = "| **Small** | 1.0x | Acme Small 2 | 1,000 actual tokens = 1,000 deducted |\n| | | Acme Tiny 1 | |\n";
    check(&[(small, split)], Clean, &[]);
    let contradictory = [
        "contradictory text/acme-small-2/tier: Small → Large and also Small",
        "contradictory text/acme-tiny/tier: Small → Large and also Small",
    ];
    check(&[(LARGE, &merged)], Drift, &contradictory);
    // Where it is not, the row is told.
    let price = [("| **Reel Fast Video (8s)** | 800 tokens |", "| **Reel Fast Video (8s)** | |")];
    let expected = [
        "removed video/reel-3-fast/price/8: 800 → not on the page",
        "unreadable: `` is no number of tokens, for `Reel Fast Video (8s)`",
    ];
    check(&price, Unreadable, &expected);
    let id = [("| Borea Pro Image | `borea-pro-image` |", "| Borea Pro Image | |")];
    let report = report(&changed(&id));
    assert_eq!(report.unreadable.first().map(|row| row.line), Some(82));
    assert_eq!(report.ending(), Unreadable);
}

#[test]
fn line_ends_of_another_system() {
    let page = PAGE.replace('\n', "\r\n");
    assert_eq!(undecided(&report(&page)), [""; 0]);
    let page = format!("\u{feff}{page}").replace("| 30 tokens |", "| 31 tokens |");
    let report = report(&page);
    assert_eq!(undecided(&report), ["changed speech/talk-1/price_per_thousand: 30 → 31"]);
    assert_eq!(report.changed.first().map(|item| item.lines.clone()), Some(vec![149]));
}

#[test]
fn emoji_in_names() {
    let changes = [
        ("| Acme Large 2 |", "| ✨ Acme  Large 2 🏆\u{fe0f} |"),
        ("| Talk HD |", "| Talk HD 🔊 |"),
        ("**Borea 4K Image**", "**🖼️ Borea 4K Image**"),
    ];
    check(&changes, Clean, &[]);
}

#[test]
fn html_around_tables_and_in_cells() {
    let changes = [
        ("| Tier | Multiplier |", "<div class=\"table\">\n| Tier | Multiplier |"),
        (LARGE, &format!("{}\n</div>", LARGE.replace("Acme Large 2", "<b>Acme Large 2</b>"))),
        ("| Feature | Token", "<details><summary>Prices</summary>\n| Feature | Token"),
        ("| 2,800 tokens |", "| <span>2,800</span> tokens<br/> |"),
    ];
    check(&changes, Clean, &[]);
}

#[test]
fn sentences_in_html() {
    let sentence = "The resolution. Options: `720p` or `1080p`. Defaults to `720p`.";
    let lines = [
        "<p>The resolution. Options: <code>720p</code> or <code>1080p</code>. Defaults to <code>720p</code>.</p>",
        "<p>\nThe resolution. Options: `720p` or `1080p`. Defaults to `720p`.\n</p>",
        "<p>The resolution. Options: <code>720p</code>\nor <code>1080p</code>. Defaults to <code>720p</code>.\n</p>",
        "<li>The resolution. Options: `720p` or `1080p`. Defaults to `720p`.</li>\n<script>\nlet x = \"Defaults to 9\";\n</script>",
    ];
    for line in lines {
        check(&[(sentence, line)], Clean, &[]);
        let other = line.replace("Defaults to `720p`", "Defaults to `1080p`");
        let other = other.replace("Defaults to <code>720p", "Defaults to <code>1080p");
        let expected =
            ["reel-3", "reel-3-fast"].map(|model| format!("changed video/{model}/default_resolution: 720p → 1080p"));
        check(&[(sentence, &other)], Drift, &expected.each_ref().map(String::as_str));
    }
}

#[test]
fn media_among_the_text_models_alone() {
    let row = "| Borea Code | `borea-code` | Writes programs |";
    let with_row = format!("{row}\n| Borea Pro Image 2 | `borea-pro-image-2` | Draws |");
    check(
        &[(row, &with_row)],
        Unreadable,
        &["unreadable: `borea-pro-image-2` stands among text models alone and seems to make media"],
    );
}

#[test]
fn counts_that_do_not_agree() {
    let changes = [("| 2 ratios |", "| 4 ratios |"), ("| Fine | 3 |", "| Fine | 4 |")];
    let expected = [
        "contradictory image/borea-pro-image/aspect_ratios/count: 4 ratios counted, 2 listed",
        "contradictory speech/talk-1-hd/voices/count: 4 voices counted, 3 listed",
    ];
    check(&changes, Drift, &expected);
}

#[test]
fn changed_sizes_ratios_durations_voices_and_limits() {
    let changes = [
        ("1:1, 1:4, 16:9", "1:1, 2:1, 16:9"),
        ("Options: `4` or `8`", "Options: `4`, `8` or `10`"),
        ("4 or 8 seconds", "4, 8 or 10 seconds"),
        ("longer than 4,096", "longer than 8,192"),
        ("Maximum 1 image", "Maximum 3 images"),
        ("Pro Image supports up to 3", "Pro Image supports up to 5"),
        ("| carl | Low |", "| carl | Low |\n| dave | Lower |"),
        ("Masculine: `carl`", "Masculine: `carl`, `dave`"),
        ("| 3 |\n", "| 4 |\n"),
    ];
    let expected = [
        "added voice/dave: group masculine",
        "changed image/borea-flash-image/aspect_ratios: 1:1, 1:4, 16:9 → 1:1, 2:1, 16:9",
        "changed image/borea-pro-image/reference_images/total: 3 → 5",
        "changed speech/talk-1/piece_characters: 4,096 → 8,192",
        "changed speech/talk-1/voices: anna, bea, carl → anna, bea, carl, dave",
        "changed speech/talk-1-hd/piece_characters: 4,096 → 8,192",
        "changed speech/talk-1-hd/voices: anna, bea, carl → anna, bea, carl, dave",
        "changed video/reel-3/durations: 4, 8 → 4, 8, 10",
        "changed video/reel-3/reference_images/total: 1 → 3",
        "changed video/reel-3-fast/durations: 4, 8 → 4, 8, 10",
        "changed video/reel-3-fast/reference_images/total: 1 → 3",
    ];
    check(&changes, Drift, &expected);
}

#[test]
fn an_example_that_charges_by_started_thousands() {
    let answer = "```json\n{ \"media\": { \"metadata\": { \"model\": \"talk-1\", \"char_count\": 82 } }, \"usage\": { \"output_tokens\": 30 } }\n```\n";
    let text = "Texts longer than 4,096 characters are cut.";
    let said = format!("{text} Prices scale proportionally.\n\n{answer}");
    let open = "contradictory speech/scale: proportional to length, yet 82 characters are 30 tokens in an example";
    check(&[(text, &said)], Drift, &[open]);
}
