//! Tests of `codegen` on small data files and on the real ones.

mod files;

use super::output::Output;
use super::registry::Registry;
use super::source::SourceFile;
use super::{FILES, check, emit_rust, load, root, splice};

const MINIMAL: &str = r#"
[source]
title = "A page"
date = "2026-11-22"

[[tier]]
name = "Standard"
multiplier = 2.0

[[text]]
id = "one"
name = "One"
provider = "acme"
aliases = ["uno"]
tier = "Standard"
default = true

[[image]]
id = "two"
name = "Two"
provider = "acme"
default = true
sizes = ["64x64"]
default_size = "64x64"
prices = [{ size = "64x64", quality = "standard", price = 5 }]

[[video]]
id = "three"
name = "Three"
provider = "acme"
default = true
durations = [{ duration = 4, price = 7 }]
default_duration = 4
resolutions = ["720p"]
default_resolution = "720p"

[[speech]]
id = "four"
name = "Four"
provider = "acme"
default = true
voices = ["anna"]
default_voice = "anna"
price_per_thousand = 9
piece_characters = 100

[[voice]]
name = "anna"
group = "feminine"
sound = "clear"
suits = "all"
"#;

fn read(text: &str) -> anyhow::Result<Registry> {
    load(&[SourceFile::new("some.toml", text)])
}

/// The error of the minimal file with `from` replaced by `to`.
fn error(from: &str, to: &str) -> String {
    assert!(MINIMAL.contains(from), "{from} is not in the file");
    read(&MINIMAL.replacen(from, to, 1)).err().map_or_else(|| "no error".to_owned(), |error| format!("{error:#}"))
}

fn real() -> Registry {
    let root = root().unwrap();
    let files = FILES.map(|name| SourceFile::read(&root, &format!("{}/{name}", super::DATA)).unwrap());
    load(&files).unwrap()
}

#[test]
fn the_minimal_file_is_read() {
    assert_eq!(read(MINIMAL).unwrap().models.len(), 4);
}

#[test]
fn an_unknown_key_is_named_with_file_and_line() {
    let error = error("aliases = [\"uno\"]", "alias = [\"uno\"]");
    assert!(error.starts_with("some.toml:14: unknown field `alias`, expected one of"), "{error}");
}

#[test]
fn a_missing_key_is_named_with_the_line_of_its_table() {
    let error = error("id = \"one\"\n", "");
    assert!(error.starts_with("some.toml:10: missing field `id`"), "{error}");
}

#[test]
fn an_unknown_key_of_a_long_form_is_named() {
    let error = error("tier = \"Standard\"", "tier = { name = \"Standard\", hihg = \"Premium\" }");
    assert!(error.starts_with("some.toml:15: unknown field `hihg`"), "{error}");
}

#[test]
fn a_value_of_a_wrong_type_shows_its_key() {
    let error = error("price_per_thousand = 9", "price_per_thousand = \"nine\"");
    assert!(error.starts_with("some.toml:44: ") && error.contains("`price_per_thousand = \"nine\"`"), "{error}");
}

#[test]
fn mistakes_are_refused_with_file_line_and_key() {
    for (from, to, expected) in [
        ("tier = \"Standard\"", "tier = \"Gold\"", "some.toml:15: `tier`: no tier `Gold`; there are Standard"),
        ("2026-11-22", "2026-13-22", "some.toml:4: `date`: a day is written YYYY-MM-DD"),
        ("2026-11-22", "22 November", "some.toml:4: `date`: a day is written YYYY-MM-DD"),
        ("multiplier = 2.0", "multiplier = 0.0", "some.toml:8: `multiplier`: a multiplier is above 0"),
        ("multiplier = 2.0", "multiplier = -0.0", "some.toml:8: `multiplier`: a multiplier is above 0"),
        ("multiplier = 2.0", "multiplier = -1", "some.toml:8: `multiplier`: a multiplier is above 0"),
        (
            "name = \"Standard\"\n",
            "name = \"Standard\"\nmultiplier = 2.0\n[[tier]]\nname = \"standard\"\n",
            "some.toml:10: `name`: a second tier `standard`",
        ),
        (
            "default_size = \"64x64\"",
            "default_size = \"8x8\"",
            "some.toml:24: `default_size`: `8x8` is not in the list",
        ),
        ("[\"64x64\"]", "[\"64x64\", \"8x8\"]", "some.toml:23: `prices`: 8x8 has 0 prices for 1 qualities"),
        ("price = 5", "price = { tokens = 5, high = 6 }", "some.toml:25: `price`: a range needs `assumed`"),
        ("default_duration = 4", "default_duration = 5", "some.toml:33: `default_duration`: not one of `durations`"),
        ("voices = [\"anna\"]", "voices = [\"eve\"]", "some.toml:42: `voices`: no [[voice]] `eve`"),
        (
            "default_voice = \"anna\"",
            "default_voice = \"eve\"",
            "some.toml:43: `default_voice`: `eve` is not in the list",
        ),
        ("default = true\n\n[[image]]", "\n[[image]]", "no text model has `default = true`"),
    ] {
        let error = error(from, to);
        assert!(error.starts_with(expected), "{from} -> {to}: {error}");
    }
}

#[test]
fn a_name_of_two_models_is_refused_whatever_its_case() {
    let alias = error("id = \"two\"\nname = \"Two\"", "id = \"two\"\nname = \"Two\"\naliases = [\"uno\"]");
    assert_eq!(alias, "some.toml:19: `aliases`: `uno` already means one");
    assert_eq!(error("name = \"Two\"", "name = \"UNO\""), "some.toml:19: `name`: `UNO` already means one");
    assert_eq!(error("aliases = [\"uno\"]", "aliases = [\"one\"]"), "some.toml:11: `aliases`: `one` already means one");
}

#[test]
fn a_second_default_is_refused() {
    let second = "[[text]]\nid = \"five\"\nname = \"Five\"\nprovider = \"acme\"\ntier = \"Standard\"\ndefault = true\n";
    let error = read(&format!("{MINIMAL}\n{second}")).err().unwrap().to_string();
    assert_eq!(error, "some.toml:54: `default`: a second default for text");
}

#[test]
fn a_stale_file_shows_its_difference_and_a_fresh_one_none() {
    let wanted = || Some("one\ntwo\n".to_owned());
    let output = |current: &str| Output { path: "a.rs".to_owned(), current: current.to_owned(), wanted: wanted() };
    assert_eq!(output("one\ntwo\n").difference(), None);
    let difference = output("one\nthree\n").difference().unwrap();
    assert!(difference.starts_with("--- a.rs (as it is)\n+++ a.rs (as generated)\n"), "{difference}");
    assert!(difference.contains("-three\n+two\n"), "{difference}");
}

#[test]
fn tables_go_between_the_markers_and_nothing_else_changes() {
    let text = "a\n<!-- registry:begin -->\nold\n<!-- registry:end -->\nb\n";
    let spliced = splice::between_markers(text, "\nnew\n").unwrap();
    assert_eq!(spliced, "a\n<!-- registry:begin -->\n\nnew\n<!-- registry:end -->\nb\n");
    assert_eq!(splice::between_markers(&spliced, "\nnew\n").unwrap(), spliced);
    let error = splice::between_markers("none", "new").unwrap_err().to_string();
    assert!(error.starts_with("the marker `<!-- registry:begin -->` is missing"), "{error}");
}

#[test]
fn the_dearest_tier_of_an_assumed_one_is_written_by_its_name() {
    let dear = "[[tier]]\nname = \"Premium\"\nmultiplier = 2.0\n\n[[text]]\nid = \"one\"";
    let tier = |high: &str| MINIMAL.replace("[[text]]\nid = \"one\"", dear).replace("tier = \"Standard\"", high);
    let assumed = tier("tier = { name = \"Standard\", high = \"Premium\", assumed = \"so\" }");
    assert!(emit_rust::code(&read(&assumed).unwrap()).contains("high_tier: Some(Cow::Borrowed(\"Premium\"))"));
    let same = tier("tier = { name = \"Standard\", high = \"Standard\" }");
    assert!(!emit_rust::code(&read(&same).unwrap()).contains("high_tier: Some"));
    let unsaid = read(&tier("tier = { name = \"Standard\", high = \"Premium\" }")).err().unwrap().to_string();
    assert!(unsaid.contains("`assumed` says why"), "a range by name, though the multipliers are the same: {unsaid}");
}

#[test]
fn names_are_written_sorted_by_bytes() {
    let code = emit_rust::code(&real());
    let (_, names) = code.split_once("NAMES: &[(&str, u16)] = &[").unwrap();
    let (names, _) = names.split_once("];").unwrap();
    let names: Vec<&str> = names.split("),").filter_map(|entry| entry.split('"').nth(1)).collect();
    assert!(names.len() > 90, "{}", names.len());
    assert!(names.windows(2).all(|pair| pair[0] < pair[1]));
}

/// Which models there are, in which tier and at what price, is for the tests of the registry.
#[test]
fn the_real_data_files_make_a_registry_whose_names_each_lead_to_their_model() {
    let registry = real();
    let names = check::names(&registry).unwrap();
    for (index, model) in registry.models.iter().enumerate() {
        for name in [&model.id, &model.name].into_iter().chain(&model.aliases) {
            assert_eq!(names.get(&name.to_ascii_lowercase()), Some(&index), "{name}");
        }
    }
    let kind = |modality: &str| registry.models.iter().filter(|model| model.spec.modality() == modality).count();
    let kinds = ["text", "image", "video", "speech"].map(kind);
    assert!(kinds.iter().all(|models| *models >= 2), "{kinds:?}");
    assert_eq!(kinds.iter().sum::<usize>(), registry.models.len());
}
