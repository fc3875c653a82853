//! One connection of the API: requests in, answers out.

use std::sync::Arc;

use cosmic_ai_core::{TextEvent, TextStream};
use serde_json::json;

use super::answer::Answer;
use super::{Settings, ai, library};
use crate::http1;
use crate::server::SeenRequest;
use crate::wire::{Left, Wire};

/// How an exchange ended.
enum Next {
    Again,
    Reset,
}

/// Serves a connection until it ends.
pub(super) async fn serve(mut wire: Wire, settings: Arc<Settings>) {
    while wire.receive_at_least(1).await.is_ok() {
        match exchange(&mut wire, &settings).await {
            Ok(Next::Again) => {}
            Ok(Next::Reset) => return wire.reset(),
            Err(Left) => return wire.log().hung_up(),
        }
    }
}

/// Reads a request and answers it.
async fn exchange(wire: &mut Wire, settings: &Arc<Settings>) -> Result<Next, Left> {
    let begun = http1::read_head(wire).await?;
    http1::read_body(wire, begun).await?;
    let Some(request) = wire.log().request_at(begun.place) else { return Err(Left) };
    let origin = wire.origin();
    let is_call = request.path().contains("/ai/");
    // As at the real service, a client that leaves does not stop what it asked for.
    let answering = tokio::spawn(answer(settings.clone(), request, origin));
    let answer = wire
        .watch(answering)
        .await?
        .unwrap_or_else(|error| Answer::failed(500, format!("the generators panicked: {error}")));
    let is_lost = is_call && settings.loses_answer();
    match answer {
        Answer::Whole { .. } if is_lost => Ok(Next::Reset),
        Answer::Whole { status, headers, body } => {
            let length = body.len().to_string();
            let headers = headers.iter().map(|(name, value)| (*name, value.as_str()));
            let head = http1::head(status, headers.chain([("content-length", length.as_str())]));
            wire.send(&[head.as_bytes(), &body].concat()).await?;
            Ok(Next::Again)
        }
        Answer::Stream(stream) => write_stream(wire, stream, is_lost).await,
    }
}

/// Finds the route and checks the key.
async fn answer(settings: Arc<Settings>, request: SeenRequest, origin: String) -> Answer {
    let path = request.path().to_owned();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let answer = match (request.method.as_str(), segments.as_slice()) {
        ("GET", ["media", id, _name]) => library::bytes(&settings, id).await,
        (_, ["v3", "buckets", bucket, ..]) if *bucket != settings.bucket => {
            Ok(Answer::failed(404, format!("No bucket {bucket} found")))
        }
        ("POST", ["v3", "buckets", _, "ai", kind @ ..]) => {
            ai::generate(&settings, &kind.join("/"), &request, &origin).await
        }
        ("GET", ["v3", "buckets", _, "media"]) => library::list(&settings, &request, &origin).await,
        ("POST", ["v3", "buckets", _, "media"]) => library::upload(&settings, &request, &origin).await,
        ("PATCH", ["v3", "buckets", _, "media", id]) => library::update(&settings, &request, id, &origin).await,
        ("DELETE", ["v3", "buckets", _, "media", id]) => library::delete(&settings, &request, id).await,
        (method, _) => Ok(Answer::failed(404, format!("No route {method} {path}"))),
    };
    answer.unwrap_or_else(Answer::from)
}

/// Writes text as it comes, in events that every client reads.
async fn write_stream(wire: &mut Wire, mut stream: TextStream, is_lost: bool) -> Result<Next, Left> {
    let headers = [("content-type", "text/event-stream"), ("transfer-encoding", "chunked")];
    wire.send(http1::head(200, headers).as_bytes()).await?;
    let mut fragments = 0;
    while let Some(event) = wire.watch(stream.next()).await? {
        let data = match event {
            Ok(TextEvent::Delta(text)) => {
                fragments += 1;
                json!({ "text": text })
            }
            Ok(TextEvent::Usage(usage)) => json!({ "token_count": usage }),
            Ok(TextEvent::End(_)) => json!({ "event": "end", "data": {} }),
            Ok(_) => continue,
            Err(error) => json!({ "error": { "message": error.to_string() } }),
        };
        if is_lost && fragments > 2 {
            return Ok(Next::Reset);
        }
        wire.send(&http1::chunk(format!("data: {data}\n\n").as_bytes())).await?;
    }
    wire.send(&http1::chunk(b"")).await?;
    Ok(if is_lost { Next::Reset } else { Next::Again })
}

impl Settings {
    /// Whether a request brings the write key, in its header or in its body.
    pub(super) fn may_write(&self, request: &SeenRequest, in_body: Option<&str>) -> bool {
        let bearer = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        bearer.or(in_body) == Some(self.write_key.as_str())
    }
}
