//! Where the API is, by name or by URL, and how variables of the environment say so.

use std::fmt;

use cosmic_ai_core::Error;
use reqwest::Url;

use super::{HttpBackendBuilder, configuration};

const PRODUCTION_WORK: &str = "https://workers.cosmicjs.com/v3";
const PRODUCTION_READ: &str = "https://api.cosmicjs.com/v3";
const STAGING_WORK: &str = "https://workers.cosmic-staging.com/v3";
const STAGING_READ: &str = "https://api.cosmic-staging.com/v3";

/// The two base URLs of the API: one for AI calls and uploads, one for reads.
#[derive(Clone, PartialEq, Eq)]
pub struct Environment {
    work: String,
    read: String,
}

impl Environment {
    /// The production service.
    pub fn production() -> Self {
        Self { work: PRODUCTION_WORK.to_owned(), read: PRODUCTION_READ.to_owned() }
    }

    /// The staging service.
    pub fn staging() -> Self {
        Self { work: STAGING_WORK.to_owned(), read: STAGING_READ.to_owned() }
    }

    /// A service of your own, such as a local server: `work` for AI calls and uploads, `read` for reads, both with the
    /// version in their path, as in `http://127.0.0.1:4010/v3`.
    pub fn custom(work: impl Into<String>, read: impl Into<String>) -> Self {
        Self { work: work.into(), read: read.into() }
    }

    /// The base URL of AI calls and uploads.
    pub fn work_url(&self) -> &str {
        &self.work
    }

    /// The base URL of reads.
    pub fn read_url(&self) -> &str {
        &self.read
    }

    /// `{base}/buckets/{slug}/`, ready to be joined.
    pub(super) fn bucket_url(base: &str, slug: &str) -> Result<Url, Error> {
        // A URL may hold a password, so errors do not repeat it.
        let wrong = |which: &str| configuration(format!("the base URL {which}"));
        let mut url = Url::parse(base).map_err(|_| wrong("is not a URL, such as https://workers.cosmicjs.com/v3"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("must begin with http:// or https://"));
        }
        // It would be sent in place of the key.
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("must not hold a user name or password"));
        }
        let mut segments = url.path_segments_mut().map_err(|()| wrong("cannot have a path"))?;
        segments.pop_if_empty().extend(["buckets", slug, ""]);
        drop(segments);
        Ok(url)
    }
}

/// Without user names and passwords.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |url: &str| Url::parse(url).map_or_else(|_| "(no URL)".to_owned(), |url| without_password(&url));
        f.debug_struct("Environment").field("work", &shown(&self.work)).field("read", &shown(&self.read)).finish()
    }
}

/// The address as it may be shown.
pub(crate) fn without_password(url: &Url) -> String {
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

impl Default for Environment {
    fn default() -> Self {
        Self::production()
    }
}

/// Where the reads of one of Cosmic's own hosts for AI calls go.
fn reads_of(work: &str) -> Option<String> {
    let mut url = Url::parse(work.trim()).ok()?;
    let host = match url.host_str()?.trim_end_matches('.') {
        "workers.cosmicjs.com" => "api.cosmicjs.com",
        "workers.cosmic-staging.com" => "api.cosmic-staging.com",
        _ => return None,
    };
    url.set_host(Some(host)).ok()?;
    Some(url.into())
}

/// Reads settings by name: the process's environment, or something in its place.
pub trait Variables {
    /// The value of a variable; `None` if it is not set or empty.
    fn value(&self, name: &str) -> Option<String>;
}

impl<F: Fn(&str) -> Option<String>> Variables for F {
    fn value(&self, name: &str) -> Option<String> {
        self(name)
    }
}

impl HttpBackendBuilder {
    /// A builder set up from the process's environment; see [`from_variables`](Self::from_variables).
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](cosmic_ai_core::ErrorKind::Configuration), naming every missing variable at once.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(&|name: &str| std::env::var(name).ok())
    }

    /// A builder set up from variables:
    ///
    /// | variable | |
    /// |---|---|
    /// | `COSMIC_BUCKET_SLUG` | required |
    /// | `COSMIC_WRITE_KEY` | required |
    /// | `COSMIC_READ_KEY` | for reading the media library |
    /// | `COSMIC_API_ENV` | `production` (default) or `staging` |
    /// | `COSMIC_BASE_URL`, else `COSMIC_WORKERS_URL` | URL of AI calls and uploads, with the version |
    /// | `COSMIC_API_URL` | URL of reads, with the version |
    ///
    /// If only `COSMIC_BASE_URL` is set, reads go there too: a local server answers both. Cosmic's own hosts do not, so
    /// where either URL of AI calls names one of those, reads go to the host that belongs to it.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](cosmic_ai_core::ErrorKind::Configuration), naming every missing variable at once.
    pub fn from_variables(variables: &impl Variables) -> Result<Self, Error> {
        let value = |name: &str| variables.value(name).filter(|value| !value.trim().is_empty());
        let (slug, write) = match (value("COSMIC_BUCKET_SLUG"), value("COSMIC_WRITE_KEY")) {
            (Some(slug), Some(write)) => (slug, write),
            (slug, write) => {
                let missing = [("COSMIC_BUCKET_SLUG", slug.is_none()), ("COSMIC_WRITE_KEY", write.is_none())];
                let names: Vec<&str> = missing.iter().filter(|(_, missing)| *missing).map(|(name, _)| *name).collect();
                return Err(configuration(format!("{} must be set in the environment", names.join(" and "))));
            }
        };
        let named = match value("COSMIC_API_ENV").as_deref() {
            None | Some("production") => Environment::production(),
            Some("staging") => Environment::staging(),
            Some(other) => {
                let message = format!("COSMIC_API_ENV `{other}` is not an environment (allowed: production, staging)");
                return Err(configuration(message));
            }
        };
        let base = value("COSMIC_BASE_URL");
        let work = base.clone().or_else(|| value("COSMIC_WORKERS_URL"));
        let read = value("COSMIC_API_URL").or_else(|| work.as_deref().and_then(reads_of)).or(base);
        let environment = Environment { work: work.unwrap_or(named.work), read: read.unwrap_or(named.read) };
        let builder = Self::new(slug, write).with_environment(environment);
        Ok(match value("COSMIC_READ_KEY") {
            Some(key) => builder.with_read_key(key),
            None => builder,
        })
    }
}
