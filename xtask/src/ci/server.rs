//! A server that is killed and a server that holds many streams; and that the check of the killed one can fail.

use std::path::Path;

use anyhow::{Result, bail};

use crate::program::Program;
use crate::trial;

pub(super) fn run(root: &Path) -> Result<()> {
    let program = trial::build(root, &[])?.display().to_string();
    let on_trial = |words: &[&str]| Program::new(&program, root).args(words);
    on_trial(&["streams", "--count", "300", "--seconds", "4"]).run()?;
    on_trial(&["kill", "--times", "12"]).run()?;
    let spoilt = on_trial(&["kill", "--times", "2", "--sabotage"]).output()?;
    let said = String::from_utf8_lossy(&spoilt.stderr);
    if spoilt.status.success() || !said.contains("do not agree") {
        bail!("a library with a file taken away was not found out: {said}");
    }
    println!("  a library with a file taken away is found out");
    Ok(())
}
