//! The program that spends: built by cargo, started, listened to, and killed.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::place::Address;
use crate::program::Program;
use crate::root::root;

const BUILD: [&str; 9] = [
    "build",
    "--quiet",
    "--package",
    "cosmic-ai-tests",
    "--features",
    "ledgers",
    "--bin",
    "spend-worker",
    "--message-format=json-render-diagnostics",
];

/// Builds the program, optimised where its speed is measured; none of our crates is linked into xtask itself.
pub(crate) fn build(is_optimised: bool) -> Result<PathBuf> {
    let profile: &[&str] = if is_optimised { &["--release"] } else { &[] };
    let build = Program::cargo(&root()?).args(BUILD).args(profile);
    println!("$ {}", build.line());
    let messages = build.text()?;
    let executable = |line: &str| {
        let message: Value = serde_json::from_str(line).ok()?;
        let is_it = message.pointer("/target/name").and_then(Value::as_str) == Some("spend-worker");
        message.get("executable").and_then(Value::as_str).filter(|_| is_it).map(PathBuf::from)
    };
    messages.lines().find_map(executable).context("cargo did not say where it built the program")
}

/// Until when something is waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience(Instant);

impl Patience {
    pub(crate) fn lasting(time: Duration) -> Self {
        Self(Instant::now() + time)
    }
}

/// A process that runs; dropped, it is killed.
#[derive(Debug)]
pub(crate) struct Worker {
    child: Child,
    lines: Receiver<String>,
}

impl Worker {
    /// Starts a command of the program.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub(crate) fn start(
        program: &Path,
        address: &Address,
        command: &str,
        words: &[String],
        failpoint: Option<&str>,
    ) -> Result<Self> {
        let mut worker = Command::new(program);
        worker.arg(command).args(words).env_remove("COSMIC_AI_FAILPOINT").stdin(Stdio::piped()).stdout(Stdio::piped());
        address.tell(&mut worker);
        if let Some(failpoint) = failpoint {
            worker.env("COSMIC_AI_FAILPOINT", failpoint);
        }
        let mut child = worker.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        let said = BufReader::new(child.stdout.take().context("a process without output")?);
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, lines })
    }

    /// The next line that it says; `None` when it has said its last.
    ///
    /// # Errors
    ///
    /// When patience is at its end.
    pub(crate) fn line(&self, patience: Patience) -> Result<Option<String>> {
        match self.line_within(patience.0.saturating_duration_since(Instant::now())) {
            Err(RecvTimeoutError::Timeout) => bail!("process {} hangs", self.child.id()),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Ok(line) => Ok(Some(line)),
        }
    }

    pub(crate) fn line_within(&self, time: Duration) -> Result<String, RecvTimeoutError> {
        self.lines.recv_timeout(time)
    }

    /// Kills it with SIGKILL, and waits until it is gone. Whether it was still alive.
    pub(crate) fn kill(mut self) -> Result<bool> {
        let has_ended = self.child.try_wait()?.is_some();
        self.child.kill()?;
        self.child.wait()?;
        Ok(!has_ended)
    }

    /// Lets its standard input end, which tells some that they are to end.
    pub(crate) fn end_input(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// Waits until it has ended by itself, which it does once it has said its last line.
    pub(crate) fn ended(mut self) -> Result<ExitStatus> {
        Ok(self.child.wait()?)
    }

    /// Waits for its end, and reads the last line that it said.
    ///
    /// # Errors
    ///
    /// When it fails, or says something else.
    pub(crate) fn last_words<T: DeserializeOwned>(self, patience: Patience) -> Result<T> {
        let mut last = String::new();
        while let Some(line) = self.line(patience)? {
            last = line;
        }
        let status = self.ended()?;
        if !status.success() {
            bail!("a process failed: {status}");
        }
        serde_json::from_str(&last).with_context(|| format!("a process said `{last}`"))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It is gone already, as a rule.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
