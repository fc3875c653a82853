//! Runs other programs: shows the command line, and fails with it.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context, Error, Result, bail};

/// A program that is run in a folder, the root of the workspace as a rule.
pub(crate) struct Program {
    command: Command,
    words: Vec<String>,
    install: Option<&'static str>,
}

impl Program {
    pub(crate) fn new(program: &str, folder: &Path) -> Self {
        let mut command = Command::new(program);
        command.current_dir(folder).stdin(Stdio::null());
        Self { command, words: vec![program.to_owned()], install: None }
    }

    /// The same cargo that runs xtask.
    pub(crate) fn cargo(folder: &Path) -> Self {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        Self { words: vec!["cargo".to_owned()], ..Self::new(&cargo, folder) }
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        for argument in arguments {
            self.words.push(argument.as_ref().to_string_lossy().into_owned());
            self.command.arg(argument);
        }
        self
    }

    pub(crate) fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.words.insert(0, format!("{key}=\"{}\"", value.as_ref().display()));
        self.command.env(key, value);
        self
    }

    /// An argument that is not shown: it may hold a password, or is a whole script.
    pub(crate) fn unshown(mut self, argument: &str) -> Self {
        self.words.push("…".to_owned());
        self.command.arg(argument);
        self
    }

    /// As [`Program::env`], but the value is not shown: it may hold a password.
    pub(crate) fn unshown_env(mut self, key: &str, value: &str) -> Self {
        self.words.insert(0, format!("{key}=…"));
        self.command.env(key, value);
        self
    }

    /// What to say where the program is missing.
    pub(crate) fn install(mut self, line: &'static str) -> Self {
        self.install = Some(line);
        self
    }

    /// Runs it with our own output, after showing the command line.
    ///
    /// # Errors
    ///
    /// When it cannot be started, or ends with another status than zero.
    pub(crate) fn run(mut self) -> Result<()> {
        println!("$ {}", self.line());
        let status = self.command.status().map_err(|error| self.cannot_start(error))?;
        if !status.success() {
            bail!("`{}` failed: {status}", self.line());
        }
        Ok(())
    }

    /// Runs it quietly and hands back its standard output.
    ///
    /// # Errors
    ///
    /// As [`Program::run`], with what it wrote to standard error; and when its output is not UTF-8.
    pub(crate) fn text(mut self) -> Result<String> {
        let Output { status, stdout, stderr } = self.output()?;
        if !status.success() {
            bail!("`{}` failed: {status}\n{}", self.line(), String::from_utf8_lossy(&stderr).trim_end());
        }
        String::from_utf8(stdout).with_context(|| format!("`{}` wrote text that is not UTF-8", self.line()))
    }

    /// Runs it quietly and hands back all that it said, whatever its status.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub(crate) fn output(&mut self) -> Result<Output> {
        self.command.output().map_err(|error| self.cannot_start(error))
    }

    /// Starts it without output of its own, and hands it back with a pipe to its standard input. It is not ended by what ends
    /// us in a terminal, Ctrl-C for one.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub(crate) fn spawn(mut self) -> Result<Child> {
        self.command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut self.command, 0);
        self.command.spawn().map_err(|error| self.cannot_start(error))
    }

    /// The command line, as it is shown.
    pub(crate) fn line(&self) -> String {
        self.words.join(" ")
    }

    fn cannot_start(&self, error: std::io::Error) -> Error {
        let missing = error.kind() == ErrorKind::NotFound;
        let advice = self.install.filter(|_| missing).map(|line| format!("; install it: {line}")).unwrap_or_default();
        Error::new(error).context(format!("cannot start `{}`{advice}", self.line()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named_with_its_install_line() {
        let missing = Program::new("no-such-program", Path::new(".")).install("get no-such-program");
        let error = format!("{:#}", missing.run().unwrap_err());
        assert!(error.contains("cannot start `no-such-program`; install it: get no-such-program"), "{error}");
    }

    #[test]
    fn secrets_are_passed_on_and_not_shown() {
        let say = || Program::new("sh", Path::new(".")).unshown_env("KEY", "hunter2");
        let said = say().args(["-c", "echo $KEY $0"]).unshown("hunter3").text().unwrap();
        assert_eq!(said.trim_end(), "hunter2 hunter3");
        let error = format!("{:#}", say().args(["-c", "exit 3"]).unshown("hunter3").text().unwrap_err());
        assert!(error.contains("`KEY=… sh -c exit 3 …` failed"), "{error}");
    }

    #[test]
    fn a_failure_shows_the_command_line_and_what_it_said() {
        let failing = Program::new("sh", Path::new(".")).args(["-c", "echo why >&2; exit 3"]);
        let error = format!("{:#}", failing.text().unwrap_err());
        assert!(error.contains("`sh -c echo why >&2; exit 3` failed"), "{error}");
        assert!(error.ends_with("why"), "{error}");
    }
}
