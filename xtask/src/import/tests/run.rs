//! The command as a whole, on a copy of the committed registry: statuses, what is written, and what is told.

use std::path::PathBuf;

use super::super::{Options, copy_of_page, run_in};
use crate::codegen;
use crate::root::root;

/// A folder with a copy of the data files, gone with its end.
struct Copy(PathBuf);

impl Copy {
    fn new(name: &str) -> Self {
        let copy = std::env::temp_dir().join(format!("import-{name}-{}", std::process::id()));
        for path in files() {
            let to = copy.join(&path);
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(root().unwrap().join(&path), to).unwrap();
        }
        Self(copy)
    }

    fn texts(&self) -> String {
        files().iter().map(|path| std::fs::read_to_string(self.0.join(path)).unwrap()).collect()
    }

    /// Runs `import` on a page; the status, or the error, and what was printed.
    fn import(&self, page: &str, words: &[&str]) -> (Result<u8, String>, String) {
        let path = self.0.join("page.md");
        std::fs::write(&path, page).unwrap();
        let words = [&[path.to_str().unwrap()], words].concat();
        let mut out = Vec::new();
        let outcome = run_in(Ok(self.0.clone()), &Options::parse(&words).unwrap(), &mut out);
        (outcome.map_err(|error| format!("{error:#}")), String::from_utf8(out).unwrap())
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn files() -> Vec<String> {
    codegen::data_files().into_iter().chain([codegen::data_file("decisions.toml")]).collect()
}

/// The real page, where there is a copy.
fn page() -> Option<String> {
    copy_of_page(&root().unwrap()).map(|path| std::fs::read_to_string(path).unwrap())
}

#[test]
fn the_status_says_what_was_found_and_only_what_is_understood_is_written() {
    let Some(page) = page() else { return };
    let copy = Copy::new("status");
    let before = copy.texts();
    let (outcome, told) = copy.import(&page, &[]);
    assert_eq!(outcome, Ok(0), "{told}");
    assert_eq!(copy.import(&page, &["--apply"]).0, Ok(0));
    assert_eq!(copy.texts(), before);

    let dearer = page.replace("| 3,600 tokens |", "| 3,700 tokens |");
    assert_eq!(copy.import(&dearer, &[]).0, Ok(1));
    assert_eq!(copy.texts(), before, "nothing is written unless it is asked for");
    let lost = dearer.replace("| Feature |", "| Thing |");
    let (outcome, told) = copy.import(&lost, &["--apply"]);
    assert_eq!((outcome, copy.texts() == before), (Ok(2), true), "{told}");

    let (outcome, told) = copy.import(&dearer, &["--apply", "--date", "2026-03-04", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["applied"][0], "speech/tts-1/price_per_thousand", "{told:#}");
    // The page contradicts itself now: one is no longer twice the other.
    assert_eq!((outcome, &told["ending"]), (Ok(1), &"drift".into()));
    let expected = "price_per_thousand = { tokens = 3_700, source = \"Cosmic AI API page\", date = \"2026-03-04\" }\n";
    assert!(copy.texts().contains(expected), "{}", copy.texts());
}

#[test]
fn a_key_that_nothing_is_called_by_is_refused_before_anything_is_written() {
    let Some(page) = page() else { return };
    let copy = Copy::new("accept");
    let before = copy.texts();
    let words = ["--apply", "--accept", "speech/tts-9/price_per_thousand"];
    let why = "`--accept speech/tts-9/price_per_thousand`: nothing that has changed is called so";
    for page in [page.clone(), page.replace("| 3,600 tokens |", "| 3,700 tokens |")] {
        assert_eq!(copy.import(&page, &words).0, Err(why.to_owned()));
        assert_eq!(copy.texts(), before);
    }
    let (outcome, told) = copy.import(&page, &[&words[..], &["--json"]].concat());
    let lines: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((outcome, &lines["ending"], &lines["error"]), (Ok(2), &"unreadable".into(), &why.into()));
}

#[test]
fn a_decision_that_is_left_over_is_drift_until_it_is_deleted() {
    let Some(page) = page() else { return };
    let copy = Copy::new("stale");
    let path = copy.0.join(codegen::data_file("decisions.toml"));
    let decisions = std::fs::read_to_string(&path).unwrap();
    let more = "\n[[decision]]\nkeys = [\"text/gpt-5/tier\"]\npage = \"gone\"\ndecision = \"a\"\nreason = \"b\"\ndate = \"2026-01-02\"\n";
    std::fs::write(&path, decisions + more).unwrap();
    let (outcome, told) = copy.import(&page, &[]);
    assert_eq!(outcome, Ok(1));
    assert!(told.ends_with("1 to delete from decisions.toml\n"), "{told}");
    let (outcome, told) = copy.import(&page, &["--apply", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((outcome, &told["by_hand"][0]), (Ok(1), &"text/gpt-5/tier: gone: delete it from decisions.toml".into()));
    let path = copy.0.join("page.md");
    assert!(super::super::hold_against(&copy.0, &path).unwrap_err().to_string().contains("do not agree"));
}

#[test]
fn a_page_that_is_not_there() {
    let options = Options::parse(&["nowhere.md", "--json"]).unwrap();
    let mut out = Vec::new();
    assert_eq!(run_in(root(), &options, &mut out).unwrap(), 2);
    let told: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!((&told["ending"], &told["error"]), (&"unreadable".into(), &told["error"]));
    assert!(told["error"].as_str().unwrap().starts_with("cannot read nowhere.md"));
}
