//! The answers that the API's own page shows are as the schemas say, where there is a copy of the page.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::schema_files::{OF_TYPES, validator};

const BESIDE: &str = "reference/cosmic-ai-api-page.md";

/// The page that the environment names; else one in a folder beside the workspace.
fn page() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    if let Some(named) = std::env::var_os("COSMIC_API_PAGE") {
        // A test is run in the folder of its package, and its path is given in that of the workspace.
        return Some(root.join(named));
    }
    let folders = std::fs::read_dir(root.parent()?).ok()?;
    folders.filter_map(|folder| Some(folder.ok()?.path().join(BESIDE))).find(|path| path.is_file())
}

/// The blocks of JSON on a page, each with its line.
fn answers(page: &str) -> Vec<(usize, Value)> {
    let mut answers = Vec::new();
    let mut open: Option<(usize, bool, String)> = None;
    for (line, text) in (1..).zip(page.lines()) {
        match (&mut open, text.trim_start().strip_prefix("```")) {
            (None, Some(info)) => {
                open = Some((line, info.split_whitespace().next() == Some("json"), String::new()));
            }
            (Some(_), Some(_)) => {
                if let Some((line, true, json)) = open.take() {
                    let answer = serde_json::from_str(&json).unwrap_or_else(|error| panic!("line {line}: {error}"));
                    answers.push((line, answer));
                }
            }
            (Some((_, _, json)), None) => {
                json.push_str(text);
                json.push('\n');
            }
            (None, None) => {}
        }
    }
    answers
}

fn kind(answer: &Value) -> &'static str {
    match answer.pointer("/media/type").and_then(Value::as_str) {
        Some(medium) if medium.starts_with("image/") => "image-response",
        Some(medium) if medium.starts_with("video/") => "video-response",
        Some(medium) if medium.starts_with("audio/") => "speech-response",
        Some(medium) => panic!("no answer is of the type {medium}"),
        None => "text-response",
    }
}

#[test]
fn blocks_of_json_are_found_on_a_page() {
    let page = "# A\n```json {{ title: 'A' }}\n{\"text\":\n\"A\"}\n```\n```js\nlet a\n```\n```json\r\n{}\r\n```\n";
    assert_eq!(answers(page), [(2, serde_json::json!({ "text": "A" })), (9, serde_json::json!({}))]);
}

#[test]
fn the_answers_of_the_page_are_as_the_schemas_say() {
    let Some(page) = page() else {
        println!("no copy of the page: name one with COSMIC_API_PAGE");
        return;
    };
    let answers = answers(&std::fs::read_to_string(&page).unwrap());
    let mut kinds: Vec<&str> = Vec::new();
    for (line, answer) in &answers {
        let kind = kind(answer);
        if let Err(error) = validator(kind).validate(answer) {
            panic!("{}, line {line}: {error} at {}", page.display(), error.instance_path());
        }
        let of_type = OF_TYPES.iter().find(|one| one.name == kind).unwrap();
        assert_eq!((of_type.read)(answer), Ok(()), "line {line}");
        kinds.push(kind);
    }
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds, ["image-response", "speech-response", "text-response", "video-response"]);
}
