//! Cassettes that are none, or not what they were.

use std::path::Path;

use cosmic_ai_core::{Call, ErrorKind, ImageGenerator as _, ImageRequest, Outcome};
use cosmic_ai_mock::MockBackend;
use cosmic_ai_mock::cassette::{Recording, Replay};

use super::{record, text_of};

#[track_caller]
fn check(folder: &Path, place: &str, message: &str) {
    let error = Replay::open(folder).unwrap_err();
    assert_eq!(error.place, place, "{error}");
    assert!(error.message.contains(message), "{error}");
    assert!(error.to_string().starts_with(&format!("cassette {}", folder.display())), "{error}");
}

#[test]
fn each_fault_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    check(folder.path(), "(file)", "No such file");
    let of = |interaction: &str| {
        format!(r#"{{ "format": "cosmic-ai-cassette", "version": 1, "interactions": [{interaction}] }}"#)
    };
    let rows = [
        (String::new(), "line 1, column 0", "it is not JSON, or was cut"),
        ("{\n  \"format\": \"cosm".to_owned(), "line 2, column 17", "it is not JSON, or was cut"),
        ("{}".to_owned(), "format", "it is not a cassette"),
        (r#"{ "format": "vcr", "version": 1 }"#.to_owned(), "format", "it is not a cassette"),
        (r#"{ "format": "cosmic-ai-cassette" }"#.to_owned(), "version", "it says no version"),
        (r#"{ "format": "cosmic-ai-cassette", "version": 2 }"#.to_owned(), "version", "version 2 is not known"),
        (r#"{ "format": "cosmic-ai-cassette", "version": 1 }"#.to_owned(), "interactions", "there is no such list"),
        (
            r#"{ "format": "cosmic-ai-cassette", "version": 1, "redactd": {}, "interactions": [] }"#.to_owned(),
            "redactd",
            "there is no such key; there are format, version, redacted, interactions",
        ),
        (of(r#"{ "kind": "smell", "request": {} }"#), "interactions[0]", "unknown variant `smell`"),
        (of(r#"{ "kind": "text", "request": {}, "anwser": {} }"#), "interactions[0]", "unknown field `anwser`"),
        (of(r#"{ "kind": "text", "request": {} }"#), "interactions[0].(interaction)", "it needs one of"),
        (of(r#"{ "kind": "text", "request": {}, "answer": {} }"#), "interactions[0].answer", "missing field `text`"),
        (
            of(
                r#"{ "kind": "text", "request": {}, "answer": { "text": "" } }, { "kind": "image", "request": {}, "events": [] }"#,
            ),
            "interactions[1].events",
            "a call of kind `image` has none",
        ),
        (of(r#"{ "kind": "stream", "request": {}, "events": [{}] }"#), "interactions[0].events", "an event is one of"),
        (
            of(r#"{ "kind": "text", "request": {}, "error": { "kind": "tired", "outcome": "refused" } }"#),
            "interactions[0].error",
            "unknown variant `tired`",
        ),
        (
            of(r#"{ "kind": "text", "request": {}, "dropped": true, "file": "media/../../etc/passwd" }"#),
            "interactions[0].file",
            "is not of the form",
        ),
    ];
    for (text, place, message) in rows {
        std::fs::write(folder.path().join("cassette.json"), &text).unwrap();
        check(folder.path(), place, message);
    }
}

#[tokio::test]
async fn a_medium_that_is_not_what_it_was_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let recording = record(MockBackend::new(), folder.path());
    recording.generate_image(&Call::new(), &ImageRequest::new("A")).await.unwrap();
    let medium = std::fs::read_dir(folder.path().join("media")).unwrap().next().unwrap().unwrap().path();
    std::fs::write(&medium, "other bytes").unwrap();
    let error = Replay::open(folder.path()).unwrap_err();
    assert_eq!(error.file, medium);
    assert!(error.message.starts_with("its bytes are others than were recorded"), "{error}");
    std::fs::remove_file(&medium).unwrap();
    let error = cosmic_ai_core::Error::from(Replay::open(folder.path()).unwrap_err());
    assert!(matches!(error.kind(), ErrorKind::File { .. }) && error.outcome() == Outcome::NotSent, "{error}");
}

#[tokio::test]
async fn a_recording_replaces_an_earlier_one_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("cassette.json"), "{}").unwrap();
    let error = Recording::new(MockBackend::new(), folder.path()).unwrap_err();
    assert_eq!(error.message, "it is no cassette and is not overwritten");
    std::fs::remove_file(folder.path().join("cassette.json")).unwrap();

    let one = record(MockBackend::new(), folder.path());
    one.generate_image(&Call::new(), &ImageRequest::new("A")).await.unwrap();
    std::fs::write(folder.path().join("media/notes.txt"), "mine").unwrap();
    let other = record(MockBackend::new(), folder.path());
    other.generate_image(&Call::new(), &ImageRequest::new("Another")).await.unwrap();
    other.finish().unwrap();
    let mut names: Vec<String> = std::fs::read_dir(folder.path().join("media"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), 2, "{names:?}");
    assert_eq!(names[0], "notes.txt");
    assert!(text_of(folder.path()).contains(&names[1]));
}
