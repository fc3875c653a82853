//! `image`, `video`, `extend`, `speech` and `media`.

use std::os::unix::fs::FileTypeExt as _;

use cosmic_ai::mock::MockBackend;
use cosmic_ai_testkit::stub::CosmicStub;

use crate::rig::{User, assert_shape};

#[test]
fn each_kind_of_medium_is_made_on_the_mock() {
    let user = User::of_mock();
    let check = |arguments: &[&str], file: &str, magic: &[u8], at: usize| {
        let arguments = [arguments, &["-o", file, "--json"]].concat();
        let object = user.run(&arguments).ok().json();
        assert_shape("media", &object);
        assert!(object["file"].as_str().unwrap().ends_with(file), "{object}");
        let bytes = std::fs::read(user.path(file)).unwrap();
        assert_eq!(&bytes[at..at + magic.len()], magic, "{file}");
        assert_eq!(object["media"]["size"], bytes.len());
    };
    check(&["image", "A lake", "--size", "512x512"], "lake.png", b"\x89PNG", 0);
    check(&["image", "A lake", "--format", "svg"], "lake.svg", b"<", 0);
    check(&["video", "Waves", "--duration", "4"], "waves.mp4", b"ftyp", 4);
    check(&["speech", "Good morning.", "--voice", "sage"], "morning.mp3", b"\xff\xfb", 0);
    let left: Vec<_> = std::fs::read_dir(user.path("")).unwrap().collect();
    assert_eq!(left.len(), 4, "{left:?}");
}

#[tokio::test]
async fn a_clip_is_extended_by_another_run_over_http() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    let film = user.run(&["video", "Waves", "--duration", "4", "-o", "a.mp4", "--yes", "--json"]).ok().json();
    let id = film["media"]["id"].as_str().unwrap();
    let longer = user.run(&["extend", id, "The tide turns", "-o", "b.mp4", "--yes", "--json"]).ok().json();
    assert_shape("media", &longer);
    assert_eq!(longer["charge"]["total_tokens"], 288_000);
    assert_ne!(std::fs::read(user.path("a.mp4")).unwrap(), std::fs::read(user.path("b.mp4")).unwrap());
}

#[test]
fn a_clip_is_extended_by_another_run_on_the_mock() {
    let user = User::of_mock();
    let film = user.run(&["video", "Waves", "--duration", "4", "-o", "a.mp4", "--json"]).ok().json();
    let id = film["media"]["id"].as_str().unwrap();
    let longer = user.run(&["extend", id, "The tide turns", "-o", "b.mp4", "--json"]).ok().json();
    assert_shape("media", &longer);
    assert_eq!(user.run(&["media", "list", "--json"]).ok().json()["total"], 2);
    user.run(&["media", "get", id, "-o", "again.mp4"]).ok();
    assert_eq!(std::fs::read(user.path("a.mp4")).unwrap(), std::fs::read(user.path("again.mp4")).unwrap());
}

#[test]
fn runs_on_the_mock_at_the_same_time_take_turns() {
    let user = User::of_mock();
    let runs: Vec<_> = (0..6).map(|number| user.start(&["image", "A lake", "-o", &format!("{number}.png")])).collect();
    for run in runs {
        crate::rig::finish(run).ok();
    }
    assert_eq!(user.run(&["media", "list", "--json"]).ok().json()["total"], 6);
    assert_eq!(user.run(&["usage", "--json"]).ok().json()["total"]["total"], 6 * 32_160);
}

#[test]
fn without_a_target_the_file_has_the_mediums_name_and_replaces_nothing() {
    let user = User::of_mock();
    let first = user.run(&["image", "A lake", "--json"]).ok().json();
    let (name, id) = (first["media"]["name"].as_str().unwrap(), first["media"]["id"].as_str().unwrap());
    assert_eq!(first["file"], name);
    let again = user.run(&["media", "get", id, "--json"]).ok().json();
    let other = name.replace(".png", "-2.png");
    assert_eq!(again["file"], other);
    assert_eq!(std::fs::read(user.path(name)).unwrap(), std::fs::read(user.path(&other)).unwrap());
}

#[test]
fn a_summary_gives_charge_and_file() {
    User::of_mock()
        .run(&["image", "A lake", "-o", "lake.png"])
        .ok()
        .says("charged 32,160 tokens")
        .says("-> ")
        .says("lake.png");
}

#[test]
fn bytes_go_to_standard_output_and_nothing_else_does() {
    let user = User::of_mock();
    let piped = user.run(&["image", "A lake", "-o", "-"]).ok();
    assert!(piped.bytes.starts_with(b"\x89PNG"));
    user.run(&["image", "A lake", "-o", "lake.png"]).ok();
    assert_eq!(std::fs::read(user.path("lake.png")).unwrap(), piped.bytes);
    let both = user.run(&["image", "A lake", "-o", "-", "--json"]).assert_code(2);
    assert_eq!((both.out.as_str(), both.error()["kind"].as_str()), ("", Some("usage")));
}

#[tokio::test]
async fn what_cannot_be_written_is_found_before_it_is_paid_for() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    user.write("file", "");
    for target in ["no/such/folder/lake.png", "/proc/lake.png", "file/lake.png", "."] {
        let error = user.run(&["image", "A lake", "-o", target, "--json"]).assert_code(1).error();
        assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("file"), Some("not_sent")), "{target}");
    }
    assert_eq!(stub.requests().len(), 0);
}

#[test]
fn a_full_disk_says_that_the_medium_is_paid_for_and_where_it_is() {
    let user = User::of_mock();
    let error = user.run(&["image", "A lake", "-o", "/dev/full", "--json"]).assert_code(1).error();
    assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("file"), Some("billed")));
    assert!(error["operation_id"].is_string());
    user.run(&["image", "A lake", "-o", "/dev/full"]).assert_code(1).says("cosmic-ai media get");
    assert!(std::fs::metadata("/dev/full").unwrap().file_type().is_char_device());
}

#[test]
fn a_link_is_written_through_and_a_pipe_is_not_replaced() {
    let user = User::of_mock();
    user.write("real.png", "old");
    std::os::unix::fs::symlink(user.path("real.png"), user.path("link.png")).unwrap();
    user.run(&["image", "A lake", "-o", "link.png"]).ok();
    assert!(std::fs::symlink_metadata(user.path("link.png")).unwrap().is_symlink());
    assert!(std::fs::read(user.path("real.png")).unwrap().starts_with(b"\x89PNG"));
    let run = user
        .shell("mkfifo pipe && (head -c 4 pipe > magic & $COSMIC image 'A lake' -o pipe --quiet; wait); test -p pipe");
    assert_eq!(std::fs::read(user.path("magic")).unwrap(), b"\x89PNG", "{run:?}");
}

#[tokio::test]
async fn a_local_reference_is_uploaded_first() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    user.write("mug.png", b"\x89PNG\r\n\x1a\n");
    user.run(&["video", "The mug turns", "--reference", "mug.png", "--duration", "4", "-o", "mug.mp4", "--yes"]).ok();
    let paid = stub.requests().into_iter().find(|request| request.target.ends_with("/ai/video")).unwrap();
    let body: serde_json::Value = serde_json::from_slice(&paid.body).unwrap();
    let reference = body["reference_images"][0].as_str().unwrap();
    assert!(reference.starts_with("http") && !reference.contains("not-uploaded"), "{body}");
}

#[test]
fn wrong_values_say_what_is_allowed() {
    let user = User::of_mock();
    let check = |arguments: &[&str], expected: &str| {
        let error = user.run(&[arguments, &["--json"]].concat()).assert_code(3).error();
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(expected), "{message}");
    };
    check(&["image", "a", "--size", "banana"], "1024x1024");
    check(&["image", "a", "--size", "1x1"], "1024x1024");
    check(&["image", "a", "--aspect-ratio", "wide"], "16:9");
    check(&["image", "a", "--quality", "best"], "hd");
    check(&["image", "a", "--format", "bmp"], "svg");
    check(&["image", "a", "--metadata", "{"], "metadata");
    check(&["image", "a", "--metadata", "[]"], "metadata");
    check(&["image", " "], "prompt");
    check(&["video", "a", "--duration", "5"], "(allowed: 4, 6, 8)");
    check(&["video", "a", "--duration", "long"], "4, 6, 8");
    check(&["video", "a", "--resolution", "4k"], "720p");
    check(&["video", "a", "--reference", "ftp://x/y"], "reference_images");
    check(&["speech", "a", "--voice", "bob"], "nova");
    check(&["extend", "", "a"], "media_id");
    check(&["image", "", "--size", "x", "--quality", "y"], "prompt");
}

#[tokio::test]
async fn the_library_is_listed_shown_fetched_filled_and_emptied() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    user.write("mug.png", b"\x89PNG\r\n\x1a\n");
    let stored = user.run(&["media", "upload", "mug.png", "--metadata", r#"{"a":1}"#, "--json"]).ok().json();
    let id = stored["media"]["id"].as_str().unwrap();
    let list = user.run(&["media", "list", "--json"]).ok().json();
    assert_eq!((&list["total"], &list["media"][0]["id"]), (&1.into(), &id.into()));
    user.run(&["media", "list"]).ok().shows(id).shows("1 of 1");
    user.run(&["media", "show", id]).ok().shows("image/png");
    let got = user.run(&["media", "get", id, "-o", "copy.png", "--json"]).ok().json();
    assert!(got["file"].as_str().unwrap().ends_with("copy.png"));
    assert_eq!(std::fs::read(user.path("copy.png")).unwrap(), b"\x89PNG\r\n\x1a\n");
    assert_eq!(user.run(&["media", "get", id, "-o", "-"]).ok().bytes, b"\x89PNG\r\n\x1a\n");
    let sent = stub.requests().len();
    let refused = user.run(&["media", "delete", id, "--json"]).assert_code(2).error();
    assert_eq!((&refused["kind"], &refused["outcome"]), (&"usage".into(), &"not_sent".into()));
    assert!(refused["message"].as_str().unwrap().contains("--yes"), "{refused}");
    assert_eq!(stub.requests().len(), sent);
    assert_eq!(user.run(&["media", "delete", id, "--yes", "--json"]).ok().json()["deleted"], id);
    let gone = user.run(&["media", "show", id, "--json"]).assert_code(3).error();
    assert_eq!(gone["kind"], "not_found");
}

#[test]
fn on_the_mock_a_script_may_delete_without_being_asked() {
    let user = User::of_mock();
    let made = user.run(&["image", "A lake", "-o", "a.png", "--json"]).ok().json();
    let id = made["media"]["id"].as_str().unwrap();
    assert_eq!(user.run(&["media", "delete", id, "--json"]).ok().json()["deleted"], id);
}
