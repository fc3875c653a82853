//! What a server counts, for Prometheus.

use axum::http::{Method, StatusCode};
use cosmic_ai::{Modality, Tokens};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Bounds of the histogram in seconds: a text in milliseconds, a film in minutes.
const SECONDS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 180.0, 600.0];

/// What a server counts. Each server has its own: several in one process do not mix.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    refusals: Family<Refused, Counter>,
    charged: Family<Charged, Counter>,
    media_bytes: Counter,
    streams: Gauge,
    /// Calls that generate.
    calls: Gauge,
    waiting: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Charged {
    modality: String,
}

/// One of what a gauge counts, as long as it lives.
#[derive(Debug)]
pub(crate) struct One(Gauge);

impl One {
    pub(crate) fn of(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for One {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("cosmic_ai");
        let requests = Family::default();
        registry.register("requests", "Requests answered", requests.clone());
        let seconds = Family::new_with_constructor((|| Histogram::new(SECONDS)) as fn() -> Histogram);
        let help = "Time until an answer began";
        registry.register_with_unit("request_duration", help, Unit::Seconds, seconds.clone());
        let refusals = Family::default();
        registry.register("refusals", "Requests refused or failed", refusals.clone());
        let charged = Family::default();
        // A stream that was cut, or a call without an answer, is settled later and elsewhere: only the ledger has those.
        let help =
            "Tokens deducted, of both pools, for answers delivered whole; the ledger has what was cut or lost as well";
        registry.register("tokens_charged", help, charged.clone());
        let media_bytes = Counter::default();
        registry.register_with_unit("media_served", "Media sent", Unit::Bytes, media_bytes.clone());
        let (streams, calls, waiting) = (Gauge::default(), Gauge::default(), Gauge::default());
        registry.register("streams_open", "Event streams open", streams.clone());
        registry.register("calls_under_way", "Calls that generate now", calls.clone());
        registry.register("calls_waiting", "Calls that wait for their turn", waiting.clone());
        Self { registry, requests, seconds, refusals, charged, media_bytes, streams, calls, waiting }
    }
}

impl Metrics {
    /// All of it, in the text format of `OpenMetrics`: `application/openmetrics-text; version=1.0.0; charset=utf-8`.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }

    /// Counts an answer: its route as it stands in the route table.
    pub(crate) fn answered(&self, method: &Method, route: &str, status: u16, seconds: f64) {
        let (method, route) = (method_name(method).to_owned(), route.to_owned());
        self.seconds.get_or_create(&Route { route: route.clone() }).observe(seconds);
        self.requests.get_or_create(&Answered { method, route, status }).inc();
        if let Some(reason) = StatusCode::from_u16(status).ok().and_then(reason) {
            self.refusals.get_or_create(&Refused { reason }).inc();
        }
    }

    /// Counts what a call cost: tokens deducted from both pools together.
    pub(crate) fn charged(&self, modality: Modality, tokens: Tokens) {
        self.charged.get_or_create(&Charged { modality: modality.to_string() }).inc_by(tokens.0);
    }

    /// The counter of the bytes of media that were sent.
    pub(crate) fn media_bytes(&self) -> Counter {
        self.media_bytes.clone()
    }

    /// Counts an open stream until it is dropped.
    pub(crate) fn stream(&self) -> One {
        One::of(&self.streams)
    }

    /// Counts a call that generates until it is dropped.
    pub(crate) fn call(&self) -> One {
        One::of(&self.calls)
    }

    /// Counts a call that waits for its turn until it is dropped.
    pub(crate) fn wait(&self) -> One {
        One::of(&self.waiting)
    }
}

/// The method, if it is one of the standard's: anyone may make up others, and each would be kept for ever.
fn method_name(method: &Method) -> &str {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    if known.contains(method) { method.as_str() } else { "other" }
}

/// Why a request was not answered as asked.
fn reason(status: StatusCode) -> Option<&'static str> {
    Some(match status.as_u16() {
        401 | 403 => "key",
        402 => "budget",
        404 | 405 => "not_found",
        408 => "too_slow",
        409 | 422 => "idempotency_key",
        413 | 414 | 431 => "too_large",
        429 => "too_many",
        400..=499 => "invalid",
        503 => "unavailable",
        500..=599 => "failed",
        _ => return None,
    })
}
