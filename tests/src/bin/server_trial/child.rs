//! A server in a process of its own: started, found, measured, killed.

use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A command of this program in a process of its own. Killed when it is dropped.
pub(crate) struct Served {
    child: Child,
    /// What it said on its first line.
    pub(crate) said: Value,
    /// Its address: `127.0.0.1:…`.
    pub(crate) address: String,
}

impl Served {
    /// Runs a command of this program, and waits for its first line.
    pub(crate) async fn start(words: &[&str]) -> Result<Self> {
        let program = std::env::current_exe()?;
        // More connections than the usual limit of open files allows.
        let raised = "ulimit -n 16384 2>/dev/null || ulimit -n \"$(ulimit -Hn)\"; exec \"$0\" \"$@\"";
        let mut child = Command::new("sh")
            .args(["-c", raised])
            .arg(program)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().context("it has no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).await?;
        if line.is_empty() {
            bail!("the server did not start");
        }
        let said: Value = serde_json::from_str(&line)?;
        let address = said.get("base_url").and_then(Value::as_str).context("it did not say where it is")?;
        let address = address.trim_start_matches("http://").trim_end_matches("/v3").to_owned();
        Ok(Self { child, said, address })
    }

    /// Its resident memory in KiB.
    pub(crate) fn resident_kib(&self) -> Result<u64> {
        let id = self.child.id().context("it has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    /// Kills it as a power cut would.
    pub(crate) async fn kill(mut self) -> Result<()> {
        self.child.kill().await?;
        Ok(())
    }

    /// Has it stop gracefully.
    pub(crate) async fn stop(mut self) -> Result<()> {
        drop(self.child.stdin.take());
        let status = self.child.wait().await?;
        if !status.success() {
            bail!("the server ended with {status}");
        }
        Ok(())
    }
}
