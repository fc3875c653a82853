//! The client: one place to price, generate and save, over whatever backends fill its slots.

mod call;
mod environment;
mod save;

use std::borrow::Borrow;
use std::path::Path;
use std::sync::Arc;

use cosmic_ai_core::{
    Call, Cost, Error, ErrorKind, ExtensionRequest, Generators, ImageRequest, ImageResponse, Media, MediaLibrary,
    Outcome, Reconciled, Registry, RequestRef, Search, SpeechRequest, SpeechResponse, TextRequest, TextResponse,
    TextStream, Unsupported, Upload, Usage, VideoRequest, VideoResponse,
};

pub use self::call::ClientCall;

/// Generates through the backends it was built with. Cheap to clone; clones share the backends.
///
/// Every method that generates mints an [operation id](cosmic_ai_core::OperationId) of its own, which every error
/// carries. To choose the id, add labels, a time limit or a progress callback, go through [`with`](Self::with).
///
/// Requests are validated by the client's registry before a backend sees them. Methods take a request by value or by
/// reference.
#[derive(Debug, Clone)]
pub struct Client {
    generators: Generators,
    registry: Arc<Registry>,
    #[cfg(feature = "pricing")]
    meter: Option<cosmic_ai_pricing::Meter>,
}

impl Client {
    /// A client over a backend, or over [`Generators`] gathered from several, with the built-in registry.
    pub fn new(generators: impl Into<Generators>) -> Self {
        Self::builder(generators).build()
    }

    /// A client to be configured, over a backend or over [`Generators`] gathered from several.
    pub fn builder(generators: impl Into<Generators>) -> ClientBuilder {
        ClientBuilder {
            generators: generators.into(),
            registry: None,
            #[cfg(feature = "pricing")]
            meter: None,
        }
    }

    /// The registry that requests are validated and priced by.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The backends.
    pub const fn generators(&self) -> &Generators {
        &self.generators
    }

    /// Prices a request. Sends nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](cosmic_ai_core::ErrorKind::Invalid) with all that is wrong with the request.
    #[cfg(feature = "pricing")]
    pub fn estimate<'a>(&self, request: impl Into<RequestRef<'a>>) -> Result<cosmic_ai_pricing::Estimate, Error> {
        self.estimator().estimate(request).map_err(Error::invalid)
    }

    /// The estimator behind [`estimate`](Self::estimate), to be told more: how many tokens the file at a `media_url` makes. With a
    /// meter it is the meter's, so that what is shown is what is held.
    #[cfg(feature = "pricing")]
    pub fn estimator(&self) -> cosmic_ai_pricing::Estimator<'_> {
        match &self.meter {
            Some(meter) => meter.estimator(),
            None => cosmic_ai_pricing::Estimator::new(&self.registry),
        }
    }

    /// The meter that every call goes through, if the client was built with one: to price and reserve plans, to list and
    /// resolve what may have been billed, to report.
    #[cfg(feature = "pricing")]
    pub const fn meter(&self) -> Option<&cosmic_ai_pricing::Meter> {
        self.meter.as_ref()
    }

    /// What a call with this request is charged, given the usage of its response; see [`Registry::cost`].
    pub fn cost<'a>(&self, request: impl Into<RequestRef<'a>>, usage: Option<&Usage>) -> Cost {
        self.registry.cost(request, usage)
    }

    /// One call under circumstances of your own.
    ///
    /// ```
    /// # use cosmic_ai::{Call, Client, Error, TextRequest};
    /// # async fn show(client: Client) -> Result<(), Error> {
    /// let call = Call::new().with_label("project", "spring");
    /// let answer = client.with(call).generate_text(TextRequest::new("Hello")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub const fn with(&self, call: Call) -> ClientCall<'_> {
        ClientCall { client: self, call }
    }

    /// Generates a whole answer.
    ///
    /// # Errors
    /// Any [`Error`]; its [`outcome`](Error::outcome) says whether the request left and whether it may have been
    /// billed.
    pub async fn generate_text(&self, request: impl Borrow<TextRequest> + Send) -> Result<TextResponse, Error> {
        self.with(Call::new()).generate_text(request).await
    }

    /// Generates an answer and hands it over as it is written. Dropping the stream cancels it.
    ///
    /// # Errors
    /// Any [`Error`] that comes before the first part of the answer; a later one is the stream's last item and carries
    /// the text and usage so far.
    pub async fn stream_text(&self, request: impl Borrow<TextRequest> + Send) -> Result<TextStream, Error> {
        self.with(Call::new()).stream_text(request).await
    }

    /// Generates one image.
    ///
    /// # Errors
    /// Any [`Error`]; its [`outcome`](Error::outcome) says whether the request left and whether it may have been
    /// billed.
    pub async fn generate_image(&self, request: impl Borrow<ImageRequest> + Send) -> Result<ImageResponse, Error> {
        self.with(Call::new()).generate_image(request).await
    }

    /// Generates one clip. Waits until it is ready, usually for minutes.
    ///
    /// # Errors
    /// Any [`Error`]; its [`outcome`](Error::outcome) says whether the request left and whether it may have been
    /// billed.
    pub async fn generate_video(&self, request: impl Borrow<VideoRequest> + Send) -> Result<VideoResponse, Error> {
        self.with(Call::new()).generate_video(request).await
    }

    /// Makes a new clip that continues from the last second of an earlier one.
    ///
    /// # Errors
    /// Any [`Error`]; its [`outcome`](Error::outcome) says whether the request left and whether it may have been
    /// billed.
    pub async fn extend_video(&self, request: impl Borrow<ExtensionRequest> + Send) -> Result<VideoResponse, Error> {
        self.with(Call::new()).extend_video(request).await
    }

    /// Speaks a text of any length.
    ///
    /// # Errors
    /// Any [`Error`]; its [`outcome`](Error::outcome) says whether the request left and whether it may have been
    /// billed.
    pub async fn generate_speech(&self, request: impl Borrow<SpeechRequest> + Send) -> Result<SpeechResponse, Error> {
        self.with(Call::new()).generate_speech(request).await
    }

    /// Looks into the media library for the result of a call whose outcome is unknown. Costs nothing. Do this before you
    /// send such a call again.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] without a media library; otherwise that of the library, and then nothing is known yet.
    pub async fn reconcile(&self, search: &Search) -> Result<Reconciled, Error> {
        cosmic_ai_core::reconcile(self.library("reconcile")?, search).await
    }

    /// Stores a file of yours in the media library, so that its URL can be a reference image, a first frame or a
    /// `media_url`. Costs no tokens.
    ///
    /// ```
    /// # use cosmic_ai::{Client, Error, Upload, VideoRequest};
    /// # async fn show(client: Client, bytes: Vec<u8>) -> Result<(), Error> {
    /// let picture = client.upload(Upload::new("mug.png", "image/png", bytes)).await?;
    /// let film = VideoRequest::new("The mug turns").with_first_frame(picture.url);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] without a media library; otherwise that of the library.
    pub async fn upload(&self, upload: Upload) -> Result<Media, Error> {
        self.library("upload")?.put(upload).await
    }

    /// The media library, for `operation`.
    fn library(&self, operation: &'static str) -> Result<&dyn MediaLibrary, Error> {
        self.generators.library.as_deref().ok_or_else(|| {
            let advice = "the client has no media library; build it with one";
            Error::new(ErrorKind::Unsupported(Unsupported::new(operation, advice)), Outcome::NotSent)
        })
    }

    /// Saves the bytes of a medium to a file, whole or not at all: they go to a temporary file beside it, which is
    /// synced and then takes the name, replacing what was there. A file that is replaced keeps its permissions on Unix.
    /// Dropping the future leaves nothing behind.
    ///
    /// Needs a tokio runtime.
    ///
    /// # Errors
    /// [`ErrorKind::File`](cosmic_ai_core::ErrorKind::File) if the file cannot be written;
    /// [`ErrorKind::Interrupted`](cosmic_ai_core::ErrorKind::Interrupted) if fewer bytes came than the medium has;
    /// [`ErrorKind::Unsupported`](cosmic_ai_core::ErrorKind::Unsupported) without a media library; otherwise that of the
    /// library. Each carries the medium's id, and none costs tokens.
    pub async fn save(&self, media: &Media, path: impl AsRef<Path> + Send) -> Result<(), Error> {
        let library = self.library("save").map_err(|error| error.with_media_id(media.id.clone()))?;
        save::save(library, media, path.as_ref()).await
    }
}

/// Configures a [`Client`].
#[derive(Debug, Clone)]
#[must_use = "call `build` to have the client"]
pub struct ClientBuilder {
    generators: Generators,
    registry: Option<Arc<Registry>>,
    #[cfg(feature = "pricing")]
    meter: Option<cosmic_ai_pricing::Meter>,
}

impl ClientBuilder {
    /// Sets the registry to validate and price by; the built-in one by default. A backend that has a registry of its own
    /// should be given the same.
    pub fn with_registry(mut self, registry: impl Into<Arc<Registry>>) -> Self {
        self.registry = Some(registry.into());
        self
    }

    /// Has every call estimated, held in a ledger, admitted under budgets and settled.
    ///
    /// ```
    /// # #[cfg(feature = "mock")]
    /// # {
    /// use cosmic_ai::mock::MockBackend;
    /// use cosmic_ai::pricing::ledger::MemoryLedger;
    /// use cosmic_ai::pricing::{Budget, Meter};
    /// use cosmic_ai::{Client, Tokens};
    ///
    /// let meter = Meter::new(MemoryLedger::new()).with_budget(Budget::monthly(Tokens(5_000_000)));
    /// let client = Client::builder(MockBackend::new()).with_meter(meter).build();
    /// # }
    /// ```
    ///
    /// A registry that is set here is the meter's too; otherwise the client takes the meter's.
    #[cfg(feature = "pricing")]
    pub fn with_meter(mut self, meter: cosmic_ai_pricing::Meter) -> Self {
        self.meter = Some(meter);
        self
    }

    /// The client.
    #[cfg(feature = "pricing")]
    pub fn build(self) -> Client {
        let Self { generators, registry, meter } = self;
        let registry = registry
            .or_else(|| meter.as_ref().map(|meter| meter.registry().clone()))
            .unwrap_or_else(|| Arc::new(Registry::built_in().clone()));
        let meter = meter.map(|meter| meter.with_registry(registry.clone()));
        let generators = match &meter {
            Some(meter) => meter.wrap(generators),
            None => generators,
        };
        Client { generators, registry, meter }
    }

    /// The client.
    #[cfg(not(feature = "pricing"))]
    pub fn build(self) -> Client {
        let registry = self.registry.unwrap_or_else(|| Arc::new(Registry::built_in().clone()));
        Client { generators: self.generators, registry }
    }
}
