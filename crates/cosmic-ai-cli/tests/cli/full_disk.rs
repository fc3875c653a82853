//! A real file system without room: the system's own refusal, where the other tests have limits of a process.

use cosmic_ai::mock::MockBackend;
use cosmic_ai_testkit::stub::CosmicStub;

use crate::rig::User;

/// A line of shell with a file system of 16 KiB at `small`, which is gone when the line has ended: in it is no room for
/// an image or a ledger, and the system says so in its own words. Needs user namespaces, as Linux has them.
fn on_a_small_disk(line: &str) -> String {
    format!(
        "mkdir -p small; unshare --user --map-root-user --mount sh -c '
            mount -t tmpfs -o size=16k tmpfs small && {{ {line}; code=$?; ls -A small > left; exit $code; }}'"
    )
}

#[tokio::test]
async fn on_a_disk_without_room_no_half_file_is_left_and_the_money_is_told() {
    let stub = CosmicStub::start(MockBackend::new()).await;
    let user = User::of_stub(&stub);
    let ask = "$COSMIC image \"A lake\" --size 4096x4096 --json";
    let run = user.shell(&on_a_small_disk(&format!("{ask} -o small/a.png --ledger memory"))).assert_code(1);
    let error = run.error();
    assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("file"), Some("billed")));
    assert!(error["message"].as_str().unwrap().contains("No space left"), "{error}");
    assert!(error["operation_id"].is_string(), "{error}");
    assert_eq!(std::fs::read_to_string(user.path("left")).unwrap(), "");
    let paid = || stub.requests().iter().filter(|request| request.method == "POST").count();
    assert_eq!(paid(), 1);
    // Without room for the ledger nothing is paid at all.
    let run = user.shell(&on_a_small_disk(&format!("{ask} -o a.png --ledger small/spend.db"))).assert_code(1);
    let error = run.error();
    assert_eq!((error["kind"].as_str(), error["outcome"].as_str()), (Some("ledger"), Some("not_sent")));
    assert_eq!(paid(), 1);
}
