//! A gateway's own copies of the media that it had made.
//!
//! In reading order: [`Keeper`] makes a copy; `turns` sees that nobody else makes the same one meanwhile; `host` says where from;
//! `fetch` asks for the bytes and follows redirects, each of which is checked; `arriving` counts them as they come; [`Copied`] is
//! the service's library as it is shown, with the URLs of copies.
//!
//! The list of hosts is the whole of the trust: a name on it may lead to any address. Nothing of the gateway goes along: no key,
//! no cookie, no referrer, and no proxy of the environment, which would look up names by itself.

mod arriving;
mod copied;
mod fetch;
mod host;
#[cfg(test)]
mod tests;
mod turns;

use std::fmt;
use std::time::Duration;

use cosmic_ai::{ByteStream, Media, MediaLibrary as _};
use reqwest::redirect::Policy;

use self::arriving::Arriving;
pub(crate) use self::copied::Copied;
pub(crate) use self::host::Host;
use self::turns::Turns;
use crate::app::App;
use crate::bucket::Bucket;
use crate::config::{ConfigError, KeepConfig};
use crate::library::BucketLibrary;

/// What the URL of an original is called beside that of its copy.
pub(crate) const ORIGIN_URL: &str = "origin_url";
/// How long a connection may take.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// How long an answer, or the next part of it, may take.
const IDLE_TIME: Duration = Duration::from_secs(30);

/// Makes copies, from the hosts of a list only.
#[derive(Debug)]
pub(crate) struct Keeper {
    client: reqwest::Client,
    hosts: Vec<Host>,
    most_bytes: u64,
    /// How long one copy may take in all.
    time: Duration,
    turns: Turns,
}

impl Keeper {
    /// Who makes copies as a configuration says, whose limits it has [checked](crate::Config::check) itself.
    pub(crate) fn new(config: &KeepConfig) -> Result<Self, ConfigError> {
        let hosts = config.hosts.iter().map(|host| Host::read(host)).collect::<Result<_, _>>()?;
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            // What is stored is what the service has, byte by byte.
            .gzip(false)
            .connect_timeout(CONNECT_TIME.min(config.time))
            .read_timeout(IDLE_TIME.min(config.time))
            .user_agent(concat!("cosmic-ai-server/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| ConfigError::new(format!("keep: no HTTP client can be made: {error}")))?;
        Ok(Self { client, hosts, most_bytes: config.most_bytes, time: config.time, turns: Turns::default() })
    }

    /// Copies a medium into a library, unless there is a copy already, and gives it with the URLs of the copy and the service's
    /// own as `origin_url`. Whatever fails, it is given as it was, and the log says why: what is paid for is never lost over a copy.
    pub(crate) async fn keep(&self, library: &BucketLibrary, media: Media) -> Media {
        let copied = tokio::time::timeout(self.time, self.only_copy(library, &media)).await;
        let problem = match copied {
            Ok(Ok(copy)) => return with_copy(media, copy),
            Ok(Err(problem)) => problem,
            Err(_) => NotKept::new(format!("it took longer than {:?}", self.time)),
        };
        // Not its URL, which may be signed. What the service says of itself is quoted, lest it write lines of its own.
        tracing::warn!(media = ?media.id.as_str(), %problem, "no copy was kept: the medium is where the service has it");
        media
    }

    /// The copy that there is, or else a new one. One at a time for each medium: a second copy would end the URL of the first,
    /// which may have been given out.
    async fn only_copy(&self, library: &BucketLibrary, media: &Media) -> Result<Media, NotKept> {
        let place = self.turns.place(&media.id);
        let _turn = place.turn().await;
        match library.get(&media.id).await {
            Ok(copy) => Ok(copy),
            Err(error) if copied::is_missing(&error) => self.copy(library, media).await,
            Err(error) => Err(NotKept::new(error.to_string())),
        }
    }

    async fn copy(&self, library: &BucketLibrary, media: &Media) -> Result<Media, NotKept> {
        let response = self.fetch(&media.url).await?;
        let body = Arriving::of(response, media.size, self.most_bytes)?;
        let stored = library.keep(media.clone(), ByteStream::new(body), self.most_bytes).await;
        stored.map_err(|error| NotKept::new(error.to_string()))
    }
}

/// A medium, copied here if that is wished and it is not yet. A stop that has no more time goes without the copy.
pub(crate) async fn kept(app: &App, bucket: &Bucket, media: Media) -> Media {
    let (Some(keeper), Some(copies)) = (&app.keep, &bucket.copies) else { return media };
    if media.extra.contains_key(ORIGIN_URL) {
        return media;
    }
    tokio::select! {
        kept = keeper.keep(copies, media.clone()) => kept,
        () = app.cutting.cancelled() => media,
    }
}

/// The service's medium, with its bytes here.
fn with_copy(mut media: Media, copy: Media) -> Media {
    let origin = std::mem::replace(&mut media.url, copy.url);
    media.imgix_url = copy.imgix_url;
    media.extra.insert(ORIGIN_URL.to_owned(), origin.into());
    media
}

/// Why there is no copy. Never a URL or a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
struct NotKept(String);

impl NotKept {
    fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }

    /// A fault on the way, without the URL that it would name.
    fn broken(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let mut words = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            words = format!("{words}: {error}");
            cause = error.source();
        }
        Self(words)
    }
}

impl fmt::Display for NotKept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
