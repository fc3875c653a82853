//! Operations of which nobody knows whether they were billed: listing them, looking for their media, deciding.

use std::time::Duration;

use cosmic_ai_core::{
    Charge, Error, ErrorKind, Media, MediaLibrary, OperationId, Outcome, Reconciled, Search, Usage, reconcile,
};
use serde_json::{Value, json};

use super::meter::Meter;
use crate::ledger::{Advanced, Basis, Change, Entry, EntryQuery, Kind, Ledger, Next, State};

/// How much earlier or later than ours the clock of a library may be.
const SKEW: Duration = Duration::from_mins(2);

/// How long a clip took to make, by the name that its answer and its metadata have for it.
const GENERATION_TIME: &str = "generation_time_seconds";

/// What a person, or a look into the library, found out about an unresolved operation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// It was billed, by this charge.
    Charged(Charge),
    /// It was billed, and made this medium: it is charged as it was expected to be.
    Made(Box<Media>),
    /// It was not billed.
    NotBilled,
}

/// What a media library knows of an unresolved operation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Lookup {
    /// The operation, as it stands now.
    pub entry: Entry,
    /// What was found. Only [`Found`](Reconciled::Found) settles it; candidates are for a person to choose from.
    pub found: Reconciled,
}

impl Meter {
    /// The operations of which nobody knows whether they were billed, oldest first. They stay held. Those past their
    /// deadline are among them.
    ///
    /// # Errors
    /// [`ErrorKind::Ledger`] when the ledger cannot be asked.
    pub async fn unresolved(&self) -> Result<Vec<Entry>, Error> {
        self.ledger.expire(self.now()).await?;
        let mut all: Vec<Entry> = Vec::new();
        loop {
            let mut query = EntryQuery::all().with_states([State::Unknown]);
            if let Some(last) = all.last() {
                query = query.with_after(last);
            }
            let page = self.ledger.entries(&query).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }

    /// Closes an unresolved operation. Gives it as it stands then.
    ///
    /// # Errors
    /// [`ErrorKind::Ledger`] when there is no such operation, when it is not unresolved, and when the ledger cannot be
    /// written.
    pub async fn resolve(&self, id: &OperationId, verdict: Verdict) -> Result<Entry, Error> {
        // An operation past its deadline is unresolved, though nobody may have noticed yet.
        self.ledger.expire(self.now()).await?;
        match self.close_unknown(id, verdict).await? {
            Some(closed) => Ok(closed),
            None => Err(not_unresolved(id, self.ledger.entry(id).await?.as_ref())),
        }
    }

    /// Closes an operation if it is unknown, and gives it as it stands then.
    async fn close_unknown(&self, id: &OperationId, verdict: Verdict) -> Result<Option<Entry>, Error> {
        let entry = self.ledger.entry(id).await?;
        let Some(known) = entry.filter(|entry| entry.state == State::Unknown) else { return Ok(None) };
        let next = match verdict {
            Verdict::Charged(charge) => Next::Settled { charge: Some(charge), basis: Basis::Decided, result: None },
            Verdict::Made(media) => {
                let result = Some(record_of(known.kind, &media, known.expected));
                Next::Settled { charge: known.expected, basis: Basis::Estimated, result }
            }
            Verdict::NotBilled => Next::Released,
        };
        match self.ledger.advance(Change::new(id.clone(), Some(known.ticket), next, self.now())).await? {
            Advanced::Done(entry) => Ok(Some(*entry)),
            _ => Ok(None),
        }
    }

    /// Looks into a library for the media of all unresolved operations, and settles those that are found by their
    /// operation id. Costs nothing.
    ///
    /// # Errors
    /// When the ledger or the library cannot be asked. What was settled by then stays so.
    pub async fn reconcile(&self, library: &dyn MediaLibrary) -> Result<Vec<Lookup>, Error> {
        let mut lookups = Vec::new();
        for entry in self.unresolved().await? {
            if matches!(entry.kind, Kind::Text | Kind::Plan) {
                continue;
            }
            let until = entry.deadline.checked_add(SKEW).unwrap_or(entry.deadline);
            let window = (entry.at.checked_sub(SKEW).unwrap_or(entry.at), until);
            let search = Search::of(entry.id.clone()).with_window(window.0, window.1);
            let found = reconcile(library, &search).await?;
            let closed = match &found {
                Reconciled::Found(media) => self.close_unknown(&entry.id, Verdict::Made(media.clone())).await?,
                _ => None,
            };
            // Where someone else has closed it meanwhile, it stands as that one left it.
            let entry = match closed {
                Some(closed) => closed,
                None => self.ledger.entry(&entry.id).await?.unwrap_or(entry),
            };
            lookups.push(Lookup { entry, found });
        }
        Ok(lookups)
    }
}

/// The answer that was lost, as far as its medium and its charge tell it. No multiplier stands between usage and charge of media,
/// and images have no usage.
fn record_of(kind: Kind, media: &Media, charge: Option<Charge>) -> Value {
    let mut record = json!({
        "media": {
            "id": media.id, "url": media.url, "type": media.content_type, "size": media.size, "name": media.name,
        },
    });
    let Some(fields) = record.as_object_mut() else { return record };
    if let (Kind::Video | Kind::Extend | Kind::Speech, Some(charge)) = (kind, charge) {
        fields.insert("usage".to_owned(), json!(Usage::new(charge.input, charge.output).with_total()));
    }
    if let (Kind::Video | Kind::Extend, Some(time)) = (kind, media.metadata_value(GENERATION_TIME)) {
        fields.insert(GENERATION_TIME.to_owned(), time.clone());
    }
    if kind == Kind::Extend {
        fields.insert("is_extension".to_owned(), Value::Bool(true));
        if let Some(source) = media.metadata_value("source_media_id") {
            fields.insert("source_media_id".to_owned(), source.clone());
        }
    }
    record
}

fn not_unresolved(id: &OperationId, entry: Option<&Entry>) -> Error {
    let message = match entry {
        Some(entry) => format!("the operation is not unresolved: it is {}", entry.state),
        None => "there is no operation of this id".to_owned(),
    };
    Error::new(ErrorKind::Ledger { message }, Outcome::NotSent).with_operation_id(id)
}
