//! Spans of calls: what they tell, and that prompts are told only if asked for.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Once};

use cosmic_ai_core::{Call, ImageGenerator as _, ImageRequest};
use cosmic_ai_testkit::server::{FaultServer, Reply, Script};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::ask::{Ask, ask};
use super::setup::{backend, builder};

thread_local! {
    /// Where what this thread traces goes to.
    static SINK: RefCell<Option<Captured>> = const { RefCell::new(None) };
}

/// Routes what is traced to the sinks of threads. One subscriber for all, there before anything is traced: what another
/// thread's subscriber is first asked for while this one's is set up might be kept from both.
pub(super) fn route() {
    static ROUTED: Once = Once::new();
    ROUTED.call_once(|| tracing::subscriber::set_global_default(Router::default()).unwrap());
}

/// Everything that is traced, of every level and crate, as text.
#[derive(Clone, Default)]
pub(super) struct Captured(Arc<Mutex<String>>);

impl Captured {
    /// Captures what this thread traces until the guard is dropped.
    pub(super) fn install(&self) -> Guard {
        route();
        SINK.set(Some(self.clone()));
        Guard
    }

    pub(super) fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

/// Ends capturing when it is dropped.
pub(super) struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        SINK.set(None);
    }
}

struct Fields<'t>(&'t mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

#[derive(Default)]
struct Router {
    spans: AtomicU64,
}

fn line(kind: &str, name: &str, record: impl FnOnce(&mut Fields<'_>)) {
    // While a thread ends there is no sink any more.
    let sink = SINK.try_with(|sink| sink.borrow().clone()).ok().flatten();
    if let Some(Captured(text)) = sink {
        let mut text = text.lock().unwrap();
        let _ = write!(text, "\n{kind} {name}");
        record(&mut Fields(&mut text));
    }
}

impl Subscriber for Router {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        line("span", span.metadata().name(), |fields| span.record(fields));
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        line("record", "", |fields| values.record(fields));
    }

    fn event(&self, event: &Event<'_>) {
        line("event", event.metadata().target(), |fields| event.record(fields));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

const IMAGE: &str = r#"{"media":{"id":"i1","url":"https://x.invalid/","type":"image/png"}}"#;

#[tokio::test]
async fn spans_tell_model_kind_attempt_status_and_tokens() {
    let captured = Captured::default();
    let guard = captured.install();
    let script = Script::new()
        .then(Reply::json(429, "{}"))
        .then(Reply::json(200, r#"{"text":"x","usage":{"input_tokens":11,"output_tokens":22}}"#))
        .then(Reply::text_stream(["a", "b"], (33, 44)))
        .then(Reply::json(200, IMAGE))
        .then(Reply::json(402, "{}"));
    let server = FaultServer::start(script).await;
    let backend = backend(&server.url());
    let call = Call::new();
    ask(&backend, &call, Ask::Text, None).await.unwrap();
    ask(&backend, &Call::new(), Ask::Stream, None).await.unwrap();
    ask(&backend, &Call::new(), Ask::Image, None).await.unwrap();
    ask(&backend, &Call::new(), Ask::Video, None).await.unwrap_err();
    drop(guard);
    let traced = captured.text();
    for expected in [
        "span gen_ai.call",
        r#"gen_ai.provider.name="cosmic""#,
        r#"gen_ai.operation.name="chat""#,
        r#"gen_ai.operation.name="generate_content""#,
        r#"gen_ai.output.type="text""#,
        r#"gen_ai.output.type="image""#,
        r#"gen_ai.request.model="claude-opus-4-8""#,
        r#"gen_ai.request.model="gemini-3.1-flash-image-preview""#,
        "gen_ai.usage.input_tokens=11",
        "gen_ai.usage.output_tokens=22",
        "gen_ai.usage.input_tokens=33",
        "gen_ai.usage.output_tokens=44",
        "http.response.status_code=200",
        "http.response.status_code=402",
        "cosmic_ai.attempt=2",
        "cosmic_ai.duration_ms=",
        r#"error.type="tokens_used_up""#,
        call.operation_id().as_str(),
    ] {
        assert!(traced.contains(expected), "{expected} is not in {traced}");
    }
    assert!(!traced.contains("three colours") && !traced.contains("red bicycle"), "{traced}");
}

#[tokio::test]
async fn prompts_are_in_spans_only_if_asked_for() {
    let captured = Captured::default();
    let guard = captured.install();
    let server = FaultServer::start(Reply::json(200, IMAGE)).await;
    let backend = builder(&server.url()).with_prompts_in_traces().build().unwrap();
    backend.generate_image(&Call::new(), &ImageRequest::new("a very secret bicycle")).await.unwrap();
    drop(guard);
    assert!(captured.text().contains("a very secret bicycle"));
}
