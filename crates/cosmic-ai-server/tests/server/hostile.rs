//! Requests that mean harm, or that nobody means: each gets its refusal in JSON, and none of them costs anything.

mod bodies;
mod calls;
mod heads;
mod media;

use std::time::Duration;

use cosmic_ai::pricing::ledger::EntryQuery;
use cosmic_ai_server::{Backend, BucketConfig};
use serde_json::{Value, json};

use crate::fixture::{BUCKET, Fixture, WRITE_KEY};

const OTHER_KEY: &str = "write-key-of-the-other";
const TEXT: &str = "/v3/buckets/shop/ai/text";

/// A request as bytes, and what may be answered.
struct Row {
    name: String,
    bytes: Vec<u8>,
    /// The statuses that are right: mostly one.
    statuses: Vec<u16>,
    /// What the message says.
    says: &'static str,
}

fn row(name: impl Into<String>, bytes: impl Into<Vec<u8>>, status: u16, says: &'static str) -> Row {
    Row { name: name.into(), bytes: bytes.into(), statuses: vec![status], says }
}

impl Row {
    /// Another status is right as well, where the first fault that is seen is a matter of taste.
    fn or(mut self, status: u16) -> Self {
        self.statuses.push(status);
        self
    }
}

/// A request with headers, one a line, and a body whose length is said.
fn request(line: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let headers: String = headers.lines().flat_map(|header| [header.trim(), "\r\n"]).collect();
    let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    let head = format!("{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}{length}\r\n");
    [head.as_bytes(), body].concat()
}

/// A request with the write key of the bucket.
fn allowed(line: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    request(line, &format!("authorization: Bearer {WRITE_KEY}\n{headers}"), body)
}

/// A JSON body to a call of the bucket, with its write key.
fn call(path: &str, body: &str) -> Vec<u8> {
    allowed(&format!("POST /v3/buckets/shop/ai/{path}"), "content-type: application/json", body.as_bytes())
}

/// The last answer in what came back: status, head and body. A `100 Continue` may come first.
fn answer(text: &str) -> Option<(u16, &str, &str)> {
    let text = text.strip_prefix("HTTP/1.1 100 Continue\r\n\r\n").unwrap_or(text);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some((status, head, body))
}

/// What is wrong with an answer, if it is not the refusal that a row asks for.
fn fault(row: &Row, text: &str) -> Option<String> {
    let Some((status, head, body)) = answer(text) else { return Some(format!("no answer: {text:?}")) };
    let refusal: Value = match serde_json::from_str(body) {
        Ok(refusal) => refusal,
        Err(error) => return Some(format!("{error}: {text}")),
    };
    let message = refusal["message"].as_str().unwrap_or_default();
    let is_right = row.statuses.contains(&status)
        && head.contains("content-type: application/json")
        && head.contains("x-request-id: ")
        && head.contains("x-content-type-options: nosniff")
        && refusal["status"] == json!(status)
        && !message.is_empty()
        && message.contains(row.says)
        && !text.contains(WRITE_KEY)
        && !text.contains(OTHER_KEY);
    (!is_right).then(|| format!("expected {:?} with {:?}: {text}", row.statuses, row.says))
}

async fn start() -> Fixture {
    Fixture::with(Backend::mock(), |mut config| {
        config.limits.head_time = Duration::from_millis(600);
        config.limits.body_idle = Duration::from_millis(400);
        config.limits.body_time = Duration::from_secs(2);
        config.limits.json_bytes = 256 << 10;
        config.limits.decoded_bytes = 512 << 10;
        config.with_bucket(BucketConfig::new("other", OTHER_KEY, "read-key-of-the-other"))
    })
    .await
}

#[tokio::test]
async fn every_hostile_request_gets_its_refusal_and_costs_nothing() {
    let fixture = start().await;
    let name = media::upload(&fixture).await;
    let rows: Vec<Row> =
        [heads::rows(), bodies::rows(), calls::rows(), media::rows(&name)].into_iter().flatten().collect();
    assert!(rows.len() >= 60, "{}", rows.len());
    let answers = rows.iter().map(|row| async {
        let answered = tokio::time::timeout(Duration::from_secs(20), fixture.raw(&row.bytes)).await;
        match answered {
            Ok(text) => fault(row, &text),
            Err(_) => Some("no end of the answer".to_owned()),
        }
    });
    let mut faults = Vec::new();
    for (row, answer) in rows.iter().zip(answers) {
        faults.extend(answer.await.map(|fault| format!("{}: {fault}", row.name)));
    }
    assert!(faults.is_empty(), "{} of {}:\n\n{}", faults.len(), rows.len(), faults.join("\n\n"));

    let ledger = fixture.server.ledger();
    let entries = ledger.entries(&EntryQuery::all()).await.unwrap();
    assert!(entries.is_empty(), "{entries:?}");
    assert!(ledger.reconcile().await.unwrap().is_whole());
    let (status, answer) = fixture.ask("ai/text", &json!({ "prompt": "Name a colour", "max_tokens": 5 })).await;
    assert_eq!(status, 200, "{answer}");
    let (status, answer) = fixture.list("limit=5").await;
    assert_eq!((status, &answer["total"]), (200, &json!(1)), "{BUCKET}: {answer}");
    fixture.server.stop().await.unwrap();
}
