//! The command line as it is shipped: its size, and how soon it starts.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::program::Program;

/// The most bytes of the program: 25 MB.
const BYTES: u64 = 25_000_000;
/// The most that `--version` may take.
const START: Duration = Duration::from_millis(10);
/// How often it is started: the fastest counts, as others use the machine too.
const STARTS: usize = 50;

pub(super) fn run(root: &Path) -> Result<()> {
    Program::cargo(root).args(["build", "--release", "-p", "cosmic-ai-cli"]).run()?;
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let program = folder.join("release").join(format!("cosmic-ai{}", std::env::consts::EXE_SUFFIX));
    let bytes = std::fs::metadata(&program).with_context(|| format!("no program {}", program.display()))?.len();
    let mut fastest = Duration::MAX;
    for _ in 0..STARTS {
        let begun = Instant::now();
        let status = Command::new(&program).arg("--version").stdout(Stdio::null()).status()?;
        fastest = fastest.min(begun.elapsed());
        if !status.success() {
            bail!("`cosmic-ai --version` failed");
        }
    }
    println!("cosmic-ai: {bytes} bytes, at most {BYTES}; --version in {fastest:.1?}, at most {START:.1?}");
    if bytes > BYTES {
        bail!("the program is too large");
    }
    if fastest > START {
        bail!("the program starts too slowly");
    }
    Ok(())
}
