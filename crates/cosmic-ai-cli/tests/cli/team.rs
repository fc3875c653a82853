//! People at several terminals, and servers, over one ledger in PostgreSQL.

use serde_json::Value;

use crate::rig::{Serving, User};

/// The database of the test, which is empty before it.
fn database() -> String {
    let url = std::env::var("COSMIC_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty());
    url.expect("COSMIC_TEST_POSTGRES_URL names no server: run `cargo xtask ci ledgers`")
}

fn spent(user: &User, ledger: &str) -> Value {
    user.run(&["usage", "--ledger", ledger, "--json"]).ok().json()["total"].clone()
}

#[test]
fn what_one_has_spent_counts_for_all() {
    let ledger = database();
    let (one, other) = (User::of_mock().with("COSMIC_LEDGER", &ledger), User::of_mock().with("COSMIC_LEDGER", &ledger));
    for user in [&one, &other] {
        user.run(&["budget", "set", "70000", "--per", "month"]).ok();
    }
    one.run(&["image", "A kite", "-o", "a.png"]).ok();
    other.run(&["image", "A second kite", "-o", "b.png"]).ok();
    let refused = one.run(&["image", "A third kite", "-o", "c.png", "--json"]).assert_code(5).error();
    assert_eq!((refused["kind"].as_str(), refused["outcome"].as_str()), (Some("budget"), Some("not_sent")));
    assert_eq!(spent(&one, &ledger), spent(&other, &ledger));
    assert_eq!(spent(&one, &ledger)["settled"], 2);

    // Lines of a batch are counted beside what others spend, and a run that goes on finds its lines in the shared ledger.
    one.run(&["budget", "set", "1000000", "--per", "month"]).ok();
    one.write("jobs.jsonl", "{\"kind\":\"image\",\"prompt\":\"a\"}\n{\"kind\":\"image\",\"prompt\":\"b\"}\n");
    one.run(&["batch", "jobs.jsonl"]).ok();
    one.run(&["batch", "jobs.jsonl", "--resume"]).ok();
    assert_eq!(spent(&other, &ledger)["settled"], 4);

    // Real spending and that of the mock do not share one.
    let real = User::of_service("http://127.0.0.1:1/v3", "bucket", "a-write-key", "a-read-key");
    real.run(&["text", "a", "--max-tokens", "5", "--ledger", &ledger]).assert_code(4).says("must not be mixed");

    servers_share_it(&ledger);
    secrets_stay_unsaid(&ledger);
}

fn servers_share_it(ledger: &str) {
    let homes = [User::new(), User::new()];
    let before = spent(&User::of_mock(), ledger);
    let servers = homes.each_ref().map(|home| Serving::start(home, &["--ledger", ledger]));
    for server in &servers {
        server.client().run(&["image", "A kite", "-o", "a.png"]).ok();
    }
    for server in servers {
        server.stop();
    }
    let settled = |total: &Value| total["settled"].as_u64();
    assert_eq!(settled(&spent(&User::of_mock(), ledger)), settled(&before).map(|count| count + 2));
    assert!(homes.iter().all(|home| !home.home(".local/share/cosmic-ai/serve/spend.db").exists()));
}

fn secrets_stay_unsaid(ledger: &str) {
    let (_, address) = ledger.rsplit_once('@').unwrap_or_else(|| ledger.split_once("://").unwrap());
    let wrong = format!("postgres://nobody:canary-password@{address}");
    for command in [&["usage"][..], &["text", "a", "--max-tokens", "5"], &["serve", "--addr", "127.0.0.1:0"]] {
        let run = User::of_mock().run(&[command, &["--ledger", &wrong]].concat()).assert_code(1);
        assert!(!run.err.is_empty() && !run.err.contains("canary"), "{run:?}");
    }
}
