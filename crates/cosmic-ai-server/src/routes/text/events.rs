//! The events of a streamed answer, as every client of the API reads them: one JSON object a line, whole characters, the usage
//! before the end, nothing after it. An error after the start is an event too, and the last.

mod source;

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::response::sse::Event;
use cosmic_ai::{TextEvent, TextRequest, TextResponse, Usage};
use futures_core::Stream;
use serde_json::{Map, Value, json};

pub(super) use self::source::Source;
use self::source::Watched;
use super::super::call::count_charge;
use crate::app::App;
use crate::error::ApiError;

/// The events of an answer.
pub(super) struct Events {
    app: Arc<App>,
    source: Watched,
    /// What was last written of the usage.
    told: Option<Usage>,
    /// The end, while the usage goes out before it.
    held: Option<Value>,
    /// What to count the charge by; `None` where there is none.
    counted: Option<TextRequest>,
    is_over: bool,
}

impl Events {
    pub(super) fn of(app: &Arc<App>, source: Source, counted: Option<TextRequest>) -> Self {
        let source = Watched::of(source, app);
        Self { app: app.clone(), source, told: None, held: None, counted, is_over: false }
    }

    /// What the end writes first: the usage, if that was not told yet.
    fn end(&mut self, answer: &TextResponse) -> Value {
        self.is_over = true;
        if let Some(request) = &self.counted {
            count_charge(&self.app, request, answer.usage.as_ref());
        }
        // What else the service says stays as it says it.
        let mut data: Map<String, Value> = answer.extra.clone();
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
        self.is_over = true;
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
        if this.is_over {
            return Poll::Ready(None);
        }
        loop {
            let data = match ready!(this.source.poll_next(context)) {
                Ok(Some(Ok(TextEvent::Delta(text)))) => json!({ "text": text }),
                Ok(Some(Ok(TextEvent::Usage(usage)))) => {
                    this.told = Some(usage);
                    json!({ "token_count": usage })
                }
                Ok(Some(Ok(TextEvent::End(answer)))) => this.end(&answer),
                Ok(Some(Ok(_))) => continue,
                Ok(Some(Err(error))) => this.fail(ApiError::from(&error).message()),
                Ok(None) => return Poll::Ready(None),
                Err(reason) => this.fail(reason),
            };
            return written(&data);
        }
    }
}

/// One object on one line: JSON has no line breaks.
fn written(data: &Value) -> Poll<Option<Result<Event, Infallible>>> {
    Poll::Ready(Some(Ok(Event::default().data(data.to_string()))))
}
