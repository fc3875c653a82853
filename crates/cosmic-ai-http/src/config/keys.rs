//! The bucket's keys, which show nowhere.

use bytes::Bytes;
use cosmic_ai_core::Error;
use memchr::memmem;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use super::configuration;

/// What is shown in place of a key.
const MASK: &[u8] = b"***";
/// Shorter ones are no keys, and masking them would blacken what is none.
const SHORTEST_KEY: usize = 6;

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

    /// What a service answered, without the keys that it may repeat: errors show parts of it.
    pub(crate) fn mask(&self, body: Bytes) -> Bytes {
        self.all().fold(body, |body, key| without(body, key.as_bytes()))
    }

    /// Whether a text shows a key.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        self.all().any(|key| text.contains(key))
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        let keys = [Some(&self.write), self.read.as_ref()].into_iter().flatten().map(ExposeSecret::expose_secret);
        keys.filter(|key| key.len() >= SHORTEST_KEY)
    }

    /// The read key itself, for the query that reads want.
    pub(crate) fn read_key(&self) -> Result<&str, Error> {
        let key = self.read.as_ref().map(ExposeSecret::expose_secret).filter(|key| !key.is_empty());
        key.ok_or_else(|| {
            configuration("reading the media library needs a read key; set COSMIC_READ_KEY or pass it to the builder")
        })
    }
}

fn without(body: Bytes, key: &[u8]) -> Bytes {
    let mut places = memmem::find_iter(&body, key).peekable();
    if places.peek().is_none() {
        return body;
    }
    let mut masked = Vec::with_capacity(body.len());
    let mut rest = 0;
    for place in places {
        masked.extend_from_slice(body.get(rest..place).unwrap_or_default());
        masked.extend_from_slice(MASK);
        rest = place + key.len();
    }
    masked.extend_from_slice(body.get(rest..).unwrap_or_default());
    masked.into()
}
