//! Options as `--name value` or `--name`.

use std::collections::BTreeMap;
use std::str::FromStr;

use anyhow::{Context as _, Result, bail};

/// The options of a command.
pub(crate) struct Arguments(BTreeMap<String, Option<String>>);

impl Arguments {
    pub(crate) fn read(words: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = BTreeMap::new();
        let mut words = words.peekable();
        while let Some(word) = words.next() {
            let Some(name) = word.strip_prefix("--") else { bail!("`{word}` is no option") };
            let value = words.next_if(|next| !next.starts_with("--"));
            options.insert(name.to_owned(), value);
        }
        Ok(Self(options))
    }

    /// Whether an option is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The value of an option, if it is there.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_deref()
    }

    /// The value of an option, or `usual`.
    pub(crate) fn get<T>(&self, name: &str, usual: T) -> Result<T>
    where
        T: FromStr,
        T::Err: std::error::Error + Send + Sync + 'static,
    {
        match self.text(name) {
            Some(value) => value.parse().with_context(|| format!("--{name} {value}")),
            None => Ok(usual),
        }
    }
}
