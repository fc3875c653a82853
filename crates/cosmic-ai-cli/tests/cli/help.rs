//! Help, completions and manual pages.

use crate::rig::User;

const COMMANDS: [&[&str]; 33] = [
    &[],
    &["text"],
    &["image"],
    &["video"],
    &["extend"],
    &["speech"],
    &["estimate"],
    &["estimate", "text"],
    &["estimate", "image"],
    &["estimate", "video"],
    &["estimate", "extend"],
    &["estimate", "speech"],
    &["batch"],
    &["models"],
    &["models", "show"],
    &["media"],
    &["media", "list"],
    &["media", "show"],
    &["media", "get"],
    &["media", "upload"],
    &["media", "delete"],
    &["usage"],
    &["budget"],
    &["budget", "show"],
    &["budget", "set"],
    &["budget", "remove"],
    &["unresolved"],
    &["unresolved", "find"],
    &["unresolved", "resolve"],
    &["serve"],
    &["doctor"],
    &["completions"],
    &["man"],
];

#[test]
fn the_help_of_every_command_is_as_it_was() {
    let user = User::new();
    for command in COMMANDS {
        let run = user.run(&[command, &["--help"]].concat()).ok();
        let name = if command.is_empty() { "cosmic-ai".to_owned() } else { command.join("-") };
        let path = format!("{}/tests/cli/snapshots/{name}.txt", env!("CARGO_MANIFEST_DIR"));
        snapbox::Assert::new()
            .action_env("SNAPSHOTS")
            .eq(run.out, snapbox::Data::read_from(std::path::Path::new(&path), None).raw());
    }
}

#[test]
fn the_help_of_every_command_has_an_example_without_keys_in_it() {
    let user = User::new();
    for command in COMMANDS {
        let run = user.run(&[command, &["--help"]].concat()).ok();
        assert!(run.out.contains("Example") || run.out.contains("Try it"), "{command:?}");
        assert!(!run.out.contains("--write-key ") || !run.out.contains("  cosmic-ai serve --write-key"), "{command:?}");
        for line in run.out.lines() {
            assert_eq!(line, line.trim_end(), "{command:?}");
            assert!(line.chars().count() <= 130, "{command:?}: {line}");
        }
    }
}

#[test]
fn lists_come_from_the_registry() {
    let user = User::new();
    let registry = cosmic_ai::Registry::built_in();
    let help = user.run(&["text", "--help"]).ok().out.replace(char::is_whitespace, "");
    let bash = user.run(&["completions", "bash"]).ok().out;
    for model in registry.models_of(cosmic_ai::Modality::Text).filter(|model| model.is_offered()) {
        assert!(help.contains(model.id.as_str()), "{}", model.id);
        assert!(bash.contains(model.id.as_str()), "{}", model.id);
    }
    for value in ["2048x2048", "16:9", "1080p", "sage"] {
        assert!(bash.contains(value), "{value}");
    }
}

#[test]
fn completions_are_there_for_every_shell_and_bash_takes_them() {
    let user = User::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        user.run(&["completions", shell]).ok().shows("cosmic-ai");
    }
    user.run(&["completions", "tcsh"]).assert_code(2);
    user.shell("$COSMIC completions bash > c && bash -n c").ok();
}

#[test]
fn every_command_has_a_manual_page() {
    let user = User::new();
    user.run(&["man"]).ok().shows(".TH");
    user.run(&["man", "--dir", "pages"]).ok();
    let count = std::fs::read_dir(user.path("pages")).unwrap().count();
    assert!(count >= COMMANDS.len(), "{count}");
    user.run(&["man", "--dir", "/proc/pages"]).assert_code(1);
}

#[test]
fn models_are_listed_and_shown() {
    let user = User::new();
    user.run(&["models"]).ok().shows("claude-opus-4-8").shows("veo-3.1-fast-generate-preview").shows("(default)");
    let run = user.run(&["models", "--modality", "speech"]).ok();
    assert!(run.out.lines().all(|line| line.starts_with("speech")), "{run:?}");
    let all = user.run(&["models", "--json"]).ok().json();
    assert_eq!(all["models"].as_array().unwrap().len(), cosmic_ai::Registry::built_in().models().len());
    assert_eq!(user.run(&["models", "show", "Claude Opus 4.8", "--json"]).ok().json()["id"], "claude-opus-4-8");
    user.run(&["models", "show", "tts-1"]).ok().shows("nova");
    user.run(&["models", "show", "veo-3.1-generat"]).assert_code(3).says("did you mean `veo-3.1-");
    user.run(&["models", "--modality", "song"]).assert_code(3).says("allowed: text, image, video, speech");
}
