//! The events of a streamed answer, as every client of the API reads them: one JSON object a line, whole characters, the usage
//! before the end, nothing after it. An error after the start is an event too, and the last.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::response::sse::Event;
use cosmic_ai::{TextEvent, TextRequest, TextResponse, TextStream, Usage};
use futures_core::Stream;
use serde_json::{Map, Value, json};
use tokio_util::sync::WaitForCancellationFutureOwned;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::super::call::count_charge;
use crate::app::App;
use crate::error::ApiError;
use crate::gate::Turn;

/// The events of an answer.
pub(super) struct Events {
    /// `None` once it has ended.
    stream: Option<TextStream>,
    /// What was last written of the usage.
    told: Option<Usage>,
    /// The end, while the usage goes out before it.
    held: Option<Value>,
    app: Arc<App>,
    /// What to count the charge by; `None` where there is none.
    counted: Option<TextRequest>,
    cutting: Pin<Box<WaitForCancellationFutureOwned>>,
    /// The call's turn lasts as long as its events.
    _turn: Turn,
    /// A stop waits until this is dropped.
    _under_way: TaskTrackerToken,
}

impl Events {
    pub(super) fn of(app: &Arc<App>, stream: TextStream, counted: Option<TextRequest>, turn: Turn) -> Self {
        Self {
            stream: Some(stream),
            told: None,
            held: None,
            app: app.clone(),
            counted,
            cutting: Box::pin(app.cutting.clone().cancelled_owned()),
            _turn: turn,
            _under_way: app.tasks.token(),
        }
    }

    /// What the end writes first: the usage, if that was not told yet.
    fn end(&mut self, answer: &TextResponse) -> Value {
        self.stream = None;
        if let Some(request) = &self.counted {
            count_charge(&self.app, request, answer.usage.as_ref());
        }
        let mut data = Map::new();
        if let Some(model) = &answer.model {
            data.insert("model".to_owned(), json!(model));
        }
        let end = json!({ "event": "end", "data": data });
        match answer.usage.filter(|usage| self.told != Some(*usage)) {
            Some(usage) => {
                self.held = Some(end);
                json!({ "token_count": usage })
            }
            None => end,
        }
    }

    fn fail(&mut self, message: &str) -> Value {
        self.stream = None;
        json!({ "error": { "message": message } })
    }
}

impl Stream for Events {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if let Some(end) = this.held.take() {
            return written(&end);
        }
        loop {
            let Some(stream) = &mut this.stream else { return Poll::Ready(None) };
            let polled = Pin::new(stream).poll_next(context);
            if polled.is_pending() && this.cutting.as_mut().poll(context).is_ready() {
                return written(&this.fail("the server is stopping"));
            }
            let data = match ready!(polled) {
                Some(Ok(TextEvent::Delta(text))) => json!({ "text": text }),
                Some(Ok(TextEvent::Usage(usage))) => {
                    this.told = Some(usage);
                    json!({ "token_count": usage })
                }
                Some(Ok(TextEvent::End(answer))) => this.end(&answer),
                Some(Ok(_)) => continue,
                Some(Err(error)) => this.fail(ApiError::from(&error).message()),
                None => return Poll::Ready(None),
            };
            return written(&data);
        }
    }
}

/// One object on one line: JSON has no line breaks.
fn written(data: &Value) -> Poll<Option<Result<Event, Infallible>>> {
    Poll::Ready(Some(Ok(Event::default().data(data.to_string()))))
}
