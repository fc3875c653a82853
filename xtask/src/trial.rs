//! `cargo xtask trial`: a real server under load, killed, or measured. The program that does it is `server-trial` of the package
//! `tests`, which links the server; this only builds and runs it.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::program::Program;
use crate::root::root;

/// What `trial --help` says.
pub(crate) const HELP: &str = "\
Puts a real server on trial, in a process of its own, and says in the last line what was seen. Builds it optimised first. Fails if
what was seen is not what it should be.

Usage: cargo xtask trial streams [--count 2000] [--seconds 60] [--at-most-kib 40]
       cargo xtask trial latency [--rate 300] [--seconds 5] [--rounds 9] [--at-most-ms 5]
       cargo xtask trial latency --memory-ledger [--rate 1000] [--seconds 5] [--rounds 9] [--at-most-ms 2]
       cargo xtask trial kill [--times 100] [--seed N] [--verbose]

streams   holds so many event streams at once, each with one numbered event a second, for so many seconds after all are open. Fails
          if an event is lost, doubled or out of order, or if a stream takes more KiB than it may: what the server's resident memory
          grew by, per stream.
latency   sends short texts at a steady rate to the server and to a bare handler, by turns, and says what the server adds to the
          median and to the 99th percentile of the time of an answer, counted from when a request was due. Fails if it adds more
          milliseconds to the 99th percentile than it may.
kill      kills the server with SIGKILL at random moments while callers generate, extend, upload and delete, and starts it again on
          the same folder. Fails on an answer that is not whole before the kill, and unless ledger, library and files agree in the
          end, nothing that was acknowledged is gone, nothing that was deleted is back, answers asked for again say what they cost,
          and no idempotency key was paid twice.
";

/// The trials, with the options that each knows.
const TRIALS: [(&str, &[&str]); 3] = [
    ("streams", &["--count", "--seconds", "--at-most-kib"]),
    ("latency", &["--rate", "--seconds", "--rounds", "--memory-ledger", "--at-most-ms"]),
    ("kill", &["--times", "--seed", "--verbose", "--sabotage"]),
];

/// What is wrong with the words, before anything is built for them.
pub(crate) fn misused(words: &[&str]) -> Option<String> {
    let (name, rest) = words.split_first()?;
    let Some((_, known)) = TRIALS.iter().find(|(trial, _)| trial == name) else {
        return Some(format!("there is no trial `{name}`"));
    };
    let unknown = rest.iter().find(|word| word.starts_with('-') && !known.contains(word))?;
    Some(format!("`{name}` knows no option `{unknown}`"))
}

/// The command, with its words as the program takes them.
///
/// # Errors
///
/// When the program cannot be built, or what it saw is not what it should be.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    let root = root()?;
    let program = build(&root, &["--release"])?;
    Program::new(&program.display().to_string(), &root).args(words).run()
}

/// Builds the program, and says where it is.
pub(crate) fn build(root: &Path, profile: &[&str]) -> Result<PathBuf> {
    let build = ["build", "--package", "cosmic-ai-tests", "--features", "server", "--bin", "server-trial"];
    Program::cargo(root).args(build).args(profile).run()?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |target| root.join(target));
    let folder = if profile.is_empty() { "debug" } else { "release" };
    Ok(target.join(folder).join("server-trial"))
}
