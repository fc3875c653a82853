//! Runs a block of the page, and says what is wrong with what it did.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

use super::super::trial::{BUCKET, READ_KEY, Trial, WRITE_KEY};
use super::super::workshop::Workshop;
use super::answers;
use super::block::{Block, Language};
use super::printed::{Here, module, script};
use crate::program::Program;

/// A server, and what a block needs beside it.
#[derive(Debug)]
pub(super) struct Bench {
    /// With `given.mjs`, a `.curlrc`, and the blocks that were run.
    folder: PathBuf,
    media: PathBuf,
    base_url: String,
    here: Here,
}

impl Bench {
    /// Makes the clip that printed commands go on from.
    ///
    /// # Errors
    ///
    /// When the server does not make it.
    pub(super) fn new(workshop: &Workshop, server: &Trial) -> Result<Self> {
        let base_url = server.base_url().to_owned();
        let origin = base_url.strip_suffix("/v3").context("the server's URL does not end in /v3")?.to_owned();
        let here = Here { origin, write_key: WRITE_KEY.to_owned(), clip: String::new() };
        let mut bench = Self { folder: workshop.folder().join("page"), media: workshop.media(), base_url, here };
        let answer = bench.with_bucket(Program::new("node", &bench.folder)).args(["clip.mjs"]).text()?;
        answer.trim_end().clone_into(&mut bench.here.clip);
        Ok(bench)
    }

    /// What is wrong with a block, if anything is.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub(super) fn run(&self, block: &Block) -> Result<Option<String>> {
        match block.language {
            Language::JavaScript => self.run_module(block),
            Language::Shell => self.run_script(block),
            Language::Json => Ok(None),
        }
    }

    /// An answer of each kind.
    ///
    /// # Errors
    ///
    /// When the server does not give one.
    pub(super) fn answers(&self) -> Result<Vec<Value>> {
        let lines = self.with_bucket(Program::new("node", &self.folder)).args(["answers.mjs"]).text()?;
        lines.lines().map(|line| serde_json::from_str(line).context("an answer that is not JSON")).collect()
    }

    /// Keeps every medium in the server's library to be decoded.
    ///
    /// # Errors
    ///
    /// When one cannot be had.
    pub(super) fn harvest(&self) -> Result<()> {
        self.with_bucket(Program::new("node", &self.folder)).args(["harvest.mjs"]).text().map(|_| ())
    }

    fn run_module(&self, block: &Block) -> Result<Option<String>> {
        let file = self.write(block, "mjs", &module(block))?;
        let ended = self.with_bucket(Program::new("node", &self.folder)).args([&file]).output()?;
        let (said, complained) = (text(&ended.stdout), text(&ended.stderr));
        // What a printed `console.log` shows must be there.
        let is_missing = |line: &str| line == "undefined" || line.ends_with(" undefined") || line.ends_with(": ");
        Ok(if !ended.status.success() || !complained.is_empty() {
            Some(format!("{}: {said}{complained}", ended.status))
        } else {
            said.lines().find(|line| is_missing(line)).map(|line| format!("it prints `{line}`"))
        })
    }

    fn run_script(&self, block: &Block) -> Result<Option<String>> {
        let file = self.write(block, "sh", &script(block, &self.here))?;
        // Where curl looks for what is to be added to every command: that a refusal fails it, and a line break.
        let bash = self.with_bucket(Program::new("bash", &self.folder)).env("CURL_HOME", &self.folder);
        let ended = bash.args(["-eu"]).args([&file]).output()?;
        let (said, complained) = (text(&ended.stdout), text(&ended.stderr));
        if !ended.status.success() {
            return Ok(Some(format!("{}: {said}{complained}", ended.status)));
        }
        let commands = block.code.lines().filter(|line| line.starts_with("curl ")).count();
        Ok(answers::wrong(&said, commands))
    }

    fn write(&self, block: &Block, extension: &str, code: &str) -> Result<PathBuf> {
        let file = self.folder.join(format!("line-{}.{extension}", block.line));
        std::fs::write(&file, code).with_context(|| format!("cannot write {}", file.display()))?;
        Ok(file)
    }

    fn with_bucket(&self, program: Program) -> Program {
        program
            .env("COSMIC_BASE_URL", &self.base_url)
            .env("COSMIC_PACED_URL", &self.base_url)
            .env("COSMIC_POOR_URL", &self.base_url)
            .env("BUCKET_SLUG", BUCKET)
            .env("BUCKET_READ_KEY", READ_KEY)
            .env("BUCKET_WRITE_KEY", WRITE_KEY)
            .env("MEDIA_FOLDER", &self.media)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
