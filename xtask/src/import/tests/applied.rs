//! What `--apply` makes of the registry.

use super::super::apply::{Applied, Order, Origin};
use super::super::data::Data;
use super::super::report::Ending;
use super::{REGISTRY, changed, data, decisions, undecided};

/// The registry after an edit for this page, and what became of the report.
pub(super) fn applied(page: &str) -> (String, Applied) {
    accepting(page, &[])
}

pub(super) fn accepting(page: &str, accepted: &[String]) -> (String, Applied) {
    let mut data = data();
    let (report, reading) = super::super::report(page, &data, &decisions()).unwrap();
    assert_eq!(report.ending(), Ending::Drift, "{report}");
    let origin = Origin { source: data.source(), date: "2026-03-04".to_owned() };
    let known = data.known();
    let order = Order { report: &report, known: &known, reading: &reading, origin, accepted };
    let applied = super::super::apply::apply(&mut data, &order);
    let [(_, text)] = data.texts().try_into().unwrap();
    (text, applied)
}

/// What differs from the registry, as lines that are gone and lines that are new.
pub(super) fn difference(text: &str) -> String {
    let diff = similar::TextDiff::from_lines(REGISTRY, text);
    let changes = diff.iter_all_changes().filter(|change| change.tag() != similar::ChangeTag::Equal);
    changes.map(|change| [change.tag().to_string().as_str(), change.value()].concat()).collect()
}

#[track_caller]
fn check(changes: &[(&str, &str)], expected: &str) {
    let page = changed(changes);
    let (text, applied) = applied(&page);
    // What was decided about figures that have changed is asked again, and nothing else.
    let is_left = |left: &&String| !left.contains("decisions.toml");
    assert_eq!(applied.by_hand.iter().find(is_left), None);
    assert_eq!(difference(&text), expected);
    crate::codegen::judge(&[("registry.toml".to_owned(), text.clone())]).unwrap();
    let edited = Data::parse([("registry.toml".to_owned(), text)]).unwrap();
    let (again, _) = super::super::report(&page, &edited, &decisions()).unwrap();
    let left = undecided(&again);
    let is_about_decisions = |line: &&String| line.starts_with("stale ") || line.starts_with("contradictory ");
    assert!(left.iter().all(|line| is_about_decisions(&line)), "a second run has nothing left to write: {left:?}");
    assert_eq!(left.len(), applied.by_hand.len());
}

#[test]
fn figures_change_with_source_and_date_and_comments_stay() {
    let changes = [
        ("| **Large** | 2.0x |", "| **Large** | 3.0x |"),
        ("= 2,000 deducted", "= 3,000 deducted"),
        ("| 1,400 tokens |", "| 1,500 tokens |"),
        ("| 600 tokens |", "| 700 tokens |"),
        ("| **Reel Fast Extension** | 800", "| **Reel Fast Extension** | 900"),
        ("| 60 tokens |", "| 180 tokens |"),
    ];
    let expected = "\
-multiplier = 2.0 # the dear one
+multiplier = 3.0 # the dear one
+source = \"The page\"
+date = \"2026-03-04\"
-price = 600
+price = { tokens = 700, source = \"The page\", date = \"2026-03-04\" }
-price = 600
+price = { tokens = 700, source = \"The page\", date = \"2026-03-04\" }
-extension = { duration = 8, resolution = \"720p\", price = 800 }
+extension = { duration = 8, resolution = \"720p\", price = { tokens = 900, source = \"The page\", date = \"2026-03-04\" } }
-price = 1_400
+price = { tokens = 1_500, source = \"The page\", date = \"2026-03-04\" }
-price_per_thousand = 60
+price_per_thousand = { tokens = 180, source = \"The page\", date = \"2026-03-04\" }
";
    check(&changes, expected);
}

#[test]
fn a_new_text_model_stands_where_the_page_has_it() {
    let changes = [
        ("| Acme Large 2 | `", "| Acme Large 3 | `acme-large-3` | Newest (recommended) |\n| Acme Large 2 | `"),
        ("2.0x | Acme Large 2 |", "2.0x | Acme Large 2, Acme Large 3 |"),
        ("Defaults to `acme-large-2`", "Defaults to `acme-large-3`"),
        ("uses Acme Large 2", "uses Acme Large 3"),
    ];
    let expected = "\
+id = \"acme-large-3\"
+name = \"Acme Large 3\"
+provider = \"acme\"
+tier = { name = \"Large\", source = \"The page\", date = \"2026-03-04\" }
+recommended = true
+default = true
+
+[[text]]
-default = true
";
    check(&changes, expected);
}

#[test]
fn a_new_size_and_a_new_duration_come_with_their_prices() {
    let changes = [
        ("`1024x1024` or `4096x4096`. For Canvas", "`1024x1024`, `2048x2048` or `4096x4096`. For Canvas"),
        ("| Draws well | 1024x1024, 4096x4096 |", "| Draws well | 1024x1024, 2048x2048, 4096x4096 |"),
        ("Options: `4` or `8`", "Options: `4`, `8` or `10`"),
        ("4 or 8 seconds", "4, 8 or 10 seconds"),
        ("| **Reel Fast Extension**", "| **Reel Fast Video (10s)** | 1,000 tokens |\n| **Reel Fast Extension**"),
        (
            "| **Reel Standard Extension**",
            "| **Reel Standard Video (10s)** | 3,500 tokens |\n| **Reel Standard Extension**",
        ),
    ];
    let expected = "\
-sizes = [\"1024x1024\", \"4096x4096\"]
+sizes = [\"1024x1024\", \"2048x2048\", \"4096x4096\"]
+[[image.prices]]
+size = \"2048x2048\"
+quality = \"standard\"
+price = { tokens = 300, source = \"The page\", date = \"2026-03-04\" }
+
+[[video.durations]]
+duration = 10
+price = { tokens = 1_000, source = \"The page\", date = \"2026-03-04\" }
+
+[[video.durations]]
+duration = 10
+price = { tokens = 3_500, source = \"The page\", date = \"2026-03-04\" }
+
";
    check(&changes, expected);
}

#[test]
fn a_new_film_model_is_written_whole() {
    let row = "| Reel 3 Standard | `reel-3` | Fine (60-180s) |";
    let changes = [
        (row, &*format!("{row}\n| Reel 4 Turbo | `reel-4-turbo` | Quicker (10-20s) |")),
        (
            "| **Talk Audio (per",
            "| **Reel Turbo Video (4s)** | 100 tokens |\n| **Reel Turbo Video (8s)** | 200 tokens |\n| **Reel Turbo Extension** | 150 tokens |\n| **Talk Audio (per",
        ),
    ];
    let (text, applied) = applied(&changed(&changes));
    assert_eq!((applied.done.as_slice(), applied.by_hand.len()), (&["video/reel-4-turbo".to_owned()][..], 0));
    crate::codegen::judge(&[("registry.toml".to_owned(), text.clone())]).unwrap();
    let added = difference(&text);
    assert!(added.contains("+id = \"reel-4-turbo\"\n+name = \"Reel 4 Turbo\"\n+provider = \"borea\"\n"), "{added}");
    assert!(added.contains("+generation_time = { least_seconds = 10, most_seconds = 20 }\n"), "{added}");
    assert!(!added.contains("\n-"), "{added}");
}

#[test]
fn new_models_of_images_and_speech_are_written_whole() {
    let changes = [
        (
            "| Borea Pro Image | `borea-pro-image` | Draws well | 1024x1024, 4096x4096 | 2 ratios |",
            "| Borea Pro Image | `borea-pro-image` | Draws well | 1024x1024, 4096x4096 | 2 ratios |\n\
             | Borea Max Image | `borea-max-image` | Draws best | 1024x1024, 2048x2048 | 2:1, 1:2 |",
        ),
        (
            "Pro Image supports up to 3.",
            "Pro Image supports up to 3, Max Image supports up to 7 reference images (5 objects + 2 characters).",
        ),
        (
            "| Talk HD | `talk-1-hd` | Fine | 3 |",
            "| Talk HD | `talk-1-hd` | Fine | 3 |\n| Talk Slow | `talk-2` | Slow | 3 |",
        ),
        ("| 60 tokens |", "| 60 tokens |\n| **Talk Slow Audio (per 1K chars)** | 5 tokens |"),
        ("| **Borea 4K Image**", "| **Borea Max 1K/2K Image** | 350 tokens |\n| **Borea 4K Image**"),
    ];
    let expected = "\
+id = \"borea-max-image\"
+name = \"Borea Max Image\"
+provider = \"borea\"
+sizes = [\"1024x1024\", \"2048x2048\"]
+default_size = \"1024x1024\"
+aspect_ratios = [\"2:1\", \"1:2\"]
+qualities = [\"standard\"]
+reference_images = { total = 7, objects = 5, characters = 2 }
+
+[[image.prices]]
+size = \"1024x1024\"
+quality = \"standard\"
+price = { tokens = 350, source = \"The page\", date = \"2026-03-04\" }
+
+[[image.prices]]
+size = \"2048x2048\"
+quality = \"standard\"
+price = { tokens = 350, source = \"The page\", date = \"2026-03-04\" }
+
+[[image]]
+[[speech]]
+id = \"talk-2\"
+name = \"Talk Slow\"
+provider = \"acme\"
+voices = [\"anna\", \"bea\", \"carl\"]
+default_voice = \"anna\"
+price_per_thousand = { tokens = 5, source = \"The page\", date = \"2026-03-04\" }
+piece_characters = 4_096
+
";
    let (text, applied) = applied(&changed(&changes));
    assert_eq!(applied.by_hand, [""; 0]);
    crate::codegen::judge(&[("registry.toml".to_owned(), text.clone())]).unwrap();
    assert_eq!(difference(&text), expected);
}

#[test]
fn an_assumption_gives_way_to_what_the_page_states() {
    let expected = "\
-tier = { name = \"Small\", high = \"Large\", assumed = \"in no tier\" }
+tier = { name = \"Large\", source = \"The page\", date = \"2026-03-04\" }
";
    check(&[("2.0x | Acme Large 2 |", "2.0x | Acme Large 2, Borea Code |")], expected);
}
