//! Where the API is, which bucket and keys, how long to wait, how much to take.

mod environment;
mod keys;
mod timeouts;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cosmic_ai_core::{Error, ErrorKind, OPERATION_ID_KEY, Outcome, Registry};
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

pub(crate) use self::environment::without_password;
pub use self::environment::{Environment, Variables};
pub(crate) use self::keys::Keys;
pub use self::timeouts::Timeouts;
use crate::backend::HttpBackend;
use crate::retry::RetryPolicy;

/// How large an answer may be that is read whole, in bytes after decompression, unless configured: 32 MiB.
const BODY_LIMIT: usize = 32 << 20;

/// Configures an [`HttpBackend`].
///
/// ```
/// use std::time::Duration;
/// use cosmic_ai_http::{HttpBackend, RetryPolicy};
///
/// let backend = HttpBackend::builder("my-bucket", "the-write-key")
///     .with_read_key("the-read-key")
///     .with_retry(RetryPolicy::never())
///     .with_calls_in_flight(8)
///     .build()?;
/// # Ok::<(), cosmic_ai_core::Error>(())
/// ```
#[must_use = "call `build` to have the backend"]
pub struct HttpBackendBuilder {
    bucket: String,
    keys: Keys,
    environment: Environment,
    registry: Option<Arc<Registry>>,
    client: Option<reqwest::ClientBuilder>,
    proxy: Option<String>,
    headers: Vec<(String, String)>,
    user_agent: Option<String>,
    retry: RetryPolicy,
    timeouts: Option<Timeouts>,
    transfer_limit: Option<Duration>,
    calls_in_flight: Option<usize>,
    event_limit: usize,
    body_limit: usize,
    operation_key: Option<String>,
    traces_prompts: bool,
}

/// What the backend works with, checked.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) keys: Keys,
    pub(crate) registry: Arc<Registry>,
    /// `{base}/buckets/{slug}/`, for AI calls and uploads.
    pub(crate) work_url: Url,
    /// `{api}/buckets/{slug}/`, for reads and deletes.
    pub(crate) read_url: Url,
    pub(crate) retry: RetryPolicy,
    pub(crate) timeouts: Option<Timeouts>,
    /// The whole time of an upload or a download.
    pub(crate) transfer_limit: Duration,
    pub(crate) calls_in_flight: Option<usize>,
    pub(crate) event_limit: usize,
    pub(crate) body_limit: usize,
    pub(crate) operation_key: Option<String>,
    pub(crate) traces_prompts: bool,
}

impl HttpBackendBuilder {
    pub(crate) fn new(bucket: String, write_key: String) -> Self {
        Self {
            bucket,
            keys: Keys::new(write_key),
            environment: Environment::production(),
            registry: None,
            client: None,
            proxy: None,
            headers: Vec::new(),
            user_agent: None,
            retry: RetryPolicy::default(),
            timeouts: None,
            transfer_limit: None,
            calls_in_flight: None,
            event_limit: crate::sse::DEFAULT_EVENT_LIMIT,
            body_limit: BODY_LIMIT,
            operation_key: Some(OPERATION_ID_KEY.to_owned()),
            traces_prompts: false,
        }
    }

    /// Sets the key for reading the media library. Without it, [`MediaLibrary`](cosmic_ai_core::MediaLibrary) methods
    /// that read answer with a configuration error; generating does not need it.
    pub fn with_read_key(mut self, key: impl Into<String>) -> Self {
        self.keys = self.keys.with_read_key(key.into());
        self
    }

    /// Sets where the API is; production by default.
    pub fn with_environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Sets the registry to validate by; the built-in one by default.
    pub fn with_registry(mut self, registry: impl Into<Arc<Registry>>) -> Self {
        self.registry = Some(registry.into());
        self
    }

    /// Sends through a client that is set up by you: its TLS, DNS, pool and all else. [`HttpBackend::client_builder`] is
    /// a good start. What must not be on for paid calls is turned off whatever it says: automatic resends, redirects and
    /// the `Referer` header. A proxy, user agent or time limits that are set on this builder are set on the client too.
    ///
    /// A limit for whole requests ([`timeout`](reqwest::ClientBuilder::timeout)) would cut streams and transfers.
    pub fn with_client_builder(mut self, client: reqwest::ClientBuilder) -> Self {
        self.client = Some(client);
        self
    }

    /// Sends through a proxy, given by its URL. By default the system's proxy variables are followed.
    pub fn with_proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Adds a header to every request to the API. Its value is never shown.
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the user agent; `cosmic-ai-rust/VERSION` by default.
    pub fn with_user_agent(mut self, agent: impl Into<String>) -> Self {
        self.user_agent = Some(agent.into());
        self
    }

    /// Sets what is sent again and when; see [`RetryPolicy`].
    pub fn with_retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the time limits of all calls; by default they depend on what is generated, see [`Timeouts`].
    pub fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = Some(timeouts);
        self
    }

    /// Sets the limit for the whole of an upload or a download; 30 minutes by default. Transfers do not follow
    /// [`with_timeouts`](Self::with_timeouts) but in the limits to connect and between two parts; see [`Timeouts`].
    pub fn with_transfer_limit(mut self, limit: Duration) -> Self {
        self.transfer_limit = Some(limit);
        self
    }

    /// Bounds how many paid calls are under way at once, at least 1; further ones wait, unsent. Unbounded by default.
    pub fn with_calls_in_flight(mut self, calls: usize) -> Self {
        self.calls_in_flight = Some(calls.max(1));
        self
    }

    /// Bounds one event of a stream of text, in bytes; 8 MiB by default.
    pub fn with_event_limit(mut self, bytes: usize) -> Self {
        self.event_limit = bytes;
        self
    }

    /// Bounds an answer that is read whole, in bytes after decompression; 32 MiB by default. The bytes of media are not
    /// bounded: they are streamed.
    pub fn with_body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Sets the metadata key that media carry the operation id under; [`OPERATION_ID_KEY`] by default. Media that are
    /// read carry the id under that one as well, so that everything finds it.
    pub fn with_operation_key(mut self, key: impl Into<String>) -> Self {
        self.operation_key = Some(key.into());
        self
    }

    /// Leaves the operation id out of media, which gives up finding lost media by it.
    pub fn without_operation_key(mut self) -> Self {
        self.operation_key = None;
        self
    }

    /// Lets spans of `tracing` contain prompts. Off by default.
    pub fn with_prompts_in_traces(mut self) -> Self {
        self.traces_prompts = true;
        self
    }

    /// The backend.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`], naming what is wrong: an empty bucket or key, a URL that is not http(s) or holds a user
    /// name, a header or key with characters that no header can have.
    pub fn build(self) -> Result<HttpBackend, Error> {
        if self.bucket.trim().is_empty() {
            return Err(configuration("the bucket slug is empty; set COSMIC_BUCKET_SLUG or pass it to the builder"));
        }
        if matches!(self.bucket.as_str(), "." | "..") {
            return Err(configuration("the bucket slug is no name of a bucket"));
        }
        self.keys.check()?;
        let work_url = Environment::bucket_url(self.environment.work_url(), &self.bucket)?;
        let read_url = Environment::bucket_url(self.environment.read_url(), &self.bucket)?;
        let headers = header_map(&self.headers)?;
        let client = client(self.client, self.proxy.as_deref(), self.user_agent.as_deref(), self.timeouts)?;
        let config = Config {
            keys: self.keys,
            registry: self.registry.unwrap_or_else(|| Arc::new(Registry::built_in().clone())),
            work_url,
            read_url,
            retry: self.retry,
            timeouts: self.timeouts,
            transfer_limit: self.transfer_limit.unwrap_or(timeouts::TRANSFER),
            calls_in_flight: self.calls_in_flight,
            event_limit: self.event_limit,
            body_limit: self.body_limit,
            operation_key: self.operation_key,
            traces_prompts: self.traces_prompts,
        };
        HttpBackend::assemble(client, headers, config)
    }
}

/// Without keys, the values of headers, and what a URL of a proxy may hold.
impl fmt::Debug for HttpBackendBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("HttpBackendBuilder")
            .field("bucket", &self.bucket)
            .field("environment", &self.environment)
            .field("has_own_client", &self.client.is_some())
            .field("has_proxy", &self.proxy.is_some())
            .field("headers", &headers)
            .field("retry", &self.retry)
            .field("timeouts", &self.timeouts)
            .field("transfer_limit", &self.transfer_limit)
            .field("calls_in_flight", &self.calls_in_flight)
            .finish_non_exhaustive()
    }
}

/// The client to send through, on which what must not happen to a paid call is off, whoever set it up.
fn client(
    own: Option<reqwest::ClientBuilder>,
    proxy: Option<&str>,
    user_agent: Option<&str>,
    timeouts: Option<Timeouts>,
) -> Result<reqwest::Client, Error> {
    let mut builder = own.unwrap_or_else(HttpBackend::client_builder);
    if let Some(timeouts) = timeouts {
        builder = builder.connect_timeout(timeouts.connect);
    }
    if let Some(agent) = user_agent {
        let agent = HeaderValue::from_str(agent).map_err(|_| configuration("the user agent is no header value"))?;
        builder = builder.user_agent(agent);
    }
    if let Some(url) = proxy {
        // The URL may hold a password, so the error does not repeat it.
        builder = builder.proxy(reqwest::Proxy::all(url).map_err(|_| configuration("the proxy is no URL"))?);
    }
    // Last, so that nothing above turns them on.
    let builder = builder.retry(reqwest::retry::never()).redirect(reqwest::redirect::Policy::none()).referer(false);
    builder.build().map_err(|error| configuration("the HTTP client cannot be set up").with_source(error.without_url()))
}

fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, Error> {
    let mut map = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let wrong = || configuration(format!("the header `{name}` cannot be sent"));
        let name = HeaderName::try_from(name.as_str()).map_err(|_| wrong())?;
        let mut value = HeaderValue::from_str(value).map_err(|_| wrong())?;
        value.set_sensitive(true);
        map.append(name, value);
    }
    Ok(map)
}

/// A setting is missing or wrong, so nothing was sent.
pub(crate) fn configuration(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration { message: message.into() }, Outcome::NotSent)
}
