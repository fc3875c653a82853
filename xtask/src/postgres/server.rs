//! A server of our own in a folder of its own. A shell guards it: both are gone as soon as we are, also when we are killed.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::account::Account;
use super::binaries::Binaries;
use crate::program::Program;

const GUARD: &str = include_str!("guard.sh");
const CERTIFICATE: &str = include_str!("certificate.sh");

/// How long each part of a start may take.
const PATIENCE: Duration = Duration::from_secs(30);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
/// Lines of the log in an error.
const TAIL: usize = 20;

/// A running server; dropped, it stops at once and its folder is removed.
pub(super) struct Server {
    /// It ends when its standard input does.
    guard: Child,
    folder: PathBuf,
    port: u16,
}

impl Server {
    /// Makes a cluster, starts the server, and waits until it accepts connections.
    ///
    /// # Errors
    ///
    /// When one of them fails, with what the program or the log of the server says.
    pub(super) fn start(binaries: &Binaries) -> Result<Self> {
        let account = Account::for_server()?;
        let folder = account.new_folder()?;
        let guard = account.program(Path::new("sh"), &folder).args(["-c"]).unshown(GUARD).args(["guard"]);
        let guard = guard.args([&folder, binaries.folder()]).unshown(CERTIFICATE).spawn()?;
        let mut server = Self { guard, folder, port: 0 };
        server.wait_until("its folder was made", |server| Ok(server.folder.join("made").exists()))?;
        server.open_port()?;
        let pg_isready = binaries.client("pg_isready");
        server.wait_until("it accepted connections", |server| server.is_ready(&pg_isready))?;
        Ok(server)
    }

    pub(super) fn url(&self, database: &str) -> String {
        format!("postgres://cosmic@127.0.0.1:{}/{database}", self.port)
    }

    /// What clients have to trust, in PEM.
    pub(super) fn authority(&self) -> PathBuf {
        self.folder.join("authority.pem")
    }

    /// Lets the guard start the server at a port that is free, just now at least: should another program take it in between,
    /// the log says so.
    fn open_port(&mut self) -> Result<()> {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("there is no free port")?;
        self.port = free.local_addr()?.port();
        drop(free);
        let guard = self.guard.stdin.as_mut().context("the guard of PostgreSQL has no input")?;
        writeln!(guard, "{}", self.port).context("the guard of PostgreSQL is gone")
    }

    /// Asks by the socket in our folder: at the port it could be somebody else who answers.
    fn is_ready(&self, pg_isready: &Path) -> Result<bool> {
        let ask = Program::new(&pg_isready.to_string_lossy(), &self.folder).args(["--quiet", "--host"]);
        let mut ask = ask.args([&self.folder]).args(["--port", &self.port.to_string()]);
        Ok(ask.output()?.status.success())
    }

    fn wait_until(&self, reached: &str, is_reached: impl Fn(&Self) -> Result<bool>) -> Result<()> {
        let start = Instant::now();
        while !is_reached(self)? {
            if self.folder.join("ended").exists() {
                bail!("PostgreSQL ended before {reached}; it said last\n{}", self.log_tail());
            }
            if start.elapsed() > PATIENCE {
                bail!(
                    "PostgreSQL took more than {} s until {reached}; it said last\n{}",
                    PATIENCE.as_secs(),
                    self.log_tail()
                );
            }
            std::thread::sleep(BETWEEN_LOOKS);
        }
        Ok(())
    }

    fn log_tail(&self) -> String {
        match std::fs::read(self.folder.join("server.log")) {
            Ok(log) => tail(&String::from_utf8_lossy(&log)),
            Err(error) => format!("(it cannot be read: {error})"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        if let Err(error) = self.guard.wait() {
            eprintln!("warning: PostgreSQL may still run in {}: {error}", self.folder.display());
        }
    }
}

fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines.get(lines.len().saturating_sub(TAIL)..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_shows_the_end_of_the_log() {
        assert_eq!(tail("first\nsecond\n"), "first\nsecond");
        let lines: Vec<String> = (0..100).map(|line| format!("line {line}")).collect();
        let log = lines.join("\n");
        let shown = tail(&log);
        assert!(shown.starts_with("line 80\n") && shown.ends_with("line 99"), "{shown}");
    }

    #[test]
    fn durability_is_asked_for_in_so_many_words() {
        for setting in ["fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_connections=100", "ssl=on"] {
            assert!(GUARD.contains(&format!("-c {setting}")), "{setting}");
        }
    }
}
