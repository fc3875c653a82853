//! The bucket's keys, which show nowhere.

use cosmic_ai_core::Error;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

use super::configuration;

/// The write key and, where given, the read key. `Debug` shows neither; memory is wiped on drop.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    write: SecretString,
    read: Option<SecretString>,
}

impl Keys {
    pub(crate) fn new(write: String) -> Self {
        Self { write: write.into(), read: None }
    }

    pub(crate) fn with_read_key(mut self, read: String) -> Self {
        self.read = Some(read.into());
        self
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.write.expose_secret().trim().is_empty() {
            return Err(configuration("the write key is empty; set COSMIC_WRITE_KEY or pass it to the builder"));
        }
        self.authorization().map(drop)
    }

    /// The header of paid calls, marked so that no one prints it.
    pub(crate) fn authorization(&self) -> Result<HeaderValue, Error> {
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.write.expose_secret()))
            .map_err(|_| configuration("the write key has characters that no header can have"))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// The write key itself, for the form field that uploads want.
    pub(crate) fn write_key(&self) -> &str {
        self.write.expose_secret()
    }

    /// The read key itself, for the query that reads want.
    pub(crate) fn read_key(&self) -> Result<&str, Error> {
        let key = self.read.as_ref().map(|key| key.expose_secret()).filter(|key| !key.is_empty());
        key.ok_or_else(|| {
            configuration("reading the media library needs a read key; set COSMIC_READ_KEY or pass it to the builder")
        })
    }
}
