//! The Cosmic AI API as a backend.

mod generate;
mod media;
mod observe;
mod text;

pub(crate) use self::generate::bounded;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cosmic_ai_core::{Call, Canonical, Error, Generators, RequestRef};
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use std::borrow::Cow;
use tokio::sync::Semaphore;

use crate::config::{Config, HttpBackendBuilder, Variables, configuration, without_password};
use crate::transport::Transport;

/// How long an idle connection is kept for another call. Short: a connection that the service has closed meanwhile fails
/// after the request was written, and then nobody knows whether it was billed.
const POOL_IDLE: Duration = Duration::from_secs(15);
/// How long a connection may take to be made, unless configured.
const CONNECT: Duration = Duration::from_secs(10);

/// The Cosmic AI API over HTTP. Cheap to clone; clones share connections, limits and the retry quota.
///
/// Every method validates before anything is sent, sends a paid request at most once unless nothing was billed, and says
/// in each error whether the request left and whether it may have been billed. What was generated is in the bucket's
/// media library, which this is as well: see [`MediaLibrary`](cosmic_ai_core::MediaLibrary).
#[derive(Clone)]
pub struct HttpBackend {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) transport: Transport,
    pub(crate) config: Arc<Config>,
    urls: Urls,
}

/// The addresses of the AI calls.
struct Urls {
    text: Url,
    image: Url,
    video: Url,
    extend: Url,
    audio: Url,
}

impl HttpBackend {
    /// A backend for a bucket and its write key, to be configured.
    pub fn builder(bucket_slug: impl Into<String>, write_key: impl Into<String>) -> HttpBackendBuilder {
        HttpBackendBuilder::new(bucket_slug.into(), write_key.into())
    }

    /// A backend set up from the process's environment; see [`HttpBackendBuilder::from_variables`].
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](cosmic_ai_core::ErrorKind::Configuration), naming every missing variable at once.
    pub fn from_env() -> Result<Self, Error> {
        HttpBackendBuilder::from_env()?.build()
    }

    /// A backend set up from settings in place of the environment; see [`HttpBackendBuilder::from_variables`].
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn from_variables(variables: &impl Variables) -> Result<Self, Error> {
        HttpBackendBuilder::from_variables(variables)?.build()
    }

    /// The HTTP client that paid calls need, to go on from with
    /// [`with_client_builder`](HttpBackendBuilder::with_client_builder): no automatic resends, no redirects, short-lived
    /// idle connections, 10 seconds to connect.
    pub fn client_builder() -> reqwest::ClientBuilder {
        reqwest::Client::builder()
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .user_agent(concat!("cosmic-ai-rust/", env!("CARGO_PKG_VERSION")))
            .pool_idle_timeout(POOL_IDLE)
            .connect_timeout(CONNECT)
            .tcp_nodelay(true)
    }

    pub(crate) fn assemble(client: reqwest::Client, own_headers: HeaderMap, config: Config) -> Result<Self, Error> {
        let at = |path: &str| config.work_url.join(path).map_err(|_| configuration("the base URL takes no path"));
        let urls = Urls {
            text: at("ai/text")?,
            image: at("ai/image")?,
            video: at("ai/video")?,
            extend: at("ai/video/extend")?,
            audio: at("ai/audio")?,
        };
        let mut headers = own_headers.clone();
        headers.insert(AUTHORIZATION, config.keys.authorization()?);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let config = Arc::new(config);
        let permits = config.calls_in_flight.map(|calls| Arc::new(Semaphore::new(calls)));
        let transport = Transport { client, headers, own_headers, permits, config: config.clone() };
        Ok(Self { inner: Arc::new(Inner { transport, config, urls }) })
    }

    /// The request in the form that is sent, or all that is wrong with it.
    fn accept<'r, R: Canonical>(&self, call: &Call, request: &'r R) -> Result<Cow<'r, R>, Error>
    where
        &'r R: Into<RequestRef<'r>>,
    {
        let checked = self.inner.config.registry.canonical(request);
        checked.map_err(|problems| Error::invalid(problems).with_operation_id(call.operation_id()))
    }
}

/// A request as it goes over the wire.
fn body(request: &impl serde::Serialize) -> Result<Bytes, Error> {
    let body = serde_json::to_vec(request);
    body.map(Bytes::from).map_err(|error| configuration("the request cannot be written as JSON").with_source(error))
}

impl fmt::Debug for HttpBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let config = &self.inner.config;
        f.debug_struct("HttpBackend")
            .field("work_url", &without_password(&config.work_url))
            .field("read_url", &without_password(&config.read_url))
            .field("retry", &config.retry)
            .finish_non_exhaustive()
    }
}

impl From<HttpBackend> for Generators {
    fn from(backend: HttpBackend) -> Self {
        Self::all(Arc::new(backend))
    }
}
