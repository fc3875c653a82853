//! Looks for the result of a call whose answer was lost, before anyone sends the call again.

use std::collections::HashSet;
use std::time::SystemTime;

use serde_json::Value;

use super::{MediaLibrary, MediaQuery};
use crate::call::{OPERATION_ID_KEY, OperationId};
use crate::error::{Error, ErrorKind};
use crate::media::{Media, MediaId};

/// How many files are asked for at once.
const PAGE: u32 = 1_000;
/// How many pages are looked through for a time window.
const PAGES: u32 = 10;
/// How many characters of a prompt must agree: services cut what they store.
const PROMPT_CHARACTERS: usize = 60;

/// What is known of a lost call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Search {
    /// The operation whose medium is looked for.
    pub operation: OperationId,
    /// The prompt of the call, for files that do not carry the operation's id.
    pub prompt: Option<String>,
    /// From when to when the file may have been stored, for files that do not carry the operation's id.
    pub window: Option<(SystemTime, SystemTime)>,
    /// The metadata key under which files carry ids of operations, if it is another than [`OPERATION_ID_KEY`].
    pub key: Option<String>,
}

impl Search {
    /// Looks for the medium of an operation by its id alone.
    pub const fn of(operation: OperationId) -> Self {
        Self { operation, prompt: None, window: None, key: None }
    }

    /// Looks as well for files of this prompt. Takes effect together with [`with_window`](Self::with_window).
    #[must_use]
    pub fn with_prompt(mut self, prompt: impl Into<String>) -> Self {
        self.prompt = Some(prompt.into());
        self
    }

    /// Looks as well for files that were stored from `from` to `to` and do not belong to another operation.
    #[must_use]
    pub const fn with_window(mut self, from: SystemTime, to: SystemTime) -> Self {
        self.window = Some((from, to));
        self
    }

    /// Knows ids of operations under this metadata key as well as under [`OPERATION_ID_KEY`], for libraries that do not
    /// say them under that one.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// The id of the operation that made a file, if the file carries one.
    fn id_of<'m>(&self, media: &'m Media) -> Option<&'m Value> {
        let keys = [Some(OPERATION_ID_KEY), self.key.as_deref()];
        keys.into_iter().flatten().find_map(|key| media.metadata.get(key))
    }
}

/// What was found of a lost call.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Reconciled {
    /// The operation's medium: it carries the id. The call was made and billed.
    Found(Box<Media>),
    /// Files that fit by time and prompt, newest first. One of them may be the one; a person or the prompt must decide.
    Candidates(Vec<Media>),
    /// There are more files of the time than were looked through, so the medium may be among those that were not. Those
    /// that fit of the ones that were, newest first; often none. Look again with a narrower window.
    Incomplete(Vec<Media>),
    /// Nothing fits. That does **not** mean that the call was not billed: the file may still come, or may have been lost
    /// on the way into the library.
    NotFound,
}

/// Looks into a library for the result of a call whose outcome is unknown. Costs nothing.
///
/// A file that carries the operation's id is [`Found`](Reconciled::Found). Failing that, files of the search's window and
/// prompt are [`Candidates`](Reconciled::Candidates), except those that carry another operation's id and those that are no
/// image, video or audio.
///
/// # Errors
/// When the library cannot be asked. Then nothing is known yet.
pub async fn reconcile(library: &dyn MediaLibrary, search: &Search) -> Result<Reconciled, Error> {
    match library.find(&MediaQuery::all().with_operation(search.operation.clone()).with_limit(1)).await {
        Ok(marked) => {
            if let Some(media) = marked.media.into_iter().next() {
                return Ok(Reconciled::Found(Box::new(media)));
            }
        }
        // Its files carry no ids; time and prompt are then all there is.
        Err(error) if search.window.is_some() && matches!(error.kind(), ErrorKind::Configuration { .. }) => {}
        Err(error) => return Err(error),
    }
    let Some((from, to)) = search.window else { return Ok(Reconciled::NotFound) };
    let mut candidates = Vec::new();
    let mut seen: HashSet<MediaId> = HashSet::new();
    let mut skip = 0;
    for _ in 0..PAGES {
        let page = library.find(&MediaQuery::all().with_limit(PAGE).with_skip(skip)).await?;
        // A library may give fewer at once than it was asked for, and its total may be no more than what it gave: only
        // an empty page says that there is nothing more.
        skip = skip.saturating_add(u32::try_from(page.media.len()).unwrap_or(u32::MAX));
        let passed = page.media.is_empty() || page.media.last().and_then(stored_at).is_some_and(|oldest| oldest < from);
        let before = seen.len();
        for media in page.media {
            if !seen.insert(media.id.clone()) {
                continue;
            }
            let id = search.id_of(&media);
            if id.and_then(Value::as_str) == Some(search.operation.as_str()) {
                return Ok(Reconciled::Found(Box::new(media)));
            }
            let in_time = stored_at(&media).is_some_and(|stored| (from..=to).contains(&stored));
            if in_time && id.is_none() && is_generated(&media) && is_of(&media, search.prompt.as_deref()) {
                candidates.push(media);
            }
        }
        // A library that does not know how to skip gives the same again; then its total must do.
        let repeats = seen.len() == before;
        if passed || (repeats && seen.len() as u64 >= page.total) {
            return Ok(if candidates.is_empty() { Reconciled::NotFound } else { Reconciled::Candidates(candidates) });
        }
        if repeats {
            break;
        }
    }
    Ok(Reconciled::Incomplete(candidates))
}

/// Whether a file is of a kind that is generated.
fn is_generated(media: &Media) -> bool {
    let kind = media.content_type.split('/').next().unwrap_or_default().trim();
    ["image", "video", "audio"].iter().any(|generated| kind.eq_ignore_ascii_case(generated))
}

/// When a file was stored, if its library says so in a form that can be read.
fn stored_at(media: &Media) -> Option<SystemTime> {
    let stamp: jiff::Timestamp = media.created_at.as_deref()?.parse().ok()?;
    Some(stamp.into())
}

/// Whether a file was made from `prompt`, as far as what is stored of it tells.
fn is_of(media: &Media, prompt: Option<&str>) -> bool {
    let Some(prompt) = prompt else { return true };
    let stored = media.metadata.get("prompt").and_then(Value::as_str).or(media.alt_text.as_deref());
    let beginning = |text: &str| text.trim().chars().take(PROMPT_CHARACTERS).collect::<String>();
    stored.is_none_or(|stored| {
        let stored = beginning(stored.trim_end_matches(['.', '…']));
        beginning(prompt).starts_with(&stored)
    })
}

#[cfg(test)]
mod tests;
