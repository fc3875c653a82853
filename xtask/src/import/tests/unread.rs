//! What no reader understands, and what would be missed without a sound: columns, sentences, headings, notes.

use super::super::report::Ending::{Clean, Drift, Unreadable};
use super::{Case, LARGE, PAGE, changed, check, check_told, report, undecided};

/// The page with one more column in the first table whose titles begin so.
fn with_column(titles: &str, title: &str, cell: &str) -> String {
    assert!(PAGE.contains(titles), "{titles}");
    let mut is_in_table = None;
    let widened = |line: &str| {
        let is_row = line.starts_with('|');
        let place = match is_in_table {
            None if line.starts_with(titles) => Some(0),
            Some(place) if is_row => Some(place + 1),
            // The table is over.
            Some(_) => Some(usize::MAX / 2),
            None => None,
        };
        is_in_table = place;
        match place {
            Some(0) => format!("{line} {title} |"),
            Some(1) => format!("{line} --- |"),
            Some(_) if is_row && place < Some(100) => format!("{line} {cell} |"),
            _ => line.to_owned(),
        }
    };
    PAGE.lines().map(widened).collect::<Vec<String>>().join("\n")
}

#[test]
fn a_column_that_nothing_reads() {
    let (models, prices) = ("| Model | API Model ID | Description |", "| Feature | Token Cost");
    let cases = [
        (models, "Max Output", "64K"),
        (models, "Token Multiplier", "8.0x"),
        (models, "Status", "Deprecated"),
        // Only tables of images are asked for sizes, and only those of speech for voices.
        (models, "Supported Sizes", "1024x1024"),
        (models, "Voices", "3"),
        (prices, "1080p surcharge", "+50%"),
        (prices, "HD", "9,600 tokens"),
        (prices, "Tokens (Input)", "9,600 tokens"),
        (prices, "", "twice at night"),
        ("| Tier | Multiplier |", "Cached Input", "0.5x"),
        ("| Voice | Description |", "Models", "talk-1-hd only"),
    ];
    for (titles, title, cell) in cases {
        let report = report(&with_column(titles, title, cell));
        let why = format!("unreadable: a column that nothing reads: `{}`", title.to_lowercase());
        assert_eq!(undecided(&report).iter().find(|line| **line == why), Some(&why), "{report}");
        assert_eq!(report.ending(), Unreadable);
    }
    for title in ["Best for", "Use cases", ""] {
        let report = report(&with_column(models, title, if title.is_empty() { "" } else { "Long stories" }));
        assert_eq!(undecided(&report), [""; 0], "{title}");
    }
}

#[test]
fn a_cell_behind_the_last_column() {
    let row = "| **Canvas 3 Image** | 50 tokens |";
    let long = format!("{row} 90 tokens at night |");
    let why = "unreadable: the row has more cells than its table has columns";
    check(&[(row, &long)], Unreadable, &[why]);
    check(&[(row, &format!("{row} |"))], Clean, &[]);
}

#[test]
fn every_table_of_models_is_told_by_its_column_of_ids() {
    for title in ["ID", "Model ID", "API ID"] {
        check(&[("API Model ID", title)], Clean, &[]);
        let sizes = ("512x512, 1024x1024, 4096x4096 | 3 ratios |", "512x512, 1024x1024 | 4 ratios |");
        let report = report(&changed(&[("API Model ID", title), sizes, ("| Fine | 3 |", "| Fine | 4 |")]));
        let lines = undecided(&report);
        for field in ["borea-flash-image/sizes", "borea-flash-image/aspect_ratios/count", "talk-1-hd/voices/count"] {
            assert!(lines.iter().any(|line| line.contains(field)), "{title} {field}: {lines:?}");
        }
    }
}

#[test]
fn notes_that_may_say_anything() {
    let cases = [
        ("| Acme Small 2 | `acme-small-2`", "| Acme Small 2† | `acme-small-2`"),
        ("| `acme-small-2` |", "| `acme-small-2`\\* |"),
        ("| 2.0x | Acme Large 2 |", "| 2.0x | Acme Large 2* |"),
        ("| **Large** |", "| **Large**¹ |"),
        ("| Tier | Multiplier |", "| Tier | Multiplier‡ |"),
        ("| Quick |", "| Quick[^1] |"),
        ("| **anna** |", "| **anna** § |"),
        ("Reel Standard Video (8s)", "Reel Standard Video (8s)\\*"),
    ];
    for (from, to) in cases {
        let report = report(&changed(&[(from, to)]));
        assert!(report.unreadable.iter().any(|row| row.why.ends_with("refers to a note")), "{to}: {report}");
    }
}

#[test]
fn defaults_options_and_limits_that_nothing_reads() {
    let writes = "Which model writes.";
    let draws = "Which model draws:";
    let cases: [Case<'_>; 15] = [
        (&[("Defaults to `standard`", "Defaults to `hd`")], Drift, "changed image/default_quality: standard → hd"),
        (
            &[("Defaults to `acme-large-2`", "Default: `acme-small-2`")],
            Drift,
            "text/default: acme-large-2 → acme-large-2 and also acme-small-2",
        ),
        (
            &[("Defaults to `acme-large-2`", "Default is `acme-small-2`")],
            Drift,
            "text/default: acme-large-2 → acme-large-2 and also acme-small-2",
        ),
        (
            &[(writes, "How long. Defaults to 4096. Maximum 64000.\n\nWhich model writes.")],
            Drift,
            "text/said: How long. Defaults to 4096. … Defaults to 4096",
        ),
        (
            &[(writes, "How long. Maximum 64000.\n\nWhich model writes.")],
            Drift,
            "text/said: How long. Maximum 64000. … Maximum 64000",
        ),
        (
            &[(writes, "Streams. Default is true.\n\nWhich model writes.")],
            Drift,
            "text/said: Streams. Default is true. … Default is true",
        ),
        (&[(writes, "Takes up to five files.\n\nWhich model writes.")], Drift, "text/said: Takes up to five files"),
        (
            &[(writes, "If omitted, the quickest is taken.\n\nWhich model writes.")],
            Drift,
            "text/said: If omitted, the quickest is taken",
        ),
        (
            &[(draws, "How many (`n`). Options: `1` or `2`.\n\nWhich model draws:")],
            Drift,
            "image/said: How many (`n`). Options: `1` … Options: `1` or `2`",
        ),
        (
            &[(draws, "Written as png, svg or webp.\n\nWhich model draws:")],
            Drift,
            "image/formats: formats are listed: Written as png, svg or webp.",
        ),
        (&[("supports up to 3.", "supports up to 3. Canvas too (up to 2).")], Drift, "Canvas too (up to 2)"),
        (&[("4 or 8 seconds", "4, 8 or twelve seconds")], Drift, "video/said: Durations: 4, 8 or twelve seconds"),
        (&[("always 720p", "as before")], Drift, "video/said: Resolution: as before"),
        (
            &[("Options: `4` or `8`.", "Options: `4` or `8` (`12` on request).")],
            Drift,
            "video/said: The duration in seconds. Options: … Options: `4` or `8` (`12` on request)",
        ),
        (
            &[("Options: `720p` or `1080p`.", "Options: `720p` or `1080p` (slow).")],
            Drift,
            "video/said: The resolution. Options: `720p` or … Options: `720p` or `1080p` (slow)",
        ),
    ];
    check_told(&cases);
}

#[test]
fn a_decision_about_a_sentence_is_about_that_sentence() {
    let with = |default: &str| {
        changed(&[("Which model writes.", &format!("Streams it. Default is {default}.\n\nWhich model writes."))])
    };
    let decided = "[[decision]]\nkeys = [\"text/said\"]\npage = \"Streams it. Default is false. … Default is false\"\ndecision = \"no\"\nreason = \"no\"\ndate = \"2026-01-02\"\n";
    let decisions = super::super::decisions::Decisions::parse(&[super::DECISIONS, decided].join("\n")).unwrap();
    let look = |page: &str| super::super::report(page, &super::data(), &decisions).unwrap().0;
    assert_eq!(undecided(&look(&with("false"))), [""; 0]);
    assert_eq!(undecided(&look(&with("true"))).len(), 2, "it is open again, and the decision is left over");
}

#[test]
fn sentences_about_prices() {
    let cases = [
        ("## Prices\n", "## Prices\n\nFrom 1 January all of them are doubled.\n"),
        ("## Prices\n", "## Prices\n\nAt night everything is twice as dear.\n"),
        ("## Prices\n", "## Prices\n\nThe multiplier of Large is 3.0x.\n"),
        ("## Prices\n", "## Prices\n\nThe first film is free.\n"),
        ("Which model films.", "1080p costs 50% more. Which model films."),
        ("Canvas 3 only)", "Canvas 3 only) It costs 2x."),
        ("| Paints |", "| Paints, 3x cost |"),
        ("billed as output tokens.**", "billed as output tokens.** Speech is billed per started 500 characters."),
    ];
    for (from, to) in cases {
        let report = report(&changed(&[(from, to)]));
        assert!(
            report.unreadable.iter().any(|row| row.why.starts_with("what this means for prices")),
            "{to}: {report}"
        );
    }
    for heading in
        ["## Prices (until May)", "## Legacy prices", "## Prices of 2027", "## Prices of the enterprise plan"]
    {
        let report = report(&changed(&[("## Prices\n", &format!("{heading}\n"))]));
        assert!(report.unreadable.iter().any(|row| row.why.starts_with("for whom or for when")), "{heading}: {report}");
    }
    check(&[("## Prices\n", "## Prices\n\nMore powerful models cost more.\n")], Clean, &[]);
}

#[test]
fn examples_of_tiers_are_read_whole() {
    let with = |example: &str| format!("{LARGE}\n\n{example}");
    let right = "Using Acme Large 2 (Large tier) with a 1,000 token answer will deduct 2,000 tokens (1,000 × 2.0x).";
    check(&[(LARGE, &with(right))], Clean, &[]);
    for (from, to) in
        [("will deduct 2,000 tokens", "costs 3,000 tokens"), ("(1,000 ×", "(1,500 ×"), ("(1,000 ×", "(500 + 1,000 ×")]
    {
        let report = report(&changed(&[(LARGE, &with(&right.replace(from, to)))]));
        assert_eq!(report.ending(), Unreadable, "{to}: {report}");
    }
    let dearer = with(&right.replace("2.0x)", "2.5x)"));
    check_told(&[(&[(LARGE, &dearer)], Drift, "tier/Large/multiplier: 2.0x → 2.0x and also 2.5x")]);
}

#[test]
fn endpoints_and_kinds_of_models_that_nothing_reads() {
    let cases = [
        (
            "## Extend Video",
            "## Generate Music\n\nMakes music.\n\n## Extend Video",
            "an endpoint that nothing reads: `Generate Music`",
        ),
        (
            "## Extend Video",
            "## Sing\n\n### Required parameters\n\nA song.\n\n## Extend Video",
            "an endpoint that nothing reads: `Sing`",
        ),
        (
            "### Video Generation Models",
            "### 3D Generation Models\n\nSoon.\n\n### Video Generation Models",
            "models of a kind that nothing reads: `3D Generation Models`",
        ),
        ("#### Borea Models", "#### Borea and Acme Models", "who makes the models of the table"),
        (
            "| Canvas 3 | `canvas-3` | Paints |",
            "| Canvas 3 | `canvas-3` | Paints |\n| Reel 3 Fast | `reel-3-fast` | Draws |",
            "stands among image models and among video models",
        ),
    ];
    for (from, to, why) in cases {
        check_told(&[(&[(from, to)], Unreadable, why)]);
    }
}

#[test]
fn what_is_indented_like_code() {
    let table = "## Prices\n\n    | Feature | Token Cost |\n    | --- | --- |\n    | **Night Image** | 9 tokens |\n";
    let default = "## Extend Video\n\n    Defaults to `reel-9`.\n";
    let why = "unreadable: what is indented like code, and seems to be more than that";
    check_told(&[(&[("## Prices\n", table)], Unreadable, why), (&[("## Extend Video\n", default)], Unreadable, why)]);
    check(&[("## Prices\n", "## Prices\n\n    let it = be;\n")], Clean, &[]);
}

#[test]
fn figures_in_odd_places() {
    let code = "## Prices\n\n```md\n| Feature | Token Cost |\n| --- | --- |\n| **Night Image** | 9 tokens |\n```\n";
    let cases: [Case<'_>; 6] = [
        (&[("## Prices\n", code)], Unreadable, "unreadable: a table in code"),
        (
            &[("## Generate Video", "## Generate Video (up to 12 seconds)")],
            Unreadable,
            "a heading that limits what is below it",
        ),
        (
            &[("| Tier | Multiplier |", "| Tier | Output multiplier |")],
            Unreadable,
            "what is multiplied under `output multiplier`",
        ),
        (
            &[("Defaults to `1024x1024`.", "At night `3000x3000`. Defaults to `1024x1024`.")],
            Drift,
            "image/said: How large it is. For … At night `3000x3000`",
        ),
        (
            &[("The first frame.", "A ratio such as `9:16`. The first frame.")],
            Drift,
            "video/said: A ratio such as `9:16`",
        ),
        (&[("Texts longer than", "At a speed of `1.5`. Texts longer than")], Drift, "At a speed of `1.5`"),
    ];
    check_told(&cases);
}

#[test]
fn lists_are_read_whole() {
    let flash = "512x512, 1024x1024, 4096x4096 | 3 ratios |";
    let cases: [Case<'_>; 8] = [
        (&[(flash, "512×512 | 3 ratios |")], Unreadable, "is no list of sizes"),
        (&[(flash, "512x512, 1024x1024, 4096x4096, 8K | 3 ratios |")], Unreadable, "is no list of sizes"),
        (&[(flash, "512x512, 1024x1024, 4096x4096 | 3 ratios, auto |")], Unreadable, "is no list of aspect_ratios"),
        (
            &[("or `4096x4096`. For Borea Pro", "`4096x4096`, or auto. For Borea Pro")],
            Unreadable,
            "is no list of sizes",
        ),
        (&[("1:1, 1:4, 16:9", "1:1, 1:4, 16:9, auto, 100:1")], Unreadable, "aspect ratios of `Flash Image`"),
        (&[("Masculine: `carl`", "Masculine: `carl`, dave")], Unreadable, "is no list of voices"),
        (&[("| Fine | 3 |", "| Fine | many |")], Unreadable, "`many` is no number of voices"),
        (
            &[("Defaults to `1024x1024`.", "Defaults to `1024x1024` (`4096x4096` for Canvas).")],
            Unreadable,
            "the default size of",
        ),
    ];
    check_told(&cases);
}

#[test]
fn sizes_of_contexts_in_other_words() {
    let with = |words: &str| changed(&[("with 1M context", words)]);
    for words in [
        "smart, 1M context",
        "a context window of 1M tokens",
        "a 1M-token window",
        "a context of 1,000,000 tokens",
        "1 million token context",
    ] {
        assert_eq!(undecided(&report(&with(words))), [""; 0], "{words}");
    }
    let now = "changed text/acme-large-2/context_window: 1,000,000 → 2,000,000";
    for words in ["smart, 2M context", "a context window of 2M", "a 2M-token window", "a 2,000K token context"] {
        assert_eq!(undecided(&report(&with(words))), [now], "{words}");
    }
    for words in ["a window twice the 1M of others", "context of some 2M", "as much context as 3 others"] {
        assert_eq!(report(&with(words)).ending(), Unreadable, "{words}");
    }
}

#[test]
fn contradictions_within_the_page() {
    let answer = "\"input_tokens\": 800";
    let options = "Options: `reel-3-fast`. Defaults to `reel-3-fast`";
    let cases: [Case<'_>; 10] = [
        (
            &[("| Talk HD | `talk-1-hd` | Fine |", "| Talk HD | `talk-1-hd` | Fine (3x cost) |")],
            Drift,
            "talk-1-hd/price_per_thousand: 60 → 3x the cost of the default",
        ),
        (
            &[("`anna` (default), `bea`", "`anna` (default)")],
            Drift,
            "speech/talk-1/voices: anna, bea, carl → anna, bea, carl and also anna, carl",
        ),
        (
            &[("- **Durations**", "- **First frame**: use up to 3 reference images\n- **Durations**")],
            Drift,
            "video/reel-3/reference_images/total: 1 → 1 and also 3",
        ),
        (
            &[("What is extended needs", "Makes a new 5-second clip. What is extended needs")],
            Drift,
            "video/reel-3/extension/duration: 8 → 5 and also 8",
        ),
        (
            &[(answer, "\"input_tokens\": 900")],
            Drift,
            "video/reel-3-fast/price/8: 800 → the price is 800, yet 900 are charged in an example",
        ),
        (
            &[("Which model films. Defaults to `reel-3-fast`", options)],
            Drift,
            "video/reel-3: listed → in a table of models, not among the options of `generate video`",
        ),
        (
            &[("| Draws quickly, with", "| Draws quickly at up to 8K, with")],
            Drift,
            "borea-flash-image/sizes: 512x512, 1024x1024, 4096x4096 → described with 8K",
        ),
        (
            &[("The first frame.", "A film typically takes 40-90 seconds.\n\nThe first frame.")],
            Drift,
            "video/reel-3-fast/generation_time: 30-90 s → 30-90 s and also 40-90 s",
        ),
        (&[("| Quick |", "| Quick. **Deprecated** |")], Drift, "text/acme-small-2/status: listed, yet said to go"),
        (
            &[("Texts longer than", "It speaks with the `zoe` voice. Texts longer than")],
            Unreadable,
            "the voice `zoe` is in no table",
        ),
    ];
    check_told(&cases);
}

#[test]
fn what_only_looks_strange() {
    let table = ("| Feature | Token", "<Table>\n| Feature | Token");
    let end = ("| 60 tokens |", "| 60 tokens |\n</Table>");
    check(&[table, end], Clean, &[]);
    check(&[("| 50 tokens |", "| 💰 50 tokens |"), ("| 2.0x |", "| 🔥 2.0x |")], Clean, &[]);
    check(&[("Acme Small 2, Acme Tiny 1", "Acme Small 2; Acme Tiny 1")], Clean, &[]);
    check(&[("Acme Small 2, Acme Tiny 1", "Acme Small 2 and Acme Tiny 1")], Clean, &[]);
    check(&[("Acme Small 2, Acme Tiny 1", "Acme Small 2<br>Acme Tiny 1")], Clean, &[]);
}
