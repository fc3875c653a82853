//! `POST …/ai/text`: text in one piece, or as it is written.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::response::sse::{Event, KeepAlive, Sse};
use cosmic_ai::{TextEvent, TextRequest, TextStream};
use futures_core::Stream;
use serde_json::{Value, json};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::call::{Accepted, marked, to_the_end};
use crate::app::App;
use crate::error::ApiError;
use crate::gate::Turn;

/// Writes text.
pub(super) async fn generate(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let accepted = Accepted::<TextRequest>::of(&app, &slug, &headers, body).await?;
    if accepted.is_streamed { stream(&app, accepted).await } else { whole(&app, accepted).await }
}

/// Text in one piece. It goes on when its client leaves, as the service behind does: what it costs is then known.
async fn whole(app: &Arc<App>, accepted: Accepted<TextRequest>) -> Result<Response, ApiError> {
    let shared = app.clone();
    to_the_end(app, async move {
        let call = accepted.operation.call(&shared);
        let answered = accepted.client().with(call).generate_text(&accepted.request).await;
        let response = answered.map_err(|error| ApiError::of_call(&error, &shared.registry, &accepted.request))?;
        Ok(marked(Json(response), accepted.is_replayed))
    })
    .await
}

/// Text as it is written. When its client leaves, the stream is dropped, which cancels it and settles it by policy.
async fn stream(app: &Arc<App>, accepted: Accepted<TextRequest>) -> Result<Response, ApiError> {
    let call = accepted.operation.call(app);
    let begun = accepted.client().with(call).stream_text(&accepted.request).await;
    let stream = begun.map_err(|error| ApiError::of_call(&error, &app.registry, &accepted.request))?;
    let events = Events {
        stream: Some(stream),
        cutting: Box::pin(app.cutting.clone().cancelled_owned()),
        turn: accepted.turn,
        token: app.tasks.token(),
    };
    let keep_alive = KeepAlive::new().interval(app.config.limits.keep_alive).text("keep-alive");
    Ok(marked(Sse::new(events).keep_alive(keep_alive), accepted.is_replayed))
}

/// The events of an answer: fragments, usage, the end. An error after the start is an event too, and the last.
struct Events {
    /// `None` once it has ended.
    stream: Option<TextStream>,
    cutting: Pin<Box<WaitForCancellationFutureOwned>>,
    #[expect(dead_code, reason = "held for its drop")]
    turn: Turn,
    /// A stop waits until it is dropped.
    #[expect(dead_code, reason = "held for its drop")]
    token: tokio_util::task::task_tracker::TaskTrackerToken,
}

impl Stream for Events {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let Some(stream) = &mut self.stream else { return Poll::Ready(None) };
            let polled = Pin::new(stream).poll_next(context);
            if polled.is_pending() && self.cutting.as_mut().poll(context).is_ready() {
                self.stream = None;
                return Poll::Ready(Some(Ok(written(&failed("the server is stopping")))));
            }
            let data = match ready!(polled) {
                Some(Ok(TextEvent::Delta(text))) => json!({ "text": text }),
                Some(Ok(TextEvent::Usage(usage))) => json!({ "token_count": usage }),
                Some(Ok(TextEvent::End(end))) => {
                    self.stream = None;
                    let mut data = json!({ "model": end.model });
                    if let (Some(usage), Some(data)) = (end.usage, data.as_object_mut()) {
                        data.insert("usage".to_owned(), json!(usage));
                    }
                    json!({ "event": "end", "data": data })
                }
                Some(Ok(_)) => continue,
                Some(Err(error)) => {
                    self.stream = None;
                    failed(ApiError::from(&error).message())
                }
                None => {
                    self.stream = None;
                    return Poll::Ready(None);
                }
            };
            return Poll::Ready(Some(Ok(written(&data))));
        }
    }
}

fn failed(message: &str) -> Value {
    json!({ "error": { "message": message } })
}

/// One object on one line: JSON without line breaks.
fn written(data: &Value) -> Event {
    Event::default().data(data.to_string())
}
