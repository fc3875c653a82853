//! Settings, and where each comes from: a flag, the environment, `.env`, the configuration file, or nowhere.

mod dot_env;
mod file;
mod places;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

pub(crate) use self::places::Places;
use crate::args::Global;
use crate::failure::Failure;

/// Where a setting comes from, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Flag,
    Environment,
    DotEnv,
    File,
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Flag => "flag",
            Self::Environment => "environment",
            Self::DotEnv => ".env",
            Self::File => "config file",
            Self::Default => "default",
        })
    }
}

/// A setting by its names: on the command line, in the environment and `.env`, in the configuration file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name {
    pub(crate) key: &'static str,
    pub(crate) variable: &'static str,
    pub(crate) is_secret: bool,
}

const fn name(key: &'static str, variable: &'static str) -> Name {
    Name { key, variable, is_secret: false }
}

pub(crate) const BACKEND: Name = name("backend", "COSMIC_BACKEND");
pub(crate) const BUCKET: Name = name("bucket", "COSMIC_BUCKET_SLUG");
pub(crate) const WRITE_KEY: Name = Name { is_secret: true, ..name("write_key", "COSMIC_WRITE_KEY") };
pub(crate) const READ_KEY: Name = Name { is_secret: true, ..name("read_key", "COSMIC_READ_KEY") };
pub(crate) const BASE_URL: Name = name("base_url", "COSMIC_BASE_URL");
pub(crate) const API_URL: Name = name("api_url", "COSMIC_API_URL");
pub(crate) const LEDGER: Name = name("ledger", "COSMIC_LEDGER");
/// Of the service's other tools, which name it so.
const WORKERS_URL: Name = name("workers_url", "COSMIC_WORKERS_URL");
const API_ENV: Name = name("api_env", "COSMIC_API_ENV");

/// All of them, in the order in which `doctor` shows them.
pub(crate) const NAMES: [Name; 9] =
    [BACKEND, BUCKET, WRITE_KEY, READ_KEY, BASE_URL, API_URL, WORKERS_URL, API_ENV, LEDGER];

/// How many tokens a call may be expected to cost before a person is asked.
const CONFIRM_ABOVE: u64 = 100_000;

/// The settings of this run.
#[derive(Debug)]
pub(crate) struct Settings {
    flags: BTreeMap<&'static str, String>,
    environment: BTreeMap<&'static str, String>,
    dot_env: BTreeMap<String, String>,
    file: file::File,
    pub(crate) places: Places,
}

impl Settings {
    /// Reads all sources.
    ///
    /// # Errors
    /// When `.env` or the configuration file is there and cannot be read.
    pub(crate) fn read(global: &Global) -> Result<Self, Failure> {
        let (settings, broken) = Self::read_what_can_be(global)?;
        broken.into_iter().next().map_or(Ok(settings), Err)
    }

    /// Reads all sources, and what is wrong with those that cannot be read.
    ///
    /// # Errors
    /// When the user has no home.
    pub(crate) fn read_what_can_be(global: &Global) -> Result<(Self, Vec<Failure>), Failure> {
        let places = Places::find()?;
        let given = [
            (BACKEND, &global.backend),
            (BUCKET, &global.bucket),
            (BASE_URL, &global.base_url),
            (API_URL, &global.api_url),
            (LEDGER, &global.ledger),
        ];
        // An empty value is one that is not set, wherever it stands.
        let is_set = |value: &String| !value.trim().is_empty();
        let flags = given.into_iter().filter_map(|(name, value)| Some((name.variable, value.clone().filter(is_set)?)));
        let set = |variable: &str| std::env::var(variable).ok().filter(is_set);
        let environment = NAMES.iter().filter_map(|name| Some((name.variable, set(name.variable)?)));
        let mut broken = Vec::new();
        let dot_env = dot_env(Path::new(".env")).unwrap_or_else(|failure| {
            broken.push(failure);
            BTreeMap::new()
        });
        let file = file::File::read(&places.config_file()).unwrap_or_else(|failure| {
            broken.push(failure);
            file::File::default()
        });
        let settings = Self { flags: flags.collect(), environment: environment.collect(), dot_env, file, places };
        Ok((settings, broken))
    }

    /// A setting and where it comes from.
    pub(crate) fn find(&self, name: Name) -> Option<(&str, Origin)> {
        let sources = [
            (self.flags.get(name.variable), Origin::Flag),
            (self.environment.get(name.variable), Origin::Environment),
            (self.dot_env.get(name.variable), Origin::DotEnv),
            (self.file.value(name.key), Origin::File),
        ];
        sources.into_iter().find_map(|(value, origin)| Some((value?.as_str(), origin)))
    }

    /// A setting.
    pub(crate) fn value(&self, name: Name) -> Option<&str> {
        self.find(name).map(|(value, _)| value)
    }

    /// A setting by the name of its variable.
    pub(crate) fn variable(&self, variable: &str) -> Option<String> {
        let name = NAMES.into_iter().find(|name| name.variable == variable)?;
        self.value(name).map(str::to_owned)
    }

    /// Refuses to send keys that a user has set elsewhere to an address that the `.env` of a folder names: whoever enters the folder
    /// of someone else must not lose them. Loopback addresses may be named, as local servers are.
    ///
    /// # Errors
    /// When that is so.
    pub(crate) fn check_addresses(&self) -> Result<(), Failure> {
        let is_foreign = |name: &Name| matches!(self.find(*name), Some((url, Origin::DotEnv)) if !is_loopback(url));
        let Some(address) = [BASE_URL, API_URL, WORKERS_URL].into_iter().find(is_foreign) else { return Ok(()) };
        let from_elsewhere = |key: &Name| self.find(*key).is_some_and(|(_, origin)| origin != Origin::DotEnv);
        match [WRITE_KEY, READ_KEY].into_iter().find(from_elsewhere) {
            None => Ok(()),
            Some(key) => Err(Failure::settings(format!(
                "{} comes from the .env of this folder and {} does not, so it is not sent there: put it into .env too, or name the address by a flag or in the environment",
                address.variable, key.variable
            ))),
        }
    }

    /// What is to be said of a ledger that the `.env` of this folder names; `None` of any other.
    ///
    /// # Errors
    /// When it names none that lasts: every run would begin with whole budgets.
    pub(crate) fn check_ledger(&self) -> Result<Option<String>, Failure> {
        match self.find(LEDGER) {
            Some(("memory", Origin::DotEnv)) => Err(Failure::settings(
                "COSMIC_LEDGER=memory comes from the .env of this folder, and would let every run begin with whole budgets: say --ledger memory if that is meant",
            )),
            Some((ledger, Origin::DotEnv)) => Ok(Some(format!(
                "the ledger {} comes from the .env of this folder: budgets count what it holds",
                without_secrets(ledger)
            ))),
            _ => Ok(None),
        }
    }

    /// How many tokens a call may be expected to cost before a person is asked.
    pub(crate) fn confirm_above(&self) -> u64 {
        self.file.confirm_above().unwrap_or(CONFIRM_ABOVE)
    }

    /// The limits of time and resends of the configuration file.
    pub(crate) fn limits(&self) -> (Option<u64>, Option<u64>, Option<u32>) {
        self.file.limits()
    }
}

/// Whether a URL leads to this machine.
fn is_loopback(url: &str) -> bool {
    let authority =
        url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', '?', '#', '\\']).next().unwrap_or_default();
    // What stands before an `@` is no host.
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What `.env` of this folder says; nothing if there is none. It is only read: the environment stays as it is, and has no part in it.
fn dot_env(path: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let wrong = |message: String| Failure::settings(format!(".env cannot be read: {message}"));
    match std::fs::read_to_string(path) {
        Ok(text) => dot_env::parse(&text).map_err(wrong),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(wrong(error.to_string())),
    }
}

/// A setting as it may be shown: a URL without what stands before an `@` in it, and without its query, which may be a password too.
pub(crate) fn without_secrets(value: &str) -> String {
    let Some((scheme, rest)) = value.split_once("://") else { return value.to_owned() };
    let (address, query) = rest.split_once(['?', '#']).map_or((rest, None), |(address, query)| (address, Some(query)));
    let end = if query.is_some() { "?****" } else { "" };
    match (address.rsplit_once('@'), query) {
        (Some((_, host)), _) => format!("{scheme}://****@{host}{end}"),
        // What looks like a query may be the rest of a password.
        (None, Some(query)) if query.contains('@') => format!("{scheme}://****"),
        (None, _) => format!("{scheme}://{address}{end}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for url in ["http://127.0.0.1:4010/v3", "http://localhost/v3", "http://[::1]:80/v3", "HTTP://127.1.2.3"] {
            assert!(is_loopback(url), "{url}");
        }
        let others = [
            "https://evil.example/v3",
            "http://127.0.0.1@evil.example",
            "http://127.0.0.1.evil.example/",
            "http://localhost.evil",
            "",
        ];
        for url in others {
            assert!(!is_loopback(url), "{url}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(without_secrets("postgres://team:secret@db/spend"), "postgres://****@db/spend");
        assert_eq!(without_secrets("postgres://db/spend?password=secret"), "postgres://db/spend?****");
        // A password with a question mark in it.
        assert_eq!(without_secrets("postgres://team:se?cret@db/spend"), "postgres://****");
        assert_eq!(without_secrets("http://127.0.0.1:4010/v3"), "http://127.0.0.1:4010/v3");
        assert_eq!(without_secrets("memory"), "memory");
    }
}
