//! An answer as it is written, and the rules that every stream of text keeps.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::response::TextResponse;
use crate::call::OperationId;
use crate::error::{Error, ErrorKind, Outcome};
use crate::usage::Usage;

/// One item of a [`TextStream`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextEvent {
    /// The next part of the text. Never cut within a character.
    Delta(String),
    /// The tokens used so far; a later one replaces an earlier one.
    Usage(Usage),
    /// The end: the whole answer. Nothing comes after it.
    End(TextResponse),
}

/// What a backend sends.
type Events = dyn Stream<Item = Result<TextEvent, Error>> + Send;

/// What is called with each event of its kind.
type Handler<'h, E> = Box<dyn FnMut(&E) + Send + 'h>;

/// An answer as it is written.
///
/// Whatever backend it comes from, a stream keeps these rules:
/// - it ends with exactly one [`TextEvent::End`] or one error, and nothing comes after that;
/// - the deltas together are the text of the end, whose usage is the last that was reported;
/// - an error carries the text and usage so far;
/// - it is pulled: nothing is read ahead of the one who asks, and dropping it cancels the answer.
///
/// ```
/// # use cosmic_ai_core::{Error, TextEvent, TextStream};
/// # async fn show(mut stream: TextStream) -> Result<(), Error> {
/// while let Some(event) = stream.next().await {
///     match event? {
///         TextEvent::Delta(text) => print!("{text}"),
///         TextEvent::End(answer) => println!("\n{:?}", answer.usage),
///         _ => {}
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// Or with handlers, which make one future of it:
///
/// ```
/// # use cosmic_ai_core::{Error, TextStream};
/// # async fn show(stream: TextStream) -> Result<(), Error> {
/// let answer = stream.on_text(|text| print!("{text}")).on_error(|error| eprintln!("{error}")).await?;
/// # Ok(())
/// # }
/// ```
pub struct TextStream {
    /// `None` once the source gave its terminal item.
    source: Option<Pin<Box<Events>>>,
    operation_id: OperationId,
    text: String,
    usage: Option<Usage>,
    /// The end, where the text that it brought goes out before it.
    held_end: Option<TextResponse>,
    /// What is known of the money once it has ended.
    outcome: Outcome,
}

impl TextStream {
    /// A stream of the operation `id` from a backend's events.
    ///
    /// The events need not keep the rules themselves. Deltas are collected here: an end may leave its text empty and
    /// its usage out, an error its partial text, and a source that stops without either becomes
    /// [`ErrorKind::Interrupted`] with an unknown outcome. An end that brings the whole text is preceded by it as a
    /// delta; where both deltas and end have text, the deltas count.
    pub fn new(id: &OperationId, events: impl Stream<Item = Result<TextEvent, Error>> + Send + 'static) -> Self {
        Self {
            source: Some(Box::pin(events)),
            operation_id: id.clone(),
            text: String::new(),
            usage: None,
            held_end: None,
            outcome: Outcome::UNKNOWN,
        }
    }

    /// The operation that this is the answer of.
    pub const fn operation_id(&self) -> &OperationId {
        &self.operation_id
    }

    /// The text received so far. Empty once the stream has ended: the whole text is then in the end or the error.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The last usage that was reported so far.
    pub fn usage(&self) -> Option<Usage> {
        self.held_end.as_ref().and_then(|end| end.usage).or(self.usage)
    }

    /// The next item, or `None` after the terminal one.
    pub async fn next(&mut self) -> Option<Result<TextEvent, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Reads to the end.
    ///
    /// # Errors
    /// The stream's own, with the text and usage so far.
    pub async fn collect(mut self) -> Result<TextResponse, Error> {
        loop {
            match self.next().await {
                Some(Ok(TextEvent::End(response))) => return Ok(response),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                // Only after the terminal item was taken by `next` before.
                None => return Err(self.already_ended()),
            }
        }
    }

    /// Has `handler` called with each part of the text.
    pub fn on_text<'h>(self, handler: impl FnMut(&str) + Send + 'h) -> TextHandlers<'h> {
        TextHandlers::new(self).on_text(handler)
    }

    /// Has `handler` called with each report of usage.
    pub fn on_usage<'h>(self, handler: impl FnMut(Usage) + Send + 'h) -> TextHandlers<'h> {
        TextHandlers::new(self).on_usage(handler)
    }

    /// Has `handler` called with the whole answer.
    pub fn on_end<'h>(self, handler: impl FnMut(&TextResponse) + Send + 'h) -> TextHandlers<'h> {
        TextHandlers::new(self).on_end(handler)
    }

    /// Has `handler` called with the error, if it ends with one.
    pub fn on_error<'h>(self, handler: impl FnMut(&Error) + Send + 'h) -> TextHandlers<'h> {
        TextHandlers::new(self).on_error(handler)
    }

    /// What the source gave, made to keep the rules.
    fn accept(&mut self, item: Option<Result<TextEvent, Error>>) -> Result<TextEvent, Error> {
        match item {
            Some(Ok(TextEvent::Delta(text))) => {
                self.text.push_str(&text);
                Ok(TextEvent::Delta(text))
            }
            Some(Ok(TextEvent::Usage(usage))) => {
                self.usage = Some(usage);
                Ok(TextEvent::Usage(usage))
            }
            Some(Ok(TextEvent::End(mut response))) => {
                response.usage = response.usage.or(self.usage);
                if self.text.is_empty() && !response.text.is_empty() {
                    self.text.clone_from(&response.text);
                    self.held_end = Some(response);
                    return Ok(TextEvent::Delta(self.text.clone()));
                }
                response.text = std::mem::take(&mut self.text);
                Ok(TextEvent::End(response))
            }
            Some(Err(error)) => Err(self.complete(error)),
            None => {
                let message = "the stream of text stopped without its end".to_owned();
                Err(self.complete(Error::new(ErrorKind::Interrupted { message }, Outcome::UNKNOWN)))
            }
        }
    }

    /// The error with everything that is known by now.
    fn complete(&mut self, mut error: Error) -> Error {
        // What was delivered was not refused, whatever a backend says: sending it again would pay for it twice.
        let delivered = !self.text.is_empty() || self.usage.is_some();
        if delivered && !error.outcome().may_be_billed() {
            error = error.with_outcome(Outcome::UNKNOWN);
        }
        if error.partial_text().is_none() && !self.text.is_empty() {
            error = error.with_partial_text(std::mem::take(&mut self.text));
        }
        if let (None, Some(usage)) = (error.usage(), self.usage) {
            error = error.with_usage(usage);
        }
        if error.operation_id().is_none() { error.with_operation_id(&self.operation_id) } else { error }
    }

    fn already_ended(&self) -> Error {
        let message = "the stream of text had ended before it was collected".to_owned();
        Error::new(ErrorKind::Interrupted { message }, self.outcome).with_operation_id(&self.operation_id)
    }
}

impl Stream for TextStream {
    type Item = Result<TextEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(source) = &mut self.source else {
            return Poll::Ready(self.held_end.take().map(|end| Ok(TextEvent::End(end))));
        };
        let item = match source.as_mut().poll_next(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(item) => self.accept(item),
        };
        let outcome = match &item {
            Err(error) => Some(error.outcome()),
            Ok(event) => {
                let ends = self.held_end.is_some() || matches!(event, TextEvent::End(_));
                ends.then_some(Outcome::Billed { charge: None })
            }
        };
        if let Some(outcome) = outcome {
            // Frees the connection at once, even if the stream itself is kept.
            (self.source, self.outcome) = (None, outcome);
        }
        Poll::Ready(Some(item))
    }
}

impl fmt::Debug for TextStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextStream")
            .field("operation_id", &self.operation_id)
            .field("received_bytes", &self.text.len())
            .field("usage", &self.usage)
            .field("ended", &(self.source.is_none() && self.held_end.is_none()))
            .finish_non_exhaustive()
    }
}

/// A [`TextStream`] with handlers. Awaiting it reads to the end and gives the whole answer.
#[must_use = "nothing is read until it is awaited"]
pub struct TextHandlers<'h> {
    stream: TextStream,
    text: Option<Handler<'h, str>>,
    usage: Option<Box<dyn FnMut(Usage) + Send + 'h>>,
    end: Option<Handler<'h, TextResponse>>,
    error: Option<Handler<'h, Error>>,
}

impl<'h> TextHandlers<'h> {
    fn new(stream: TextStream) -> Self {
        Self { stream, text: None, usage: None, end: None, error: None }
    }

    /// Has `handler` called with each part of the text; replaces an earlier one.
    pub fn on_text(mut self, handler: impl FnMut(&str) + Send + 'h) -> Self {
        self.text = Some(Box::new(handler));
        self
    }

    /// Has `handler` called with each report of usage; replaces an earlier one.
    pub fn on_usage(mut self, handler: impl FnMut(Usage) + Send + 'h) -> Self {
        self.usage = Some(Box::new(handler));
        self
    }

    /// Has `handler` called with the whole answer; replaces an earlier one.
    pub fn on_end(mut self, handler: impl FnMut(&TextResponse) + Send + 'h) -> Self {
        self.end = Some(Box::new(handler));
        self
    }

    /// Has `handler` called with the error, if it ends with one; replaces an earlier one. The error is also what the
    /// future gives.
    pub fn on_error(mut self, handler: impl FnMut(&Error) + Send + 'h) -> Self {
        self.error = Some(Box::new(handler));
        self
    }

    async fn run(mut self) -> Result<TextResponse, Error> {
        let result = loop {
            match self.stream.next().await {
                Some(Ok(TextEvent::Delta(text))) => {
                    if let Some(handler) = &mut self.text {
                        handler(&text);
                    }
                }
                Some(Ok(TextEvent::Usage(usage))) => {
                    if let Some(handler) = &mut self.usage {
                        handler(usage);
                    }
                }
                Some(Ok(TextEvent::End(response))) => break Ok(response),
                Some(Err(error)) => break Err(error),
                None => break Err(self.stream.already_ended()),
            }
        };
        match (&result, &mut self.end, &mut self.error) {
            (Ok(response), Some(handler), _) => handler(response),
            (Err(error), _, Some(handler)) => handler(error),
            _ => {}
        }
        result
    }
}

impl<'h> IntoFuture for TextHandlers<'h> {
    type Output = Result<TextResponse, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'h>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for TextHandlers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextHandlers").field("stream", &self.stream).finish_non_exhaustive()
    }
}
