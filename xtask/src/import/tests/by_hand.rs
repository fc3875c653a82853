//! What `--apply` leaves to people.

use super::super::apply::{Applied, Order, Origin};
use super::super::data::Data;
use super::super::report::Ending;
use super::applied::{accepting, applied, difference};
use super::{REGISTRY, changed, data, decisions};

#[test]
fn a_new_model_that_the_page_contradicts_itself_about_is_left_to_people() {
    let changes = [
        ("| Acme Large 2 | `", "| Acme Large 3 | `acme-large-3` | Newest |\n| Acme Large 2 | `"),
        ("2.0x | Acme Large 2 |", "2.0x | Acme Large 2, Acme Large 3 |"),
        ("Acme Small 2, Acme Tiny 1", "Acme Small 2, Acme Tiny 1, Acme Large 3"),
    ];
    let (text, applied) = applied(&changed(&changes));
    assert_eq!(difference(&text), "");
    let expected = [
        "text/acme-large-3: the page says different things about its tier",
        "text/acme-large-3/tier: decide it in decisions.toml",
    ];
    assert_eq!(applied.by_hand, expected);
}

#[test]
fn what_would_be_removed_or_invented_is_left_to_people() {
    let changes = [
        ("| Acme Small 2 | `acme-small-2` | Quick |\n", ""),
        ("Acme Small 2, Acme Tiny 1", "Acme Tiny 1, Acme Tiny 2"),
        ("1:1, 1:4, 16:9", "1:1, 2:1, 16:9"),
        ("| carl | Low |", "| carl | Low |\n| dave | Lower |"),
        ("Masculine: `carl`", "Masculine: `carl`, `dave`"),
        ("| 3 |\n", "| 4 |\n"),
    ];
    let (text, applied) = applied(&changed(&changes));
    assert_eq!(difference(&text), "");
    let expected = [
        "text/acme-tiny-2: the page has no id for it: write the one of its maker, and `named_only`",
        "voice/dave: write how the voice sounds and what it suits in your own words",
        "image/borea-flash-image/aspect_ratios: `1:4` would be removed",
        "speech/talk-1/voices: what is new needs a row of its own",
        "speech/talk-1-hd/voices: what is new needs a row of its own",
        "text/acme-small-2: nothing is removed by itself",
        "text/acme-tiny-2/id: decide it in decisions.toml",
    ];
    assert_eq!(applied.by_hand, expected);
}

#[test]
fn figures_that_change_by_much_are_written_when_a_person_says_so() {
    let changes = [
        ("| **Large** | 2.0x |", "| **Large** | 20.0x |"),
        ("= 2,000 deducted", "= 20,000 deducted"),
        ("| 1,400 tokens |", "| 140 tokens |"),
        ("| 60 tokens |", "| 181 tokens |"),
        ("with 1M context", "with 200K context"),
    ];
    let page = changed(&changes);
    let (text, left) = applied(&page);
    assert_eq!(difference(&text), "");
    assert_eq!(left.done, [""; 0]);
    let expected = [
        "speech/talk-1-hd/price_per_thousand: 60 and 181 are more than 3 times apart: look at the page, then `--accept speech/talk-1-hd/price_per_thousand`",
        "text/acme-large-2/context_window: 200,000 is less than 1,000,000: look at the page, then `--accept text/acme-large-2/context_window`",
        "tier/Large/multiplier: 2.0x and 20.0x are more than 3 times apart: look at the page, then `--accept tier/Large/multiplier`",
        "video/reel-3/price/4: 1,400 and 140 are more than 3 times apart: look at the page, then `--accept video/reel-3/price/4`",
        "text/borea-code/tier: decide it in decisions.toml",
        "text/borea-code/tier: offered by id, in no tier; the dearest is Large 2.0x: delete it from decisions.toml",
    ];
    assert_eq!(left.by_hand, expected);
    let (text, left) = accepting(&page, &["tier/Large/multiplier".to_owned(), "video/reel-3/price/4".to_owned()]);
    assert_eq!(left.done, ["tier/Large/multiplier", "video/reel-3/price/4"]);
    assert!(text.contains("multiplier = 20.0 # the dear one\n") && text.contains("tokens = 140,"), "{text}");
    assert!(!text.contains("181") && !text.contains("200_000"), "{text}");
}

#[test]
fn a_new_model_without_a_row_of_its_own_in_the_prices_is_left_to_people() {
    let row = "| Borea Pro Image | `borea-pro-image` | Draws well | 1024x1024, 4096x4096 | 2 ratios |";
    let with_row =
        format!("{row}\n| Borea Max Image | `borea-max-image` | Draws best | 1024x1024, 4096x4096 | 2:1, 1:2 |");
    let page = changed(&[(row, &with_row)]);
    let (report, _) = super::super::report(&page, &data(), &decisions()).unwrap();
    assert!(report.to_string().contains("; priced in no row of its own"), "{report}");
    let (text, left) = applied(&page);
    assert_eq!(difference(&text), "");
    assert_eq!(left.by_hand, ["image/borea-max-image: its price stands in no row of its own"]);
    // One of two prices of its own is not enough.
    let half = ("| **Borea 4K Image**", "| **Borea Max 4K Image** | 350 tokens |\n| **Borea 4K Image**");
    let rows = [(row, &*with_row), half];
    assert_eq!(difference(&applied(&changed(&rows)).0), "");
    // Nor is a row for two new ones.
    let film = "| Reel 3 Standard | `reel-3` | Fine (60-180s) |";
    let films =
        format!("{film}\n| Reel 4 Turbo | `reel-4-turbo` | Quick |\n| Reel 5 Turbo | `reel-5-turbo` | Quicker |");
    let prices =
        "| **Reel Turbo Video (4s)** | 100 tokens |\n| **Reel Turbo Video (8s)** | 200 tokens |\n| **Talk Audio (per";
    assert_eq!(difference(&applied(&changed(&[(film, &films), ("| **Talk Audio (per", prices)])).0), "");
}

#[test]
fn a_price_that_comes_from_the_row_of_another_model_is_left_to_people() {
    // The row of the finer one is gone, so that the broader row is of both.
    let hd = "| **Talk HD Audio (per 1K chars)** | 60 tokens |";
    let (text, left) = applied(&changed(&[(hd, "")]));
    assert_eq!(difference(&text), "");
    let why = "speech/talk-1-hd/price_per_thousand: its row is also of speech/talk-1, whose price was another: look at the page, then `--accept speech/talk-1-hd/price_per_thousand`";
    assert_eq!(left.by_hand, [why]);
    // And with another price, neither is written.
    let merged = [(hd, ""), ("| 30 tokens |", "| 45 tokens |")];
    let (text, left) = applied(&changed(&merged));
    assert_eq!((difference(&text).as_str(), left.by_hand.len()), ("", 2), "{:?}", left.by_hand);
    let accepted = ["speech/talk-1-hd/price_per_thousand".to_owned()];
    assert_eq!(accepting(&changed(&merged), &accepted).1.done, accepted);
}

#[test]
fn a_closer_row_takes_the_place_of_a_broader_one_for_the_same_alone() {
    let row = "| **Borea 4K Image** | 600 tokens |";
    let closer = format!("{row}\n| **Borea Pro 4K Image** | 700 tokens |");
    let (text, left) = applied(&changed(&[(row, &closer)]));
    assert_eq!(left.done, ["image/borea-pro-image/price/4096x4096/standard"]);
    assert_eq!(left.by_hand, [""; 0]);
    assert_eq!(
        difference(&text),
        "-price = 600\n+price = { tokens = 700, source = \"The page\", date = \"2026-03-04\" }\n"
    );
}

#[test]
fn bounds_that_were_derived_from_a_price_are_asked_about_again() {
    let (text, left) = applied(&changed(&[("| 300 tokens |", "| 350 tokens |")]));
    assert_eq!(left.done.len(), 2, "{:?}", left.done);
    let expected = [
        "image/borea-flash-image/price/512x512/standard: decide it in decisions.toml",
        "image/borea-flash-image/price/512x512/standard: no price of its own; the least of the model is 300: delete it from decisions.toml",
    ];
    assert_eq!(left.by_hand, expected);
    assert!(text.contains("price = { tokens = 300, low = \"unknown\", assumed = \"no price\" }"), "{text}");
}

#[test]
fn a_price_that_the_page_contradicts_itself_about_is_not_written() {
    let page = changed(&[("| **Reel Fast Video (8s)** | 800", "| **Reel Fast Video (8s)** | 900")]);
    let (text, left) = applied(&page);
    assert_eq!(difference(&text), "");
    let expected = [
        "video/reel-3-fast/price/8: the page contradicts itself about it: decide that first",
        "video/reel-3-fast/price/8: decide it in decisions.toml",
    ];
    assert_eq!(left.by_hand, expected);
}

#[test]
fn a_film_model_without_a_price_of_extensions_has_none() {
    let row = "| Reel 3 Standard | `reel-3` | Fine (60-180s) |";
    let films = format!("{row}\n| Reel 4 Turbo | `reel-4-turbo` | Quicker (10-20s) |");
    let prices =
        "| **Reel Turbo Video (4s)** | 100 tokens |\n| **Reel Turbo Video (8s)** | 200 tokens |\n| **Talk Audio (per";
    let options = "Options: `reel-3-fast` or `reel-3`. Defaults to `reel-3-fast`.\n\n- **Duration**: always";
    let page = changed(&[(row, &films), ("| **Talk Audio (per", prices), ("- **Duration**: always", options)]);
    let (report, _) = super::super::report(&page, &data(), &decisions()).unwrap();
    let told = report.to_string();
    assert!(told.contains("; said of others too: default_duration, default_resolution, durations, "), "{told}");
    let (text, left) = applied(&page);
    assert_eq!((left.done.as_slice(), left.by_hand.len()), (&["video/reel-4-turbo".to_owned()][..], 0));
    assert!(!difference(&text).contains("extension"), "{text}");
}

#[test]
fn one_thing_that_cannot_be_keeps_nothing_else_from_being_written() {
    let changes = [("`acme-small-2`", "`acme-small-2-1`"), ("| 60 tokens |", "| 65 tokens |")];
    let (text, left) = applied(&changed(&changes));
    assert_eq!(left.done, ["speech/talk-1-hd/price_per_thousand"]);
    assert!(left.by_hand[0].starts_with("text/acme-small-2-1: the data files would be wrong: "), "{:?}", left.by_hand);
    assert_eq!(left.by_hand[1..], ["text/acme-small-2: nothing is removed by itself"]);
    crate::codegen::judge(&[("registry.toml".to_owned(), text.clone())]).unwrap();
    assert!(text.contains("tokens = 65,") && !text.contains("acme-small-2-1"), "{text}");
}

#[test]
fn a_model_by_a_new_maker_is_left_to_people() {
    let table =
        "#### Core Models\n\n| Model | API Model ID |\n| --- | --- |\n| Core 1 | `core-1` |\n\n#### Borea Models";
    let changes = [("#### Borea Models", table), ("2.0x | Acme Large 2 |", "2.0x | Acme Large 2, Core 1 |")];
    let (text, left) = applied(&changed(&changes));
    assert_eq!(difference(&text), "");
    assert_eq!(left.by_hand, ["text/core-1: its maker would be `core`, of whom no model is known"]);
}

#[test]
fn a_default_with_a_comment_is_moved_by_people() {
    let registry = REGISTRY.replacen("default = true", "default = true # since spring", 1);
    let mut data = Data::parse([("registry.toml".to_owned(), registry.clone())]).unwrap();
    let page = changed(&[
        ("Defaults to `acme-large-2`", "Defaults to `acme-small-2`"),
        ("uses Acme Large 2", "uses Acme Small 2"),
    ]);
    let (report, reading) = super::super::report(&page, &data, &decisions()).unwrap();
    let origin = Origin { source: data.source(), date: "2026-03-04".to_owned() };
    let known = data.known();
    let order = Order { report: &report, known: &known, reading: &reading, origin, accepted: &[] };
    let left = super::super::apply::apply(&mut data, &order);
    assert_eq!(left.by_hand, ["text/default: what is said beside the old default has to move or to go"]);
    assert_eq!(data.texts()[0].1, registry);
}

#[test]
fn one_json_tells_of_the_report_and_of_what_became_of_it() {
    let (report, _) =
        super::super::report(&changed(&[("| 60 tokens |", "| 65 tokens |")]), &data(), &decisions()).unwrap();
    let applied = Applied { done: vec!["a/b".to_owned()], by_hand: vec!["c/d: why".to_owned()] };
    let json: serde_json::Value = serde_json::from_str(&report.json(Some((&applied, Ending::Clean))).unwrap()).unwrap();
    assert_eq!(
        (&json["ending"], &json["applied"][0], &json["by_hand"][0]),
        (&"clean".into(), &"a/b".into(), &"c/d: why".into())
    );
    assert_eq!(json["changed"][0]["page"], "65");
}

#[test]
fn a_tier_that_costs_much_more_is_written_when_a_person_says_so() {
    let dearest = "| **Dearest** | 4.0x | Acme Small 2 | 1,000 actual tokens = 4,000 deducted |\n| **Large** |";
    let changes = [("1.0x | Acme Small 2, Acme Tiny 1", "1.0x | Acme Tiny 1"), ("| **Large** |", dearest)];
    let (text, left) = applied(&changed(&changes));
    assert_eq!(left.done, ["tier/Dearest"]);
    assert_eq!(
        left.by_hand,
        [
            "text/acme-small-2/tier: Small and Dearest are more than 3 times apart: look at the page, then `--accept text/acme-small-2/tier`",
            "text/borea-code/tier: decide it in decisions.toml",
            "text/borea-code/tier: offered by id, in no tier; the dearest is Large 2.0x: delete it from decisions.toml",
        ]
    );
    assert!(text.contains("name = \"Dearest\"") && !text.contains("tier = { name = \"Dearest\""), "{text}");
}
