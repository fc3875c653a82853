//! What a configuration must be like, whoever made it.

use std::time::Duration;

use axum::http::Uri;

use super::{
    BucketConfig, Config, ConfigError, KeepConfig, KeyHash, LOCAL_READ_KEY, LOCAL_WRITE_KEY, LedgerPlace, Limits,
};
use crate::backend::Backend;
use crate::keep::Host;
use crate::library::check_folder;
use crate::listen::cors;

/// A day: whoever waits for longer has another unit in mind.
const LONGEST: Duration = Duration::from_hours(24);

impl Config {
    /// Checks all that [`Server::start`](crate::Server::start) refuses before it touches anything: [`check`](Self::check), and
    /// what depends on who generates. A gateway needs buckets with keys of its own, and so does an address that others can
    /// reach; a backend with a library of its own takes no folders of buckets. Whether the address is free and data folder and ledger can be used only a start tells.
    ///
    /// ```
    /// use cosmic_ai_server::{Backend, Config};
    ///
    /// assert!(Config::new("cosmic-data").check_for(&Backend::mock()).is_ok());
    /// let open_to_all = Config::new("cosmic-data").with_address(([0, 0, 0, 0], 4010).into());
    /// assert!(open_to_all.check_for(&Backend::mock()).is_err());
    /// ```
    ///
    /// # Errors
    /// For the first part that cannot be served.
    pub fn check_for(&self, backend: &Backend) -> Result<(), ConfigError> {
        let address = self.address;
        if self.buckets.is_empty() && !address.ip().is_loopback() {
            let message =
                format!("{address} is not on the loopback interface: configure buckets with keys of your own");
            return Err(ConfigError::new(message));
        }
        if self.buckets.is_empty() && !backend.is_embedded() {
            return Err(ConfigError::new(
                "this backend may spend real tokens, and there are no buckets: configure some with keys of your own (the mock \
                 comes as Backend::mock or Backend::scripted and needs none)",
            ));
        }
        if address.ip().is_unspecified() && self.public_url.is_none() {
            let message = format!(
                "{address} is no address that others can reach: set public_url in the configuration, which URLs of media begin with"
            );
            return Err(ConfigError::new(message));
        }
        if !backend.is_embedded() && self.has_local_keys() {
            return Err(ConfigError::new(
                "a gateway spends real tokens, and the keys of `local-bucket` are known to everyone",
            ));
        }
        let with_folders = self.buckets.iter().position(|bucket| !bucket.folders.is_empty());
        if let Some(place) = with_folders.filter(|_| backend.has_library()) {
            return Err(ConfigError::new(format!(
                "bucket[{place}].folders: none can be made behind a gateway, where the service keeps media and folders: leave \
                 this out"
            )));
        }
        if cfg!(not(feature = "postgres")) && matches!(self.ledger, LedgerPlace::Postgres(_)) {
            return Err(ConfigError::needs_postgres());
        }
        self.check()
    }

    /// Checks what can be checked without starting, whoever generates: limits, origins, URLs, hosts, slugs, keys.
    /// [`check_for`](Self::check_for) says more.
    ///
    /// # Errors
    /// For the first part that cannot be served, by its name in a configuration file.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.limits.check()?;
        cors(&self.cors_origins)?;
        if let Some(url) = &self.public_url {
            check_public_url(url)?;
        }
        for (place, bucket) in self.buckets.iter().enumerate() {
            bucket.check(place)?;
            if self.buckets.iter().take(place).any(|other| other.slug == bucket.slug) {
                let message = format!("bucket[{place}].slug: there is another bucket {}", bucket.slug);
                return Err(ConfigError::new(message));
            }
        }
        if self.has_local_keys() && !self.address.ip().is_loopback() {
            let message = format!(
                "{} is not on the loopback interface, and the keys of `local-bucket` are known to everyone",
                self.address
            );
            return Err(ConfigError::new(message));
        }
        if self.metrics_key.is_some_and(|key| key.bytes() == KeyHash::of("").bytes()) {
            return Err(ConfigError::new("metrics_key: is the hash of nothing, so no key fits it"));
        }
        self.keep.as_ref().map_or(Ok(()), KeepConfig::check)
    }

    /// Whether a bucket has a key that is known to everyone.
    pub(crate) fn has_local_keys(&self) -> bool {
        let known = [KeyHash::of(LOCAL_WRITE_KEY), KeyHash::of(LOCAL_READ_KEY)];
        let mut keys = self.buckets.iter().flat_map(|bucket| [bucket.write_key, bucket.read_key]);
        keys.any(|key| known.iter().any(|known| known.bytes() == key.bytes()))
    }
}

impl ConfigError {
    /// A ledger that this build has no client for.
    pub(crate) fn needs_postgres() -> Self {
        Self::new("a ledger in PostgreSQL needs the feature `postgres` of cosmic-ai-server")
    }
}

impl Limits {
    fn check(&self) -> Result<(), ConfigError> {
        let sizes = [
            ("head_bytes", self.head_bytes, 256),
            ("json_bytes", self.json_bytes, 1),
            ("decoded_bytes", self.decoded_bytes, 1),
            ("upload_bytes", usize::try_from(self.upload_bytes).unwrap_or(usize::MAX), 1),
            ("connections", self.connections, 1),
            ("calls", self.calls, 1),
        ];
        for (name, given, least) in sizes {
            if given < least {
                return Err(ConfigError::new(format!("limits.{name}: {given} is too little; at least {least}")));
            }
        }
        let times = [
            ("head_time", self.head_time),
            ("body_idle", self.body_idle),
            ("body_time", self.body_time),
            ("queue_time", self.queue_time),
            ("call_time", self.call_time),
            ("keep_alive", self.keep_alive),
        ];
        for (name, given) in times {
            if given.is_zero() || given > LONGEST {
                return Err(ConfigError::new(format!(
                    "limits.{name}: {given:?} is not more than 0 s and at most 24 h"
                )));
            }
        }
        // None at all is a way to stop, too.
        if self.grace > LONGEST {
            return Err(ConfigError::new(format!("limits.grace: {:?} is more than 24 h", self.grace)));
        }
        Ok(())
    }
}

impl BucketConfig {
    fn check(&self, place: usize) -> Result<(), ConfigError> {
        let wrong = |key: &str, message: &str| Err(ConfigError::new(format!("bucket[{place}].{key}: {message}")));
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if !(1..=64).contains(&self.slug.len()) || !self.slug.bytes().all(allowed) {
            return wrong("slug", "a slug is 1 to 64 of a-z, A-Z, 0-9, - and _");
        }
        let nothing = KeyHash::of("");
        for (name, key) in [("write_key", self.write_key), ("read_key", self.read_key)] {
            if key.bytes() == nothing.bytes() {
                return wrong(name, "is the hash of nothing, so no key fits it");
            }
        }
        if self.write_key.bytes() == self.read_key.bytes() {
            return wrong("read_key", "is the same as the write key");
        }
        if let Some(error) = self.folders.iter().find_map(|folder| check_folder(folder).err()) {
            return wrong("folders", &error.to_string());
        }
        Ok(())
    }
}

impl KeepConfig {
    fn check(&self) -> Result<(), ConfigError> {
        if self.hosts.is_empty() {
            return Err(ConfigError::new("keep.hosts: names no host, so nothing could be kept"));
        }
        for host in &self.hosts {
            Host::read(host)?;
        }
        if self.most_bytes == 0 {
            return Err(ConfigError::new("keep.most_bytes: 0 is too little; at least 1"));
        }
        if self.time.is_zero() || self.time > LONGEST {
            return Err(ConfigError::new(format!("keep.time: {:?} is not more than 0 s and at most 24 h", self.time)));
        }
        Ok(())
    }
}

fn check_public_url(url: &str) -> Result<(), ConfigError> {
    let uri = url.parse::<Uri>().ok().filter(|uri| uri.query().is_none() && !url.contains('#'));
    let is_right = uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.authority().is_some_and(|host| !host.as_str().contains('@'))
    });
    if is_right {
        return Ok(());
    }
    Err(ConfigError::new(format!(
        "public_url: {url:?} is no URL such as `https://media.example.com`, without user, query and fragment"
    )))
}
