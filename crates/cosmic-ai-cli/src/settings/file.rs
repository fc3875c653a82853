//! The configuration file: TOML that people write, with the same settings as the environment.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::failure::Failure;

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct File {
    values: BTreeMap<&'static str, String>,
    rest: Rest,
}

/// The keys of the file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    backend: Option<String>,
    bucket: Option<String>,
    write_key: Option<String>,
    read_key: Option<String>,
    base_url: Option<String>,
    api_url: Option<String>,
    ledger: Option<String>,
    confirm_above: Option<u64>,
    timeout: Option<u64>,
    idle_timeout: Option<u64>,
    retries: Option<u32>,
}

#[derive(Debug, Default)]
struct Rest {
    confirm_above: Option<u64>,
    timeout: Option<u64>,
    idle_timeout: Option<u64>,
    retries: Option<u32>,
}

impl File {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Failure::file(path.display(), "cannot be read", error)),
        };
        let written: Written = toml::from_str(&text).map_err(|error| {
            // The whole message shows the line, which may hold a key.
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            Failure::settings(format!("{}, line {line}: {}", path.display(), error.message()))
        })?;
        let values = [
            ("backend", written.backend),
            ("bucket", written.bucket),
            ("write_key", written.write_key),
            ("read_key", written.read_key),
            ("base_url", written.base_url),
            ("api_url", written.api_url),
            ("ledger", written.ledger),
        ];
        let rest = Rest {
            confirm_above: written.confirm_above,
            timeout: written.timeout,
            idle_timeout: written.idle_timeout,
            retries: written.retries,
        };
        // An empty value is one that is not set.
        let set = |value: Option<String>| value.filter(|value| !value.trim().is_empty());
        Ok(Self { values: values.into_iter().filter_map(|(key, value)| Some((key, set(value)?))).collect(), rest })
    }

    pub(super) fn value(&self, key: &str) -> Option<&String> {
        self.values.get(key)
    }

    pub(super) const fn confirm_above(&self) -> Option<u64> {
        self.rest.confirm_above
    }

    pub(super) const fn limits(&self) -> (Option<u64>, Option<u64>, Option<u32>) {
        (self.rest.timeout, self.rest.idle_timeout, self.rest.retries)
    }
}
