//! Help, completions and manual pages.

use crate::rig::{User, finish};

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

/// What bash offers at the end of these words, which the script decides and nothing else.
fn completed(user: &User, words: &[&str]) -> Vec<String> {
    let ask = r#". ./c
        function=$(complete -p cosmic-ai | sed 's/.* -F \([^ ]*\) .*/\1/')
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        "$function" cosmic-ai "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}""#;
    let mut command = user.command_of("bash");
    command.args(["--norc", "-c", ask, "bash", "cosmic-ai"]).args(words);
    let run = finish(command.spawn().unwrap()).ok();
    assert_eq!(run.err, "", "{words:?}");
    run.out.lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_flags_and_values() {
    let user = User::new();
    user.write("c", user.run(&["completions", "bash"]).ok().out);
    // All that is offered, where the registry or the flag says so; else some of it.
    let check = |words: &[&str], expected: &[&str], is_all: bool| {
        let offered = completed(&user, words);
        let has = |value: &&str| offered.iter().any(|offered| offered == value);
        assert!(expected.iter().all(has) && (!is_all || offered.len() == expected.len()), "{words:?}: {offered:?}");
    };
    let commands: Vec<&str> = COMMANDS.iter().filter_map(|command| command.first().copied()).collect();
    check(&[""], &commands, false);
    check(&["image", "--"], &["--size", "--aspect-ratio", "--reference", "--output", "--dry-run"], false);
    let registry = cosmic_ai::Registry::built_in();
    let image = registry.models_of(cosmic_ai::Modality::Image).flat_map(|model| match &model.spec {
        cosmic_ai::registry::Spec::Image(spec) => spec.sizes.to_vec(),
        _ => Vec::new(),
    });
    let sizes: std::collections::BTreeSet<String> = image.map(|size| size.to_string()).collect();
    check(&["image", "a", "--size", ""], &sizes.iter().map(String::as_str).collect::<Vec<_>>(), true);
    check(&["speech", "--voice", "s"], &["shimmer", "sage"], true);
    check(&["media", ""], &["list", "show", "get", "upload", "delete"], false);
    check(&["models", "show", "ve"], &["veo-3.1-generate-preview", "veo-3.1-fast-generate-preview"], true);
    check(&["estimate", "video", "--dur"], &["--duration"], true);
    check(&["--backend", "mock", "budget", "set", "--pe"], &["--per"], true);
}

#[test]
fn what_prints_no_json_refuses_to() {
    let user = User::new();
    for arguments in [&["completions", "bash"][..], &["man"], &["man", "--dir", "pages"]] {
        let run = user.run(&[arguments, &["--json"]].concat()).assert_code(2);
        assert_eq!((run.out.as_str(), run.error()["kind"].as_str()), ("", Some("usage")), "{arguments:?}");
    }
    assert!(!user.path("pages").exists());
}

#[test]
fn defaults_come_from_the_registry() {
    let user = User::new();
    let registry = cosmic_ai::Registry::built_in();
    let check = |command: &str, modality: cosmic_ai::Modality| {
        let help = user.run(&[command, "--help"]).ok().out.replace(char::is_whitespace, "");
        let model = registry.default_model(modality).unwrap();
        let mut defaults = vec![model.id.to_string()];
        match &model.spec {
            cosmic_ai::registry::Spec::Video(spec) if command == "video" => {
                defaults.extend([spec.default_duration.to_string(), spec.default_resolution.to_string()]);
            }
            cosmic_ai::registry::Spec::Speech(spec) => defaults.push(spec.default_voice.to_string()),
            _ => {}
        }
        for default in defaults {
            assert!(help.contains(&format!("[default:{default}]")), "{command}: {default}");
        }
    };
    check("text", cosmic_ai::Modality::Text);
    check("image", cosmic_ai::Modality::Image);
    check("video", cosmic_ai::Modality::Video);
    check("extend", cosmic_ai::Modality::Video);
    check("speech", cosmic_ai::Modality::Speech);
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
