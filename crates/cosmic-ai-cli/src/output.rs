//! What is shown, and where: results on standard output, everything else on standard error.
//!
//! Standard output never panics on a reader that has gone away. Nothing that came from elsewhere can write control sequences to
//! a terminal, and no escape code goes anywhere else.

mod plain;
mod progress;

use std::io::{self, IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};
use serde_json::Value;

pub(crate) use self::plain::{plain, plain_text};
pub(crate) use self::progress::Bar;
use crate::args::Global;
use crate::failure::{Failure, file_error};
use cosmic_ai::Outcome;

/// How this run shows things.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "what is known of two streams and three flags")]
pub(crate) struct Output {
    pub(crate) json: bool,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
    /// Whether standard output is a terminal.
    pub(crate) to_terminal: bool,
    /// Whether standard error is a terminal.
    notes_to_terminal: bool,
    /// Whether standard error may be coloured.
    pub(crate) colours: bool,
}

/// What became of standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// It took all of it.
    Whole,
    /// Whoever read it has gone away, as `head` does.
    NobodyReads,
}

impl Output {
    pub(crate) fn new(global: &Global) -> Self {
        let notes_to_terminal = io::stderr().is_terminal();
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        Self {
            json: global.json,
            quiet: global.quiet,
            verbose: global.verbose,
            to_terminal: io::stdout().is_terminal(),
            notes_to_terminal,
            colours: notes_to_terminal && !is_set("NO_COLOR") && !dumb,
        }
    }

    /// Whether a person is there to be asked.
    pub(crate) fn is_interactive(self) -> bool {
        self.notes_to_terminal && io::stdin().is_terminal()
    }

    /// Whether bars may be shown.
    pub(crate) const fn has_bars(self) -> bool {
        self.notes_to_terminal && !self.quiet && !self.json
    }

    /// A line for people, on standard error. With `--json` only errors go there.
    pub(crate) fn note(self, line: &str) {
        if !self.quiet && (!self.json || self.verbose) {
            say(line);
        }
    }

    /// A line for people who want to know more.
    pub(crate) fn detail(self, line: &str) {
        if self.verbose {
            say(line);
        }
    }

    /// An error, in words or as JSON.
    pub(crate) fn failure(self, failure: &Failure) {
        if self.json {
            let _ = writeln!(io::stderr(), "{}", plain::json(&failure.json()));
            return;
        }
        let style = if self.colours { Style::new().bold().fg_color(Some(AnsiColor::Red.into())) } else { Style::new() };
        let _ = writeln!(io::stderr(), "{style}error{style:#}: {}", plain(&failure.to_string()));
        for line in failure.advice() {
            let _ = writeln!(io::stderr(), "  {}", plain(&line));
        }
    }

    /// An error of the command line, in the parser's words. They repeat what was given, which need not be the user's own.
    pub(crate) fn misuse(self, error: &clap::Error) {
        let message = error.render();
        let text = message.to_string();
        if self.colours && text == plain_text(&text) {
            let _ = write!(io::stderr(), "{}", message.ansi());
        } else {
            let _ = write!(io::stderr(), "{}", plain_text(&text));
        }
    }

    /// One object on standard output.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn object(self, object: &Value, outcome: Outcome) -> Result<Written, Failure> {
        self.raw(format!("{}\n", plain::json(object)).as_bytes(), outcome)
    }

    /// Lines for people on standard output, without control characters.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn lines(self, text: &str) -> Result<Written, Failure> {
        self.raw(format!("{}\n", plain_text(text.trim_end_matches('\n'))).as_bytes(), Outcome::Refused)
    }

    /// Generated text on standard output, as it is; without control characters if that is a terminal.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn text(self, text: &str, outcome: Outcome) -> Result<Written, Failure> {
        if self.to_terminal {
            self.raw(plain_text(text).as_bytes(), outcome)
        } else {
            self.raw(text.as_bytes(), outcome)
        }
    }

    /// Bytes on standard output.
    ///
    /// # Errors
    /// When they cannot be written, with what had become of the call by then. That nobody reads any more is no error.
    #[expect(clippy::unused_self, reason = "every way to show something is a method of the same value")]
    pub(crate) fn raw(self, bytes: &[u8], outcome: Outcome) -> Result<Written, Failure> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            Ok(()) => Ok(Written::Whole),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Written::NobodyReads),
            Err(error) => Err(file_error("(standard output)", "cannot be written", error, outcome).into()),
        }
    }

    /// Asks a person, who says no by default.
    ///
    /// # Errors
    /// When nobody can be asked.
    pub(crate) async fn ask(self, question: &str) -> Result<bool, Failure> {
        let _ = write!(io::stderr(), "{} [y/N] ", plain(question));
        let _ = io::stderr().flush();
        let answer = read_line().await?;
        Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
    }
}

/// A line on standard error, come what may: there is nowhere to complain to if that fails.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{}", plain_text(line));
}

/// A line of standard input. On a thread of its own, which nobody waits for if the run is interrupted meanwhile.
async fn read_line() -> Result<String, Failure> {
    let read = || {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line)
    };
    on_a_thread(read).await.map_err(|error| Failure::file("(standard input)", "cannot be read", error))
}

/// All of standard input, as text.
///
/// # Errors
/// When it cannot be read, or is no text.
pub(crate) async fn read_input() -> Result<String, Failure> {
    let read = || io::read_to_string(io::stdin());
    on_a_thread(read).await.map_err(|error| Failure::file("(standard input)", "cannot be read as text", error))
}

async fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // Nobody waits any more if the run was interrupted.
        let _ = sender.send(work());
    });
    receiver.await.unwrap_or_else(|_| Err(io::Error::other("the thread that read it ended")))
}
