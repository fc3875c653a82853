//! The log: what each request was, and never what was asked or with which key.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use cosmic_ai::mock::{Fault, MockBackend, When};
use cosmic_ai::{Error, ErrorKind, Outcome};
use cosmic_ai_server::Backend;
use reqwest::Method;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::fixture::{Fixture, READ_KEY, WRITE_KEY};

/// Writes down all that anybody logs, on every level.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<String>>);

struct Line<'s>(&'s mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Written {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut text = self.0.lock().unwrap();
        write!(text, "\nspan {}", span.metadata().name()).unwrap();
        span.record(&mut Line(&mut text));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Line(&mut self.0.lock().unwrap()));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = self.0.lock().unwrap();
        write!(text, "\n{}", event.metadata().target()).unwrap();
        event.record(&mut Line(&mut text));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn what_fails_on_this_side_is_in_the_log_with_its_causes() {
    let written = Written::default();
    let _second = tracing::Dispatch::new(Written::default());
    let _guard = tracing::subscriber::set_default(written.clone());
    let kind = ErrorKind::Backend { message: "the workshop is closed".to_owned() };
    let error = Error::new(kind, Outcome::NotSent).with_source(std::io::Error::other("no key in the door"));
    let mock = MockBackend::builder().fault(When::image(), Fault::error(error));
    let fixture = Fixture::with(Backend::scripted(mock), |config| config).await;
    let (status, answer) = fixture.ask("ai/image", &json!({ "prompt": "canary" })).await;
    assert_eq!(status, 500);
    assert!(!answer.to_string().contains("workshop"), "{answer}");
    fixture.server.stop().await.unwrap();
    let text = written.0.lock().unwrap().clone();
    let line = text.lines().find(|line| line.contains("failed on this side")).expect(&text);
    assert!(line.contains("the workshop is closed") && line.contains("no key in the door"), "{line}");
    assert!(!line.contains("canary"), "{line}");
}

#[tokio::test]
async fn each_request_is_logged_without_prompt_and_key() {
    let written = Written::default();
    // With a second one, tracing asks both what they want to see, whichever thread comes to an event first.
    let _second = tracing::Dispatch::new(Written::default());
    // Of this thread, on which the whole runtime of this test is.
    let _guard = tracing::subscriber::set_default(written.clone());
    let fixture = Fixture::start().await;
    let prompt = "canary-of-the-prompt";
    for body in [
        json!({ "prompt": prompt, "max_tokens": 5 }),
        json!({ "prompt": prompt, "max_tokens": 5, "stream": true }),
        json!({ "prompt": prompt, "max_tokens": -5 }),
        json!({ "prompt": [prompt] }),
    ] {
        let _ = fixture.call("ai/text", &body).header("x-request-id", "order-1").send().await.unwrap().text().await;
    }
    let _ = fixture.ask("ai/image", &json!({ "prompt": prompt, "metadata": { "note": "canary-of-metadata" } })).await;
    let path = format!("/v3/buckets/canary-slug/media?read_key={READ_KEY}");
    let _ = fixture.request(Method::GET, &path).send().await.unwrap();
    let _ = fixture.list("limit=1").await;
    let _ = fixture.request(Method::GET, "/canary-path?key=canary").send().await.unwrap();
    let wrong = json!({ "prompt": prompt, "write_key": "canary-of-a-key" });
    let path = "/v3/buckets/shop/ai/text";
    let request = fixture.request(Method::POST, path).header("content-type", "application/json");
    assert_eq!(request.body(wrong.to_string()).send().await.unwrap().status(), 401);
    fixture.raw(format!("GARBAGE {WRITE_KEY} canary\r\n\r\n").as_bytes()).await;
    fixture.server.stop().await.unwrap();

    let text = written.0.lock().unwrap().clone();
    // The client of this test logs in the same thread what it sends; of the server's own crates nothing may show.
    let foreign = ["hyper", "reqwest", "h2", "mio", "log"];
    let ours: Vec<&str> = text.lines().filter(|line| !foreign.iter().any(|name| line.starts_with(name))).collect();
    let ours = ours.join("\n");
    for canary in ["canary", WRITE_KEY, READ_KEY] {
        assert!(!ours.contains(canary), "{canary}: {ours}");
    }
    let line = ours.lines().find(|line| line.contains("answered") && line.contains("ai/text")).expect(&ours);
    for part in ["method=POST", "route=\"/v3/buckets/{slug}/ai/text\"", "status=200", "bucket=\"shop\"", "ms="] {
        assert!(line.contains(part), "{line}");
    }
    assert!(ours.contains("request_id=order-1"), "{ours}");
    assert!(ours.contains("route=\"none\" status=404"), "{ours}");
}
