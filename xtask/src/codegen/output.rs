//! A generated file: what it holds, what it should hold, and how the two differ.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use similar::TextDiff;

pub(super) struct Output {
    /// The path from the root.
    pub(super) path: String,
    pub(super) current: String,
    /// `None` where there should be no such file.
    pub(super) wanted: Option<String>,
}

impl Output {
    /// The difference as a unified diff, `None` where the file is up to date.
    pub(super) fn difference(&self) -> Option<String> {
        let Some(wanted) = &self.wanted else {
            return Some(format!("{} is made of nothing, and would be removed\n", self.path));
        };
        if self.current == *wanted {
            return None;
        }
        let old = format!("{} (as it is)", self.path);
        let new = format!("{} (as generated)", self.path);
        let diff = TextDiff::from_lines(self.current.as_str(), wanted.as_str());
        Some(diff.unified_diff().context_radius(2).header(&old, &new).to_string())
    }

    /// Writes the file unless it is up to date, or removes it.
    pub(super) fn write(&self, root: &Path) -> Result<()> {
        let path = root.join(&self.path);
        match &self.wanted {
            None => {
                std::fs::remove_file(path).with_context(|| format!("cannot remove {}", self.path))?;
                println!("removed {}", self.path);
            }
            Some(wanted) if self.current != *wanted => {
                if let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder)
                        .with_context(|| format!("cannot make the folder of {}", self.path))?;
                }
                std::fs::write(path, wanted).with_context(|| format!("cannot write {}", self.path))?;
                println!("wrote {}", self.path);
            }
            Some(_) => {}
        }
        Ok(())
    }
}

/// Lays out code as `cargo fmt` would, so that generated files pass `cargo fmt --check`.
pub(super) fn rustfmt(root: &Path, code: &str) -> Result<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root.join("rustfmt.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start rustfmt (`rustup component add rustfmt` installs it)")?;
    // rustfmt reads to the end before it writes, so the pipes cannot fill up against each other.
    child
        .stdin
        .take()
        .context("rustfmt has no input")?
        .write_all(code.as_bytes())
        .context("cannot write to rustfmt")?;
    let output = child.wait_with_output().context("cannot read from rustfmt")?;
    if !output.status.success() {
        bail!("rustfmt refuses the generated code: {}", output.status);
    }
    String::from_utf8(output.stdout).context("rustfmt wrote text that is not UTF-8")
}
