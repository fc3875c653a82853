//! A server that is killed and a server that holds many streams; and that each trial can fail.
//!
//! What is measured by the clock is no part of it: other work on the machine would fail it. `cargo xtask trial latency` does that.

use std::path::Path;

use anyhow::{Result, bail};

use crate::program::Program;
use crate::trial;

/// What a stream may take in KiB, in a build that is not optimised and with so few streams that what all share weighs more.
const KIB: &str = "60";

/// Trials that must fail: their words, and what they then say.
const FAILING: [(&[&str], &str); 8] = [
    (&["kill", "--times", "4", "--sabotage", "file"], "there was something to sweep"),
    (&["kill", "--times", "4", "--sabotage", "upload"], "is not what was uploaded"),
    (&["kill", "--times", "4", "--sabotage", "deletion"], "deleted media back 1,"),
    (&["kill", "--times", "4", "--sabotage", "replay"], "has another `usage`"),
    (&["kill", "--times", "5", "--sabotage", "stream"], "a stream with an error event"),
    (&["kill", "--times", "1", "--sabotage", "crash"], "the server was gone before it was killed"),
    (&["streams", "--count", "50", "--seconds", "1", "--at-most-kib", "0"], "KiB, more than 0 KiB"),
    (&["latency", "--rate", "20", "--seconds", "1", "--rounds", "1", "--at-most-ms", "-60000"], "more than -60000 ms"),
];

pub(super) fn run(root: &Path) -> Result<()> {
    let program = trial::build(root, &[])?.display().to_string();
    let on_trial = |words: &[&str]| Program::new(&program, root).args(words);
    on_trial(&["streams", "--count", "300", "--seconds", "2", "--at-most-kib", KIB]).run()?;
    on_trial(&["kill", "--times", "12"]).run()?;
    for (words, expected) in FAILING {
        let failed = on_trial(words).output()?;
        let said = [failed.stdout, failed.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        if failed.status.success() || !said.contains(expected) {
            bail!("`{}` did not fail with `{expected}`: {said}", words.join(" "));
        }
        println!("  `{}` is found out", words.join(" "));
    }
    Ok(())
}
