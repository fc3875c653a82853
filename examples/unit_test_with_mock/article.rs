//! The application: publishes an article with a cover and a narration, within a budget, whatever goes wrong on the way.
//!
//! It takes a client and does not care what is behind it: the service, the mock, or either under a meter.

use std::fmt;
use std::time::Duration;

use cosmic_ai::{
    Call, Client, Error, ErrorKind, ImageRequest, ImageSize, LargestFit, MediaId, Outcome, Reconciled, RequestRef,
    Search, SpeechRequest, TextRequest, Tokens, Usage,
};

/// How often a request is sent at most.
const ATTEMPTS: u32 = 3;
/// How long to wait where nobody says how long.
const PAUSE: Duration = Duration::from_secs(1);
/// Who asks for a longer pause than this is not waited for: the reader is waiting too.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// How long an article is, and how short it may get to fit a budget.
const USUAL_TOKENS: u32 = 400;
const LEAST_TOKENS: u32 = 100;
/// The size of a cover, where a budget allows it.
const WIDE: ImageSize = ImageSize::new(1_792, 1_024);

/// An article as it is published.
#[derive(Debug)]
pub(crate) struct Article {
    pub(crate) body: String,
    /// Whether the body is whole. What is not is kept for a person to finish, and gets neither cover nor narration.
    pub(crate) is_finished: bool,
    pub(crate) cover: Option<MediaId>,
    pub(crate) narration: Option<MediaId>,
    pub(crate) spent: Spent,
    /// What is not as it should be, and why.
    pub(crate) notes: Vec<String>,
}

/// What was spent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spent {
    pub(crate) at_least: Tokens,
    /// Whether that is all. It is not known where an answer was lost.
    pub(crate) is_exact: bool,
}

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{} tokens", if self.is_exact { "" } else { "at least " }, self.at_least)
    }
}

/// Publishes an article about `topic`; `show` is called with its words as they come.
///
/// # Errors
/// If there is no text at all. Whatever else goes wrong is in the notes of the article.
pub(crate) async fn publish(client: &Client, topic: &str, show: impl FnMut(&str) + Send) -> Result<Article, Error> {
    let mut desk = Desk::new(client);
    let (body, is_finished) = desk.body(topic, show).await?;
    let (mut cover, mut narration) = (None, None);
    if is_finished {
        // Side by side: neither needs the other.
        let (mut art, mut sound) = (Desk::new(client), Desk::new(client));
        (cover, narration) = tokio::join!(art.cover(topic), sound.narration(&body));
        desk.add(art);
        desk.add(sound);
    }
    Ok(Article { body, is_finished, cover, narration, spent: desk.spent, notes: desk.notes })
}

/// Where a part of the article is made: it keeps the bill and the notes.
struct Desk<'c> {
    client: &'c Client,
    spent: Spent,
    notes: Vec<String>,
}

impl<'c> Desk<'c> {
    const fn new(client: &'c Client) -> Self {
        Self { client, spent: Spent { at_least: Tokens::ZERO, is_exact: true }, notes: Vec::new() }
    }

    fn add(&mut self, other: Self) {
        self.spent.at_least = self.spent.at_least.saturating_add(other.spent.at_least);
        self.spent.is_exact &= other.spent.is_exact;
        self.notes.extend(other.notes);
    }

    /// The text, and whether it is whole.
    async fn body(&mut self, topic: &str, mut show: impl FnMut(&str) + Send) -> Result<(String, bool), Error> {
        let client = self.client;
        let ask = TextRequest::new(format!("Write an article about {topic}")).with_max_tokens(USUAL_TOKENS);
        let shorter = |ask: &TextRequest, fits| match fits {
            LargestFit::MaxTokens(most) if most >= LEAST_TOKENS => Some(ask.clone().with_max_tokens(most)),
            _ => None,
        };
        let write = async |call, ask: &TextRequest| client.with(call).stream_text(ask).await?.on_text(&mut show).await;
        let (ask, answer) = self.fitted("text", ask, shorter, write).await;
        let error = match answer {
            Ok(answer) => {
                self.pay(&ask, answer.usage.as_ref());
                return Ok((answer.text, true));
            }
            Err(error) => error,
        };
        // What arrived is paid for, so it is kept; the whole again would be paid for again.
        let Some(text) = error.partial_text().map(str::to_owned) else { return Err(error) };
        self.pay_failed(&error);
        self.notes.push(format!("unfinished: {error}"));
        Ok((text, false))
    }

    async fn cover(&mut self, topic: &str) -> Option<MediaId> {
        let client = self.client;
        // Of this model a wide picture may cost twice as much as a square one.
        let draw = ImageRequest::new(format!("A cover for an article about {topic}"))
            .with_model("dall-e-3")
            .with_size(WIDE)
            .with_folder("covers");
        let smaller = |draw: &ImageRequest, fits| match fits {
            LargestFit::Size(size) => Some(draw.clone().with_size(size)),
            _ => None,
        };
        let paint = async |call, draw: &ImageRequest| {
            let image = client.with(call).generate_image(draw).await?;
            Ok((image.media.id, image.usage))
        };
        let (draw, drawn) = self.fitted("cover", draw, smaller, paint).await;
        self.medium("cover", &draw, drawn).await
    }

    async fn narration(&mut self, body: &str) -> Option<MediaId> {
        let client = self.client;
        let read = async |call, speak: &SpeechRequest| {
            let speech = client.with(call).generate_speech(speak).await?;
            Ok((speech.media.id, speech.usage))
        };
        // Half a narration is worse than none, so nothing smaller is asked for.
        let (speak, spoken) = self.fitted("narration", SpeechRequest::new(body), |_, _| None, read).await;
        self.medium("narration", &speak, spoken).await
    }

    /// Sends a request; if a budget refuses it and says what would fit, sends what `shrink` makes of that. With the
    /// request that was sent last.
    async fn fitted<R, T>(
        &mut self,
        what: &str,
        request: R,
        shrink: impl Fn(&R, LargestFit) -> Option<R>,
        mut send: impl AsyncFnMut(Call, &R) -> Result<T, Error>,
    ) -> (R, Result<T, Error>) {
        let error = match patiently(&request, &mut send).await {
            Err(error) => error,
            done => return (request, done),
        };
        let fits = if let ErrorKind::Budget(refusal) = error.kind() { refusal.largest } else { None };
        let Some(less) = fits.and_then(|fits| shrink(&request, fits)) else { return (request, Err(error)) };
        self.notes.push(format!("smaller {what}: {error}"));
        let done = patiently(&less, &mut send).await;
        (less, done)
    }

    /// The medium, if there is one: an article can do without, but what was paid for is looked for.
    async fn medium<'r>(
        &mut self,
        what: &str,
        request: impl Into<RequestRef<'r>>,
        made: Result<(MediaId, Option<Usage>), Error>,
    ) -> Option<MediaId> {
        let error = match made {
            Ok((id, usage)) => {
                self.pay(request, usage.as_ref());
                return Some(id);
            }
            Err(error) => error,
        };
        if let Some(id) = self.lost(&error).await {
            // Its usage was lost with the answer. Its price is in the registry, but for the few tokens of the prompt.
            self.pay(request, None);
            self.spent.is_exact = false;
            return Some(id);
        }
        self.pay_failed(&error);
        self.notes.push(format!("no {what} ({}): {error}", error.outcome()));
        None
    }

    /// The medium of a call that failed after it was sent.
    async fn lost(&self, error: &Error) -> Option<MediaId> {
        if !error.outcome().may_be_billed() || error.media_id().is_some() {
            return error.media_id().cloned();
        }
        match self.client.reconcile(&Search::of(error.operation_id()?.clone())).await {
            Ok(Reconciled::Found(media)) => Some(media.id),
            _ => None,
        }
    }

    fn pay<'r>(&mut self, request: impl Into<RequestRef<'r>>, usage: Option<&Usage>) {
        match self.client.cost(request, usage).charge() {
            Some(charge) => self.spent.at_least = self.spent.at_least.saturating_add(charge.total()),
            None => self.spent.is_exact = false,
        }
    }

    fn pay_failed(&mut self, error: &Error) {
        let (least, is_exact) = match error.outcome() {
            Outcome::Billed { charge: Some(charge) } => (charge.total(), true),
            Outcome::Unknown { at_least } => (at_least.total(), false),
            other => (Tokens::ZERO, !other.may_be_billed()),
        };
        self.spent.at_least = self.spent.at_least.saturating_add(least);
        self.spent.is_exact &= is_exact;
    }
}

/// Sends a request, and again what cannot have been billed: one operation, and so one id.
async fn patiently<R, T>(request: &R, send: &mut impl AsyncFnMut(Call, &R) -> Result<T, Error>) -> Result<T, Error> {
    let call = Call::new();
    let mut attempt = 1;
    loop {
        let error = match send(call.clone(), request).await {
            Err(error) if error.is_resendable() && attempt < ATTEMPTS => error,
            done => return done,
        };
        let pause = error.retry_after().unwrap_or(PAUSE);
        if pause > LONGEST_PAUSE {
            return Err(error);
        }
        tokio::time::sleep(pause).await;
        attempt += 1;
    }
}
