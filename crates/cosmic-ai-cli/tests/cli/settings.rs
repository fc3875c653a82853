//! Where settings come from, what `doctor` shows of them, and what it never shows.

use serde_json::Value;

use crate::rig::User;

fn setting(doctor: &Value, name: &str) -> (Option<String>, String) {
    let settings = doctor["settings"].as_array().unwrap();
    let found = settings.iter().find(|setting| setting["name"] == name).unwrap();
    (found["value"].as_str().map(str::to_owned), found["from"].as_str().unwrap().to_owned())
}

#[test]
fn a_flag_beats_the_environment_beats_dot_env_beats_the_file() {
    let user = User::new();
    let check = |user: &User, arguments: &[&str], value: Option<&str>, from: &str| {
        let doctor = user.run(&[&["doctor", "--offline", "--json"], arguments].concat()).assert_code(1).json();
        assert_eq!(setting(&doctor, "bucket"), (value.map(str::to_owned), from.to_owned()));
    };
    check(&user, &[], None, "default");
    user.config("bucket = \"of-the-file\"\n");
    check(&user, &[], Some("of-the-file"), "config file");
    user.write(".env", "# a comment\nCOSMIC_BUCKET_SLUG=\"of-dot-env\"\n");
    check(&user, &[], Some("of-dot-env"), ".env");
    let user = user.with("COSMIC_BUCKET_SLUG", "of-the-environment");
    check(&user, &[], Some("of-the-environment"), "environment");
    check(&user, &["--bucket", "of-the-flag"], Some("of-the-flag"), "flag");
    let user = user.with("COSMIC_BUCKET_SLUG", "");
    check(&user, &[], Some("of-dot-env"), ".env");
}

#[test]
fn every_source_can_set_every_setting() {
    let user = User::new();
    user.config(
        "backend = \"mock\"\nbucket = \"b\"\nwrite_key = \"w\"\nread_key = \"r\"\nbase_url = \"http://h/v3\"\napi_url = \"http://a/v3\"\nledger = \"memory\"\nconfirm_above = 5\ntimeout = 6\nidle_timeout = 7\nretries = 8\n",
    );
    let doctor = user.run(&["doctor", "--json"]).assert_code(1).json();
    for name in ["backend", "bucket", "write_key", "read_key", "base_url", "api_url", "ledger"] {
        assert_eq!(setting(&doctor, name).1, "config file", "{name}");
    }
    assert_eq!(doctor["confirm_above"], 5);
}

#[test]
fn keys_are_masked_and_passwords_left_out() {
    let user = User::new()
        .with("COSMIC_WRITE_KEY", "canary-write-key-1234")
        .with("COSMIC_READ_KEY", "canary")
        .with("COSMIC_LEDGER", "postgres://team:canary-password@127.0.0.1:1/spend?password=canary-query")
        .with("COSMIC_BASE_URL", "http://127.0.0.1:1/v3?key=canary-query")
        .with("COSMIC_BUCKET_SLUG", "shop");
    for arguments in [&["doctor", "--offline"][..], &["doctor", "--offline", "--json"], &["doctor", "--offline", "-v"]]
    {
        let run = user.run(arguments).assert_code(1).shows("****1234");
        for secret in ["canary-write", "canary\"", "canary ", "canary-password", "canary-query"] {
            assert!(!run.out.contains(secret) && !run.err.contains(secret), "{secret}: {run:?}");
        }
    }
}

#[test]
fn a_folder_cannot_have_keys_sent_to_where_it_likes() {
    let user = User::new().with("COSMIC_BUCKET_SLUG", "shop");
    user.config("write_key = \"canary-key-of-the-user\"\n");
    user.write(".env", "COSMIC_BASE_URL=https://evil.invalid/v3\n");
    let run =
        user.run(&["text", "a", "--max-tokens", "5"]).assert_code(4).says("COSMIC_BASE_URL").says("not sent there");
    assert!(!run.err.contains("canary"), "{run:?}");
    // A local server may be named so, and so may an address that comes with its own keys: these go on, to where nobody is.
    user.write(".env", "COSMIC_BASE_URL=http://127.0.0.1:1/v3\n");
    user.run(&["text", "a", "--max-tokens", "5", "--retries", "0"]).assert_code(7);
    user.config("");
    user.write(".env", "COSMIC_BASE_URL=https://there-is-no-such-host.invalid/v3\nCOSMIC_WRITE_KEY=a-key\n");
    user.run(&["text", "a", "--max-tokens", "5", "--retries", "0"]).assert_code(7);
}

#[test]
fn files_that_cannot_be_read_are_exit_4_and_show_no_key() {
    let user = User::new();
    user.config("write_key = \"canary-key\"\nbuckett = \"x\"\n");
    let run = user.run(&["usage"]).assert_code(4).says("config.toml, line 2").says("buckett");
    assert!(!run.err.contains("canary"), "{run:?}");
    user.config("write_key = \"canary-key\n");
    let run = user.run(&["usage"]).assert_code(4).says("config.toml, line 1");
    assert!(!run.err.contains("canary"), "{run:?}");
    user.config("");
    user.write(".env", "COSMIC_WRITE_KEY='canary-key\n");
    let run = user.run(&["usage"]).assert_code(4).says(".env");
    assert!(!run.err.contains("canary"), "{run:?}");
}

#[test]
fn what_needs_no_settings_works_whatever_they_are() {
    let user = User::new();
    user.config("nonsense");
    for arguments in [&["models"][..], &["completions", "bash"], &["man"], &["--version"], &["--help"]] {
        user.run(arguments).ok();
    }
}

#[test]
fn a_backend_that_is_not_known_is_named_with_its_source() {
    let user = User::new().with("COSMIC_BACKEND", "real");
    user.run(&["text", "a"]).assert_code(4).says("`real` (environment)").says("allowed: http, mock");
    user.run(&["text", "a", "--backend", "real"]).assert_code(2);
}

#[test]
fn doctor_says_whether_everything_is_in_place() {
    let doctor = User::of_mock().run(&["doctor", "--json"]).ok().json();
    let checks = doctor["checks"].as_array().unwrap();
    assert!(checks.iter().all(|check| check["ok"] == true), "{doctor:#}");
    let doctor = User::new().run(&["doctor", "--json"]).assert_code(1).json();
    assert_eq!(doctor["checks"][0]["ok"], false);
    let user = User::of_mock();
    user.config("write_key = \"a-key\"\n");
    let config = user.home(".config/cosmic-ai/config.toml");
    let with_mode = |mode, code| {
        std::fs::set_permissions(&config, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
        user.run(&["doctor"]).assert_code(code)
    };
    with_mode(0o644, 1).shows("others can read your keys");
    with_mode(0o600, 0).shows("for you alone");
    User::new().run(&["doctor"]).assert_code(1).shows("--backend mock");
}
