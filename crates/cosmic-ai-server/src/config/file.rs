//! Configuration files, in TOML.

mod budget;
mod quantity;
mod rows;

use std::env::VarError;
use std::path::{Path, PathBuf};

use thiserror::Error;
use toml::Spanned;

use self::rows::{BucketRow, Document, LimitRow};
use super::key::LONGEST_KEY;
use super::{BucketConfig, Config, KeepConfig, KeyHash, LedgerPlace, RateLimit};
use crate::library::FolderPolicy;

/// The shortest key that a file may have. Keys are random; this keeps out what can be guessed.
const SHORTEST_KEY: usize = 16;
/// How the path of an error has values whose place in the file is kept.
const SPANNED: &str = ".$__serde_spanned_private_value";

/// A key as a file may give it: itself, its hash, or a variable of the environment.
type GivenKey = (Option<Spanned<String>>, Option<Spanned<String>>, Option<Spanned<String>>);

/// A configuration that cannot be served.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct ConfigError {
    /// What is wrong with it, and where.
    pub message: String,
}

impl ConfigError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl Config {
    /// Reads a configuration from the text of a TOML file; `file` is its path, as errors name it. All keys are optional, and
    /// whatever is not there is as in [`Config::new`]. No secret needs to be in the file: keys may stand there as hashes, or be
    /// taken from the environment. This one has every key that there is:
    ///
    /// ```toml
    #[doc = include_str!("../../server.toml")]
    /// ```
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let file = folder.path().join("server.toml");
    /// let config = cosmic_ai_server::Config::from_toml("[limits]\njson_bytes = \"4 MiB\"", file.to_str().unwrap())?;
    /// assert_eq!(config.limits.json_bytes, 4 << 20);
    /// // Paths are relative to the file's own folder.
    /// assert_eq!(config.data, folder.path().join("cosmic-data"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// For text that is no such configuration, by file, line and key, with the nearest name that is known; for a variable that
    /// is not in the environment. A key is never part of it.
    pub fn from_toml(text: &str, file: &str) -> Result<Self, ConfigError> {
        let source = Source { text, file, variable: |name: &str| std::env::var(name) };
        let config = source.read()?;
        config.check().map_err(|error| ConfigError::new(format!("{file}: {error}")))?;
        Ok(config)
    }
}

/// A file, and where its variables come from.
struct Source<'t, V> {
    text: &'t str,
    file: &'t str,
    variable: V,
}

impl<V: Fn(&str) -> Result<String, VarError>> Source<'_, V> {
    fn read(&self) -> Result<Config, ConfigError> {
        let parser = toml::Deserializer::parse(self.text).map_err(|error| self.unreadable(&error, ""))?;
        let document: Document = serde_path_to_error::deserialize(parser).map_err(|error| {
            let path = error.path().to_string().replace(SPANNED, "");
            self.unreadable(error.inner(), &path)
        })?;
        let mut config = Config::new(self.beside("cosmic-data"));
        if let Some(address) = document.address {
            config.address = address;
        }
        if let Some(data) = document.data {
            config.data = self.beside(&data);
        }
        config.ledger = self.ledger(document.ledger, document.ledger_env)?;
        config.public_url = document.public_url;
        if document.strict_folders {
            config.folders = FolderPolicy::Strict;
        }
        config.cors_origins = document.cors_origins;
        let key = (document.metrics_key, document.metrics_key_sha256, document.metrics_key_env);
        config.metrics_key = self.key("metrics_key", key)?;
        LimitRow::apply(document.limits, &mut config.limits);
        for (place, row) in document.bucket.into_iter().enumerate() {
            config.buckets.push(self.bucket(place, row)?);
        }
        for (place, row) in document.budget.into_iter().enumerate() {
            let at = row.span().start;
            let budget = row
                .into_inner()
                .of_all()
                .map_err(|(key, message)| self.wrong(at, &format!("budget[{place}].{key}"), &message))?;
            config.budgets.push(budget);
        }
        config.keep = document.keep.map(|row| {
            let mut keep = KeepConfig::from_hosts(row.hosts);
            if let Some(most) = row.most_bytes {
                keep.most_bytes = most.0;
            }
            if let Some(time) = row.time {
                keep.time = time.into_inner();
            }
            keep
        });
        Ok(config)
    }

    fn bucket(&self, place: usize, row: Spanned<BucketRow>) -> Result<BucketConfig, ConfigError> {
        let (at, row) = (row.span().start, row.into_inner());
        let key = |name: &str, given| {
            let path = format!("bucket[{place}].{name}");
            let missing = || self.wrong(at, &path, &format!("is required: or {name}_sha256, or {name}_env"));
            self.key(&path, given)?.ok_or_else(missing)
        };
        let write = key("write_key", (row.write_key, row.write_key_sha256, row.write_key_env))?;
        let read = key("read_key", (row.read_key, row.read_key_sha256, row.read_key_env))?;
        let mut bucket = BucketConfig::hashed(row.slug, write, read);
        bucket.rate = row.rate.map(|rate| {
            let limit = RateLimit::per_minute(rate.per_minute);
            rate.burst.map_or(limit, |burst| limit.with_burst(burst))
        });
        bucket.folders = row.folders;
        for (second, row) in row.budget.into_iter().enumerate() {
            let at = row.span().start;
            let budget = row.into_inner().of_bucket().map_err(|(key, message)| {
                self.wrong(at, &format!("bucket[{place}].budget[{second}].{key}"), &message)
            })?;
            bucket.budgets.push(budget);
        }
        Ok(bucket)
    }

    /// The key of one of three ways to give it, if it is given: itself, its hash, or a variable of the environment.
    fn key(&self, path: &str, given: GivenKey) -> Result<Option<KeyHash>, ConfigError> {
        let with = |suffix: &str| format!("{path}{suffix}");
        let key = match given {
            (None, None, None) => return Ok(None),
            (Some(key), None, None) => {
                let at = key.span().start;
                checked(key.get_ref()).map_err(|message| self.wrong(at, path, message))
            }
            (None, Some(hash), None) => {
                let (at, hash) = (hash.span().start, hash.into_inner());
                let hash = if hash.starts_with("sha256:") { hash } else { format!("sha256:{hash}") };
                hash.parse().map_err(|error: ConfigError| self.wrong(at, &with("_sha256"), &error.message))
            }
            (None, None, Some(variable)) => {
                let key = self.variable(&variable, &with("_env"))?;
                checked(&key).map_err(|message| {
                    self.wrong(variable.span().start, &with("_env"), &format!("{}: {message}", variable.get_ref()))
                })
            }
            (key, hash, variable) => {
                // Of the last of them, as of a key that stands there twice.
                let starts = [key, hash, variable].into_iter().flatten().map(|given| given.span().start);
                let at = starts.max().unwrap_or_default();
                let name = path.rsplit('.').next().unwrap_or(path);
                Err(self.wrong(at, path, &format!("give one of {name}, {name}_sha256 and {name}_env")))
            }
        };
        key.map(Some)
    }

    fn ledger(
        &self,
        place: Option<Spanned<String>>,
        variable: Option<Spanned<String>>,
    ) -> Result<LedgerPlace, ConfigError> {
        let (at, key, place) = match (place, variable) {
            (None, None) => return Ok(LedgerPlace::default()),
            (Some(place), None) => (place.span().start, "ledger", place.into_inner()),
            (None, Some(variable)) => (variable.span().start, "ledger_env", self.variable(&variable, "ledger_env")?),
            (Some(place), Some(_)) => {
                return Err(self.wrong(place.span().start, "ledger", "give one of ledger and ledger_env"));
            }
        };
        match place.parse().map_err(|error: ConfigError| self.wrong(at, key, &error.message))? {
            LedgerPlace::Sqlite(path) => Ok(LedgerPlace::Sqlite(self.beside(&path))),
            place => Ok(place),
        }
    }

    fn variable(&self, name: &Spanned<String>, path: &str) -> Result<String, ConfigError> {
        (self.variable)(name.get_ref()).map_err(|error| {
            let what = match error {
                VarError::NotPresent => "is not in the environment",
                VarError::NotUnicode(_) => "is not text",
            };
            self.wrong(name.span().start, path, &format!("{} {what}", name.get_ref()))
        })
    }

    /// A path of the file, which is relative to the file's own folder: wherever the server is started, it finds the same data.
    fn beside(&self, path: impl AsRef<Path>) -> PathBuf {
        Path::new(self.file).parent().unwrap_or(Path::new("")).join(path)
    }

    fn unreadable(&self, error: &toml::de::Error, path: &str) -> ConfigError {
        let at = error.span().map_or(0, |span| span.start);
        let (path, message) = rows::plain(path, error.message());
        self.wrong(at, &path, &message)
    }

    fn wrong(&self, at: usize, path: &str, message: &str) -> ConfigError {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let path = if path.is_empty() || path == "." { String::new() } else { format!("{path}: ") };
        ConfigError::new(format!("{}, line {line}: {path}{message}", self.file))
    }
}

fn checked(key: &str) -> Result<KeyHash, &'static str> {
    if !(SHORTEST_KEY..=LONGEST_KEY).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("a key is 16 to 1,024 visible ASCII characters without spaces");
    }
    Ok(KeyHash::of(key))
}
