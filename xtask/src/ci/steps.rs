//! The steps in the order in which they are run: what is quick and often wrong comes first.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{
    clients, consumers, disk, examples, ledgers, lint, media, openapi, package, page, server, spending, terminal,
};
use crate::program::Program;
use crate::{codegen, semver, tidy};

pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// Whether it is run when no step is named.
    pub(super) is_in_all: bool,
    pub(super) run: fn(&Path) -> Result<()>,
}

pub(super) const STEPS: [Step; 22] = [
    Step { name: "fmt", about: "the code is laid out as rustfmt does", is_in_all: true, run: fmt },
    Step { name: "codegen", about: "generated files are up to date", is_in_all: true, run: |_| codegen::check() },
    Step { name: "tidy", about: "rules of the house that no compiler checks", is_in_all: true, run: |_| tidy::run() },
    Step {
        name: "page",
        about: "the registry agrees with the API's page, if a copy is there",
        is_in_all: true,
        run: page::run,
    },
    Step { name: "deny", about: "licences, banned and doubled crates, sources", is_in_all: true, run: deny },
    Step { name: "lint", about: "clippy, also per feature set of the facade", is_in_all: true, run: lint::run },
    Step { name: "semver", about: "the public API is as it is listed", is_in_all: true, run: |_| semver::check() },
    Step { name: "docs", about: "the documentation builds without warnings", is_in_all: true, run: docs },
    Step { name: "test", about: "every test, by the command of the README", is_in_all: true, run: test },
    Step { name: "ledgers", about: "every ledger, on real SQLite and PostgreSQL", is_in_all: true, run: ledgers::run },
    Step { name: "disk", about: "the command line on a disk without room", is_in_all: true, run: disk::run },
    Step {
        name: "race",
        about: "eight processes on one ledger: 5,000 reservations, SQLite and PostgreSQL",
        is_in_all: true,
        run: spending::race,
    },
    Step {
        name: "crash",
        about: "a process killed at every edge: 20 kills, SQLite and PostgreSQL",
        is_in_all: true,
        run: spending::crash,
    },
    Step {
        name: "server",
        about: "a server killed twelve times under load; 300 streams at once",
        is_in_all: true,
        run: server::run,
    },
    Step {
        name: "openapi",
        about: "validators that are not ours judge the server's description and the schemas",
        is_in_all: true,
        run: openapi::run,
    },
    Step {
        name: "clients",
        about: "the official SDK and curl drive a server, also by the code of the API's page",
        is_in_all: true,
        run: clients::run,
    },
    Step { name: "examples", about: "every example runs to its end", is_in_all: true, run: examples::run },
    Step { name: "media", about: "ffmpeg decodes every kind of medium", is_in_all: true, run: media::run },
    Step {
        name: "consumers",
        about: "programs outside the workspace build and run",
        is_in_all: true,
        run: consumers::run,
    },
    Step {
        name: "terminal",
        about: "the command line as it is shipped: its size, and how soon it starts; only when named, for it builds all optimised",
        is_in_all: false,
        run: terminal::run,
    },
    Step { name: "package", about: "what would be published is whole and builds", is_in_all: true, run: package::run },
    Step { name: "bench", about: "every benchmark, quickly; only when named", is_in_all: false, run: bench },
];

fn fmt(root: &Path) -> Result<()> {
    Program::cargo(root).args(["fmt", "--all", "--check"]).run()
}

/// Advisories are left out, as deny.toml explains.
fn deny(root: &Path) -> Result<()> {
    let install = "cargo install cargo-deny --locked";
    // Not started through cargo, so that its absence is told from a failure.
    let deny = Program::new("cargo-deny", root).install(install);
    deny.args(["check", "bans", "licenses", "sources"]).run()
}

fn docs(root: &Path) -> Result<()> {
    let doc = Program::cargo(root).env("RUSTDOCFLAGS", "-D warnings");
    doc.args(["doc", "--workspace", "--all-features", "--no-deps"]).run()
}

/// The README's own command; a README that says another one fails.
fn test(root: &Path) -> Result<()> {
    let readme = std::fs::read_to_string(root.join("README.md")).context("cannot read README.md")?;
    if !readme.contains("cargo test --workspace") {
        bail!("README.md does not tell of `cargo test --workspace`, which is what is run here");
    }
    Program::cargo(root).args(["test", "--workspace"]).run()
}

/// Short enough to see that all of them run and in which order of magnitude they are; for figures use `cargo bench`.
fn bench(root: &Path) -> Result<()> {
    let quick = ["--warm-up-time", "0.5", "--measurement-time", "1", "--sample-size", "10"];
    Program::cargo(root).args(["bench", "--workspace", "--bench", "*", "--"]).args(quick).run()
}
