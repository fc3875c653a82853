//! A server that clients are let loose on, in a process and a folder of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::workshop::Workshop;

pub(super) const BUCKET: &str = "clients-on-trial";
pub(super) const READ_KEY: &str = "the-read-key";
pub(super) const WRITE_KEY: &str = "the-write-key";

/// A server that runs; dropped, it is ended.
#[derive(Debug)]
pub(super) struct Trial {
    child: Child,
    base_url: String,
    name: String,
}

impl Trial {
    /// Starts one with some options, and waits until it says where it is. What it logs is in `NAME.log`.
    ///
    /// # Errors
    ///
    /// When it cannot be started, or says something else.
    pub(super) fn start(program: &Path, workshop: &Workshop, name: &str, options: &[&str]) -> Result<Self> {
        let log = workshop.folder().join(format!("{name}.log"));
        let mut command = Command::new(program);
        command.arg("serve").arg("--data").arg(workshop.folder().join("data").join(name));
        command.args(["--bucket", BUCKET, "--read-key", READ_KEY, "--write-key", WRITE_KEY]).args(options);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(File::create(&log)?);
        let mut child = command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let mut trial = Self { child, base_url: String::new(), name: name.to_owned() };
        let said: Option<Value> = serde_json::from_str(&line).ok();
        match said.as_ref().and_then(|said| said.get("base_url")).and_then(Value::as_str) {
            Some(base_url) => base_url.clone_into(&mut trial.base_url),
            None => bail!("the server `{name}` does not say where it is; see {}", log.display()),
        }
        Ok(trial)
    }

    /// Where its API is, with `/v3`.
    pub(super) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Asks it to stop, and waits until it has.
    ///
    /// # Errors
    ///
    /// When it does not end well.
    pub(super) fn stop(mut self) -> Result<()> {
        drop(self.child.stdin.take());
        let status = self.child.wait()?;
        if !status.success() {
            bail!("the server `{}` ended with {status}", self.name);
        }
        Ok(())
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        // Both fail where it has ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
