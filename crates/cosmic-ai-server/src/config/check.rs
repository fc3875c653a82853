//! What a configuration must be like, whoever made it.

use std::time::Duration;

use axum::http::Uri;
use axum::http::uri::Authority;

use super::{BucketConfig, Config, ConfigError, KeepConfig, Limits};
use crate::listen::cors;

/// A day: whoever waits for longer has another unit in mind.
const LONGEST: Duration = Duration::from_hours(24);

impl Config {
    /// Checks what can be checked without starting: limits, origins, URLs, hosts, keys.
    ///
    /// # Errors
    /// For the first part that cannot be served, by its name in a configuration file.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.limits.check()?;
        cors(&self.cors_origins)?;
        if let Some(url) = &self.public_url {
            check_public_url(url)?;
        }
        self.buckets.iter().try_for_each(BucketConfig::check)?;
        self.keep.as_ref().map_or(Ok(()), KeepConfig::check)
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
    fn check(&self) -> Result<(), ConfigError> {
        if self.write_key.bytes() == self.read_key.bytes() {
            let message = format!("bucket {}: the write key and the read key are the same", self.slug);
            return Err(ConfigError::new(message));
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
            let authority = host.parse::<Authority>().ok().filter(|host| !host.as_str().contains('@'));
            if authority.is_none_or(|authority| authority.host().is_empty()) {
                let message =
                    format!("keep.hosts: {host:?} is no host such as `cdn.cosmicjs.com` or `cdn.example.com:8443`");
                return Err(ConfigError::new(message));
            }
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
