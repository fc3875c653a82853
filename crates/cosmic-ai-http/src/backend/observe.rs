//! Spans of calls, and the observation of streams until their end.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use cosmic_ai_core::cost::text_charge;
use cosmic_ai_core::registry::Spec;
use cosmic_ai_core::{
    Call, Error, ErrorKind, Multiplier, Outcome, Progress, Rejection, RequestRef, TextEvent, TokensUsedUp, Usage,
};
use futures_core::Stream;
use tokio::sync::OwnedSemaphorePermit;
use tracing::Span;

use crate::config::Config;

/// Watches one call: its span, its end, and what its outcome is at least.
pub(super) struct Observer {
    span: Span,
    /// Where someone watches it.
    call: Option<Call>,
    started: Instant,
    /// Of a text model: what usage is multiplied by.
    multiplier: Option<Multiplier>,
    config: Arc<Config>,
}

impl Observer {
    pub(super) fn start(config: &Arc<Config>, call: &Call, request: RequestRef<'_>) -> Self {
        let registry = &config.registry;
        let model = match request.model() {
            Some(named) => registry.find(named.as_str()),
            None => registry.default_model(request.modality()),
        };
        let multiplier = model.and_then(|model| match &model.spec {
            Spec::Text(spec) => Some(spec.tier.multiplier),
            _ => None,
        });
        let named = request.model().map_or_else(|| model.map_or("", |model| model.id.as_str()), |named| named.as_str());
        let span = tracing::info_span!(
            "gen_ai.call",
            gen_ai.provider.name = "cosmic",
            gen_ai.operation.name = operation(request),
            gen_ai.output.type = request.modality().as_str(),
            gen_ai.request.model = named,
            gen_ai.usage.input_tokens = tracing::field::Empty,
            gen_ai.usage.output_tokens = tracing::field::Empty,
            gen_ai.input.messages = tracing::field::Empty,
            http.response.status_code = tracing::field::Empty,
            cosmic_ai.operation_id = call.operation_id().as_str(),
            cosmic_ai.attempt = tracing::field::Empty,
            cosmic_ai.duration_ms = tracing::field::Empty,
            error.type = tracing::field::Empty,
        );
        if config.traces_prompts && !span.is_disabled() {
            span.record("gen_ai.input.messages", prompt(request));
        }
        Self {
            span,
            call: call.is_watched().then(|| call.clone()),
            started: Instant::now(),
            multiplier,
            config: config.clone(),
        }
    }

    pub(super) const fn span(&self) -> &Span {
        &self.span
    }

    /// The answer has begun.
    pub(super) fn answered(&self, status: u16, attempt: u32) {
        self.span.record("http.response.status_code", status);
        self.span.record("cosmic_ai.attempt", attempt);
    }

    /// The call has ended.
    pub(super) fn finish<T>(
        &self,
        result: Result<T, Error>,
        usage: impl FnOnce(&T) -> Option<Usage>,
    ) -> Result<T, Error> {
        match result {
            Ok(response) => {
                self.ended(usage(&response), None);
                Ok(response)
            }
            Err(error) => {
                let usage = error.usage();
                let error = self.at_least(error, usage);
                self.ended(usage, Some(&error));
                Err(error)
            }
        }
    }

    fn ended(&self, usage: Option<Usage>, error: Option<&Error>) {
        let elapsed = self.started.elapsed();
        if let Some(usage) = usage {
            self.span.record("gen_ai.usage.input_tokens", usage.input_tokens.get());
            self.span.record("gen_ai.usage.output_tokens", usage.output_tokens.get());
        }
        self.span.record("cosmic_ai.duration_ms", u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX));
        match error {
            None => {
                if let Some(call) = &self.call {
                    call.report(&Progress::Done { elapsed });
                }
            }
            Some(error) => {
                self.span.record("error.type", error.kind().name());
                if let Some(status) = error.status() {
                    self.span.record("http.response.status_code", status);
                }
            }
        }
    }

    /// The error of a stream, unless it repeats a key that the service has sent back; then without its words.
    fn without_keys(&self, error: Error) -> Error {
        if !self.config.keys.are_in(&format!("{error:?}")) {
            return error;
        }
        let message = "a message that repeats a key and is not shown".to_owned();
        let hidden = Rejection::new(&message);
        let kind = match error.kind() {
            ErrorKind::Credentials(_) => ErrorKind::Credentials(hidden),
            ErrorKind::TokensUsedUp(_) => ErrorKind::TokensUsedUp(TokensUsedUp::new(hidden)),
            ErrorKind::NotFound(_) => ErrorKind::NotFound(hidden),
            ErrorKind::RateLimited(_) => ErrorKind::RateLimited(hidden),
            ErrorKind::ContentPolicy(_) => ErrorKind::ContentPolicy(hidden),
            ErrorKind::Refused(_) => ErrorKind::Refused(hidden),
            ErrorKind::Server(_) => ErrorKind::Server(hidden),
            _ => ErrorKind::Decode { message },
        };
        let shown = Error::new(kind, error.outcome());
        match error.status() {
            Some(status) => shown.with_status(status),
            None => shown,
        }
    }

    /// The error with what was billed at least, as far as usage was reported.
    fn at_least(&self, error: Error, usage: Option<Usage>) -> Error {
        let charge = usage.zip(self.multiplier).and_then(|(usage, multiplier)| text_charge(&usage, multiplier));
        match charge {
            Some(at_least) if error.outcome().is_unknown() => error.with_outcome(Outcome::Unknown { at_least }),
            _ => error,
        }
    }
}

/// A stream of events, watched until it ends. Holds its place among the calls in flight that long.
pub(super) struct Observed<S> {
    events: S,
    observer: Observer,
    permit: Option<OwnedSemaphorePermit>,
    usage: Option<Usage>,
}

impl<S> Observed<S> {
    pub(super) fn new(events: S, observer: Observer, permit: Option<OwnedSemaphorePermit>) -> Self {
        Self { events, observer, permit, usage: None }
    }
}

impl<S: Stream<Item = Result<TextEvent, Error>> + Unpin> Stream for Observed<S> {
    type Item = Result<TextEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let item = match Pin::new(&mut this.events).poll_next(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(item) => item.unwrap_or_else(|| {
                let message = "the stream of text stopped without its end".to_owned();
                Err(Error::new(ErrorKind::Interrupted { message }, Outcome::UNKNOWN))
            }),
        };
        Poll::Ready(Some(match item {
            Ok(TextEvent::Usage(usage)) => {
                this.usage = Some(usage);
                Ok(TextEvent::Usage(usage))
            }
            Ok(TextEvent::End(response)) => {
                this.permit = None;
                this.observer.ended(response.usage.or(this.usage), None);
                Ok(TextEvent::End(response))
            }
            Err(error) => {
                this.permit = None;
                let error = this.observer.at_least(this.observer.without_keys(error), this.usage);
                this.observer.ended(this.usage, Some(&error));
                Err(error)
            }
            Ok(event) => Ok(event),
        }))
    }
}

/// The operation by the names that OpenTelemetry has, where it has one.
fn operation(request: RequestRef<'_>) -> &'static str {
    match request {
        RequestRef::Text(_) => "chat",
        RequestRef::Extend(_) => "extend_content",
        _ => "generate_content",
    }
}

/// The texts of a request, for spans that may contain them.
fn prompt(request: RequestRef<'_>) -> String {
    match request {
        RequestRef::Text(request) => request.texts().collect::<Vec<_>>().join("\n"),
        RequestRef::Image(request) => request.prompt.clone(),
        RequestRef::Video(request) => request.prompt.clone(),
        RequestRef::Extend(request) => request.prompt.clone(),
        RequestRef::Speech(request) => request.prompt.clone(),
        _ => String::new(),
    }
}
