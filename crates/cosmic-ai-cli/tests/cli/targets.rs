//! Where `-o` leads, found out before anything is paid for.

use cosmic_ai::mock::MockBackend;
use cosmic_ai_testkit::stub::CosmicStub;

use crate::rig::{User, finish};

#[tokio::test]
async fn what_cannot_be_a_file_costs_nothing() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    let too_long = format!("{}.png", "x".repeat(300));
    for (target, code) in [("", 2), ("newdir/", 1), ("newdir/a.png", 1), ("..", 1), ("newdir/..", 1), (&too_long, 1)] {
        user.run(&["image", "A lake", "-o", target]).assert_code(code);
    }
    std::os::unix::fs::symlink("loop", user.path("loop")).unwrap();
    user.run(&["image", "A lake", "-o", "loop"]).assert_code(1);
    assert_eq!(stub.requests().len(), 0);
}

#[test]
fn a_link_is_followed_even_to_what_is_not_there_yet() {
    let user = User::of_mock();
    std::fs::create_dir(user.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink("elsewhere/b.png", user.path("a.png")).unwrap();
    user.run(&["image", "A lake", "-o", "a.png"]).ok();
    assert!(user.path("a.png").is_symlink());
    assert!(user.path("elsewhere/b.png").is_file());
}

#[test]
fn standard_output_by_its_other_names_is_standard_output() {
    let user = User::of_mock();
    let same = user.run(&["image", "A lake", "-o", "-"]).ok().bytes;
    for name in ["/dev/stdout", "/dev/fd/1"] {
        // Opened anew, the file would be written over from its start.
        user.shell(&format!("{{ echo first; $COSMIC image 'A lake' -o {name} -q; }} > all")).ok();
        assert_eq!(std::fs::read(user.path("all")).unwrap(), [b"first\n".as_slice(), &same].concat(), "{name}");
        user.run(&["image", "A lake", "-o", name, "--json"]).assert_code(2);
    }
    // What the shell makes of `>( … )` is a pipe.
    user.shell("$COSMIC image 'A lake' -q -o >(cat > piped; touch done); until [ -e done ]; do sleep 0.01; done").ok();
    assert_eq!(std::fs::read(user.path("piped")).unwrap(), same);
}

#[test]
fn without_a_target_runs_at_the_same_time_replace_nothing() {
    let user = User::of_mock();
    let runs: Vec<_> = (0..6).map(|_| user.start(&["image", "A lake", "--size", "512x512"])).collect();
    for run in runs {
        finish(run).ok();
    }
    let files: Vec<_> = std::fs::read_dir(user.path("")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files.len(), 6, "{files:?}");
}

#[test]
fn a_path_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let user = User::of_mock();
    let name = std::ffi::OsStr::from_bytes(b"a\xff.png");
    let mut command = user.command(["image", "A lake", "-o"]);
    finish(command.arg(name).spawn().unwrap()).ok();
    assert!(user.path("").join(name).is_file());
}

fn mode_of(user: &User, name: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(user.path(name)).unwrap().permissions().mode() & 0o777
}

fn with_mode(user: &User, name: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = user.write(name, "old");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn what_may_not_be_written_is_not_replaced() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    with_mode(&user, "kept.png", 0o444);
    std::os::unix::fs::symlink("kept.png", user.path("link.png")).unwrap();
    for target in ["kept.png", "link.png"] {
        let error = user.run(&["image", "A lake", "-o", target, "--json"]).assert_code(1).error();
        assert_eq!((&error["kind"], &error["outcome"]), (&"file".into(), &"not_sent".into()), "{error}");
        user.run(&["media", "get", "an-id", "-o", target]).assert_code(1).says("cannot be written");
    }
    assert_eq!(std::fs::read(user.path("kept.png")).unwrap(), b"old");
    assert_eq!(stub.requests().len(), 0);
}

#[test]
fn a_file_that_is_replaced_keeps_its_permissions() {
    let user = User::of_mock();
    for mode in [0o600, 0o640, 0o666, 0o755] {
        with_mode(&user, "a.png", mode);
        user.run(&["image", "A lake", "-o", "a.png"]).ok();
        assert!(std::fs::read(user.path("a.png")).unwrap().starts_with(b"\x89PNG"));
        assert_eq!(mode_of(&user, "a.png"), mode, "{mode:o}");
    }
    // Those of a new file are as always, by whatever name.
    user.write("usual", "");
    user.run(&["image", "A lake", "-o", "new.png"]).ok();
    let named = user.run(&["image", "A lake", "--json"]).ok().json();
    for name in ["new.png", named["file"].as_str().unwrap()] {
        assert_eq!(mode_of(&user, name), mode_of(&user, "usual"), "{name}");
    }
}
