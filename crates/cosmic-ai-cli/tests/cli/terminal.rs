//! A session on a real pseudo-terminal.

use cosmic_ai::mock::MockBackend;
use cosmic_ai_testkit::server::{FaultServer, Reply};
use cosmic_ai_testkit::stub::CosmicStub;
use rexpect::session::{PtySession, spawn_command};

use crate::rig::User;

/// How long to wait for what should be shown, in milliseconds.
const PATIENCE: u64 = 60_000;

fn session(user: &User, arguments: &[&str]) -> PtySession {
    let mut command = user.command(arguments);
    // The terminal is all three.
    command
        .stdin(std::process::Stdio::inherit())
        .stdout(std::process::Stdio::inherit())
        .stderr(std::process::Stdio::inherit());
    spawn_command(command, Some(PATIENCE)).unwrap()
}

/// All that is shown until the end, and the exit code.
fn rest(session: &mut PtySession) -> (String, i32) {
    let shown = session.exp_eof().unwrap();
    // Its type is not ours to name; it shows as `Exited(Pid(…), CODE)`.
    let status = format!("{:?}", session.process().wait().unwrap());
    let code = status.strip_suffix(')').and_then(|status| status.rsplit_once(", ")).map(|(_, code)| code.parse());
    match code {
        Some(Ok(code)) if status.starts_with("Exited") => (shown, code),
        _ => panic!("{status}: {shown}"),
    }
}

#[tokio::test]
async fn what_is_dear_is_asked_for_and_no_means_no() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    for answer in ["n", "", "nonsense"] {
        let mut session = session(&user, &["video", "Waves", "-o", "a.mp4"]);
        session.exp_string("estimate: at most 288,021 tokens deducted").unwrap();
        session.exp_string("Spend 288,000 tokens on this call? [y/N]").unwrap();
        session.send_line(answer).unwrap();
        let (shown, code) = rest(&mut session);
        assert_eq!(code, 130, "{shown}");
        assert!(shown.contains("nothing was sent"), "{shown}");
    }
    assert_eq!(stub.requests().len(), 0);
}

#[tokio::test]
async fn yes_makes_the_clip() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    let mut session = session(&user, &["video", "Waves", "-o", "a.mp4"]);
    session.exp_string("[y/N]").unwrap();
    session.send_line("y").unwrap();
    let (shown, code) = rest(&mut session);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("charged 288,000 tokens"), "{shown}");
    assert!(user.path("a.mp4").exists());
}

#[tokio::test]
async fn a_clip_shows_a_bar_with_its_usual_time_and_ctrl_c_tells_what_is_held() {
    let server = FaultServer::start(cosmic_ai_testkit::server::Turn::new().read_request().hold()).await;
    let user = User::of_faults(&server);
    let mut session = session(&user, &["video", "Waves", "-o", "a.mp4", "--yes"]);
    session.exp_string("usually 30 to 90 s").unwrap();
    session.send_control('c').unwrap();
    let (shown, code) = rest(&mut session);
    assert_eq!(code, 130, "{shown}");
    assert!(shown.contains("may have been billed") && shown.contains("unresolved find"), "{shown}");
}

#[tokio::test]
async fn text_from_the_network_cannot_write_control_sequences() {
    let words = ["Hello \u{1b}[31mred\u{1b}[0m ", "\u{1b}]0;title\u{7} \u{9b}2J world\n"];
    let server = FaultServer::start(Reply::text_stream(words, (5, 9))).await;
    let user = User::of_faults(&server).with("NO_COLOR", "1");
    let mut session = session(&user, &["text", "Hello", "--max-tokens", "50"]);
    let (shown, code) = rest(&mut session);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("Hello") && shown.contains("world"), "{shown}");
    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{9b}') && !shown.contains('\u{7}'), "{shown:?}");
}

#[test]
fn colours_only_where_they_are_welcome() {
    let coloured = |user: User| {
        let mut session = session(&user, &["image", ""]);
        let (shown, code) = rest(&mut session);
        assert_eq!(code, 3, "{shown}");
        shown.contains("\u{1b}[")
    };
    assert!(coloured(User::of_mock()));
    assert!(!coloured(User::of_mock().with("NO_COLOR", "1")));
    assert!(!coloured(User::of_mock().with("TERM", "dumb")));
}

#[test]
fn bytes_are_not_poured_onto_a_terminal() {
    let user = User::of_mock();
    let mut session = session(&user, &["image", "A lake", "-o", "-"]);
    let (shown, code) = rest(&mut session);
    assert_eq!(code, 2, "{shown}");
}

#[test]
fn a_prompt_that_is_missing_is_asked_for_at_once() {
    let user = User::of_mock();
    let mut session = session(&user, &["text"]);
    let (shown, code) = rest(&mut session);
    assert_eq!(code, 2, "{shown}");
    assert!(shown.contains("PROMPT is missing"), "{shown}");
}
