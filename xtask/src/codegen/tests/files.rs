//! Tests of what happens to files: those that are broken, stale, missing or too many.

use std::path::{Path, PathBuf};

use super::super::output::Output;
use super::super::{ALL_MODELS, DATA, FILES, GENERATED, README, checked, described, outputs, root};

/// A folder of a test's own, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("codegen-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// All that the tables of the registry are made from and spliced into, but for the code.
    fn copy_data(&self, from: &Path) {
        let data = FILES.map(|name| format!("{DATA}/{name}"));
        for path in data.iter().map(String::as_str).chain([README, ALL_MODELS, "rustfmt.toml"]) {
            self.write(path, &std::fs::read_to_string(from.join(path)).unwrap());
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn differences(outputs: &[Output]) -> Vec<String> {
    outputs.iter().filter_map(Output::difference).collect()
}

#[test]
fn data_files_become_code_though_the_code_that_is_there_is_broken() {
    let (folder, committed) = (Folder::new("broken"), root().unwrap());
    folder.copy_data(&committed);
    folder.write(GENERATED, "static MODELS: = this is no Rust {{{");
    let outputs = outputs(&folder.0).unwrap();
    assert_eq!(differences(&outputs).len(), 1);
    for output in &outputs {
        output.write(&folder.0).unwrap();
    }
    let read = |root: &Path| std::fs::read_to_string(root.join(GENERATED)).unwrap();
    assert_eq!(read(&folder.0), read(&committed));
}

#[test]
fn schemas_that_are_stale_missing_or_too_many_are_told_and_put_right() {
    let folder = Folder::new("schemas");
    let printed = r#"{
        "crates/cosmic-ai-server/openapi.json": "{}\n",
        "crates/cosmic-ai-core/schemas/a.json": "1\n",
        "crates/cosmic-ai-core/schemas/b.json": "2\n",
        "crates/cosmic-ai-core/schemas/c.json": "3\n"
    }"#;
    folder.write("crates/cosmic-ai-server/openapi.json", "{}\n");
    folder.write("crates/cosmic-ai-core/schemas/a.json", "1\n");
    folder.write("crates/cosmic-ai-core/schemas/b.json", "old\n");
    folder.write("crates/cosmic-ai-core/schemas/gone.json", "4\n");
    folder.write("crates/cosmic-ai-core/schemas/README.md", "not generated");
    let outputs = described::against(&folder.0, printed).unwrap();
    let [gone, stale, missing] = &differences(&outputs)[..] else { panic!("{:?}", differences(&outputs)) };
    assert_eq!(gone, "crates/cosmic-ai-core/schemas/gone.json is made of nothing, and would be removed\n");
    assert!(stale.starts_with("--- crates/cosmic-ai-core/schemas/b.json") && stale.contains("-old\n+2\n"), "{stale}");
    assert!(missing.starts_with("--- crates/cosmic-ai-core/schemas/c.json") && missing.contains("+3\n"), "{missing}");

    for output in &outputs {
        output.write(&folder.0).unwrap();
    }
    assert!(differences(&described::against(&folder.0, printed).unwrap()).is_empty());
    let left = std::fs::read_dir(folder.0.join("crates/cosmic-ai-core/schemas")).unwrap().count();
    assert_eq!(left, 4, "three schemas and what is not generated");
}

#[test]
fn types_that_print_nonsense_remove_nothing() {
    let document = "crates/cosmic-ai-server/openapi.json";
    for (printed, expected) in [
        (String::new(), "no object of paths and texts"),
        ("{}".to_owned(), "the types print no crates/cosmic-ai-server/openapi.json"),
        (format!(r#"{{"{document}": ""}}"#), "the types print no schemas"),
        (format!(r#"{{"{document}": "", "README.md": ""}}"#), "the types print README.md"),
    ] {
        let error = described::against(Path::new("nowhere"), &printed).err().unwrap().to_string();
        assert!(error.contains(expected), "{printed}: {error}");
    }
}

/// A workspace whose files are all as they are generated, with what its types print.
fn fresh(name: &str) -> (Folder, &'static str) {
    let (folder, committed) = (Folder::new(name), root().unwrap());
    folder.copy_data(&committed);
    for output in outputs(&folder.0).unwrap() {
        output.write(&folder.0).unwrap();
    }
    folder.write("crates/cosmic-ai-server/openapi.json", "{}\n");
    folder.write("crates/cosmic-ai-core/schemas/a.json", "1\n");
    let printed = r#"{
        "crates/cosmic-ai-server/openapi.json": "{}\n",
        "crates/cosmic-ai-core/schemas/a.json": "1\n"
    }"#;
    (folder, printed)
}

#[test]
fn the_check_fails_for_every_kind_of_stale_file_and_names_it_with_the_difference() {
    for (path, from, to) in [
        (GENERATED, "static TIERS", "static LEVELS"),
        (README, "| Text, Budget", "| Text, Cheap"),
        (ALL_MODELS, "| Model | Id |", "| Model | Name |"),
        ("crates/cosmic-ai-server/openapi.json", "{}", "{\"stale\": true}"),
        ("crates/cosmic-ai-core/schemas/a.json", "1", "2"),
    ] {
        let (folder, printed) = fresh("check");
        let check = || checked(&folder.0, |root| described::against(root, printed));
        check().unwrap();
        let text = std::fs::read_to_string(folder.0.join(path)).unwrap();
        let stale = text.replacen(from, to, 1);
        assert_ne!(stale, text, "{path}");
        folder.write(path, &stale);
        let error = check().unwrap_err().to_string();
        assert!(error.starts_with("generated files are stale; run `cargo xtask codegen`\n"), "{error}");
        assert!(error.contains(&format!("--- {path} (as it is)\n+++ {path} (as generated)\n")), "{error}");
        let has = |sign: char, words: &str| error.lines().any(|line| line.starts_with(sign) && line.contains(words));
        assert!(has('-', to) && has('+', from), "{error}");
        assert_eq!(std::fs::read_to_string(folder.0.join(path)).unwrap(), stale, "a check writes nothing");
    }
}

#[test]
fn the_check_fails_for_changed_data_without_asking_the_types() {
    let (folder, _) = fresh("data");
    let path = format!("{DATA}/text.toml");
    let text = std::fs::read_to_string(folder.0.join(&path)).unwrap();
    let id = super::real().models[0].id.clone();
    folder.write(&path, &text.replacen(&format!("\"{id}\""), "\"renamed-0\"", 1));
    let error = checked(&folder.0, |_| panic!("code made of stale data is not run")).unwrap_err().to_string();
    for path in [GENERATED, ALL_MODELS] {
        assert!(error.contains(&format!("--- {path} (as it is)")), "{error}");
    }
    assert!(error.contains("renamed-0"), "{error}");
}
