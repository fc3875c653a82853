//! Calls of which nobody knows whether they were billed: they stay held until someone finds out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use cosmic_ai_core::{
    ByteStream, Charge, Error, ErrorKind, ImageGenerator, ImageRequest, Media, MediaId, MediaLibrary, MediaPage,
    MediaQuery, OPERATION_ID_KEY, Outcome, Reconciled, TextGenerator, TextRequest, Tokens, Upload, VideoGenerator,
    VideoRequest,
};
use cosmic_ai_pricing::ledger::{Admission, Basis, BodyHash, Change, Entry, Kind, Ledger, MemoryLedger, Next, State};
use cosmic_ai_pricing::{Clock, Verdict};
use serde_json::Value;

use super::backend::{Act, media};
use super::setup::{Setup, call};

/// A library that holds what it is given.
#[derive(Debug, Default)]
struct Shelf(Vec<Media>);

#[async_trait]
impl MediaLibrary for Shelf {
    async fn get(&self, _: &MediaId) -> Result<Media, Error> {
        Err(unused())
    }

    async fn find(&self, query: &MediaQuery) -> Result<MediaPage, Error> {
        let wanted = query.operation.as_ref().map(|id| Value::from(id.as_str()));
        let media =
            self.0.iter().filter(|media| wanted.is_none() || media.metadata_value(OPERATION_ID_KEY) == wanted.as_ref());
        let media: Vec<Media> = media.skip(query.skip as usize).cloned().collect();
        let total = media.len() as u64;
        Ok(MediaPage::new(media, total))
    }

    async fn open(&self, _: &Media) -> Result<ByteStream, Error> {
        Err(unused())
    }

    async fn put(&self, _: Upload) -> Result<Media, Error> {
        Err(unused())
    }

    async fn delete(&self, _: &MediaId) -> Result<(), Error> {
        Err(unused())
    }
}

fn unused() -> Error {
    Error::new(ErrorKind::Backend { message: "no test asks this".to_owned() }, Outcome::Refused)
}

async fn two_lost() -> Setup {
    let setup = Setup::new(vec![Act::Fail(Outcome::UNKNOWN); 2], |meter| meter);
    setup.metered.generate_video(&call("clip"), &VideoRequest::new("Waves")).await.unwrap_err();
    setup.metered.generate_image(&call("image"), &ImageRequest::new("A lake")).await.unwrap_err();
    setup
}

#[tokio::test]
async fn a_medium_whose_answer_was_lost_stays_held_until_it_is_found_in_the_library() {
    let setup = two_lost().await;
    let mut clip = media("found");
    clip.metadata.insert(OPERATION_ID_KEY.to_owned(), Value::from("clip"));
    let lookups = setup.metered.meter().reconcile(&Shelf(vec![clip])).await.unwrap();
    let found: Vec<_> = lookups.iter().map(|lookup| (lookup.entry.id.as_str(), lookup.entry.state)).collect();
    assert_eq!(found.len(), 2);
    assert!(found.contains(&("clip", State::Settled)) && found.contains(&("image", State::Unknown)), "{found:?}");
    assert!(lookups.iter().any(|lookup| lookup.found == Reconciled::NotFound));
    let entry = setup.entry(&"clip".parse().unwrap()).await;
    assert_eq!((entry.charge, entry.basis), (Some(Charge::new(Tokens(0), Tokens(288_000))), Some(Basis::Estimated)));
    // From now on its id gives the medium.
    let again = setup.metered.generate_video(&call("clip"), &VideoRequest::new("Waves")).await.unwrap();
    assert_eq!(again.media.id.as_str(), "found");
    assert_eq!(setup.backend.sent(), 2);
    // The other is still held.
    assert_eq!(setup.standing().await.held.output, Tokens(32_160));
}

#[tokio::test]
async fn a_person_decides_what_no_library_knows() {
    let setup = two_lost().await;
    let meter = setup.metered.meter();
    let charge = Charge::new(Tokens(5), Tokens(32_160));
    let billed = meter.resolve(&"image".parse().unwrap(), Verdict::Charged(charge)).await.unwrap();
    assert_eq!((billed.state, billed.charge, billed.basis), (State::Settled, Some(charge), Some(Basis::Decided)));
    let not = meter.resolve(&"clip".parse().unwrap(), Verdict::NotBilled).await.unwrap();
    assert_eq!((not.state, not.charge), (State::Released, None));
    assert!(meter.unresolved().await.unwrap().is_empty());
    let standing = setup.standing().await;
    assert_eq!((standing.held, standing.spent), (Charge::ZERO, charge));
    // Once decided, it is decided.
    let error = meter.resolve(&"image".parse().unwrap(), Verdict::NotBilled).await.unwrap_err();
    assert_eq!(error.to_string(), "ledger: the operation is not unresolved: it is settled");
    let error = meter.resolve(&"never".parse().unwrap(), Verdict::NotBilled).await.unwrap_err();
    assert_eq!(error.to_string(), "ledger: there is no operation of this id");
}

#[tokio::test]
async fn an_error_that_says_it_was_billed_is_settled() {
    let billed = |charge| Act::FailHaving(Outcome::Billed { charge }, "made");
    let known = Charge::new(Tokens(1), Tokens(2));
    let setup = Setup::new([billed(Some(known)), billed(None)], |meter| meter);
    setup.metered.generate_image(&call("known"), &ImageRequest::new("A lake")).await.unwrap_err();
    setup.metered.generate_image(&call("priced"), &ImageRequest::new("A lake")).await.unwrap_err();
    assert_eq!(setup.entry(&"known".parse().unwrap()).await.charge, Some(known));
    let priced = setup.entry(&"priced".parse().unwrap()).await;
    assert_eq!((priced.charge, priced.basis), (Some(Charge::new(Tokens(0), Tokens(32_160))), Some(Basis::Estimated)));
    assert_eq!(priced.result.unwrap().pointer("/media/id"), Some(&Value::from("made")));
}

#[tokio::test]
async fn what_comes_in_after_the_deadline_is_kept() {
    let setup = Setup::new([], |meter| meter);
    let stream =
        setup.metered.stream_text(&call("late"), &TextRequest::new("Words").with_max_tokens(10)).await.unwrap();
    setup.clock.advance(Duration::from_hours(2));
    assert_eq!(setup.metered.meter().unresolved().await.unwrap().len(), 1);
    stream.collect().await.unwrap();
    assert_eq!(setup.entry(&"late".parse().unwrap()).await.state, State::Settled);
    // More may become known of what stays unknown.
    let at_least = Charge::new(Tokens(0), Tokens(50_000));
    let id = || "image".parse().unwrap();
    let next = |at_least, result| {
        let next = Next::Unknown { at_least, result };
        setup.ledger.advance(Change::new(id(), None, next, setup.clock.now()))
    };
    setup.ledger.admit(Admission::new(Entry::new(id(), Kind::Image, BodyHash::default()), Vec::new())).await.unwrap();
    next(Charge::ZERO, None).await.unwrap();
    next(at_least, Some(Value::from("made"))).await.unwrap();
    let entry = setup.entry(&id()).await;
    assert_eq!((entry.state, entry.held, entry.result), (State::Unknown, Some(at_least), Some(Value::from("made"))));
}

#[tokio::test]
async fn an_operation_past_its_deadline_can_be_resolved_at_once() {
    let setup = Setup::new([], |meter| meter);
    std::mem::forget(setup.metered.stream_text(&call("dead"), &super::setup::ask()).await.unwrap());
    setup.clock.advance(Duration::from_hours(2));
    let entry = setup.metered.meter().resolve(&"dead".parse().unwrap(), Verdict::NotBilled).await.unwrap();
    assert_eq!(entry.state, State::Released);
}

/// A library in which someone else resolves the image while the clip is looked for.
#[derive(Debug)]
struct Meanwhile(Shelf, Arc<MemoryLedger>);

#[async_trait]
impl MediaLibrary for Meanwhile {
    async fn get(&self, id: &MediaId) -> Result<Media, Error> {
        self.0.get(id).await
    }

    async fn find(&self, query: &MediaQuery) -> Result<MediaPage, Error> {
        let next = Next::Released;
        self.1.advance(Change::new("image".parse().unwrap(), None, next, SystemTime::now())).await?;
        self.0.find(query).await
    }

    async fn open(&self, media: &Media) -> Result<ByteStream, Error> {
        self.0.open(media).await
    }

    async fn put(&self, upload: Upload) -> Result<Media, Error> {
        self.0.put(upload).await
    }

    async fn delete(&self, id: &MediaId) -> Result<(), Error> {
        self.0.delete(id).await
    }
}

#[tokio::test]
async fn what_someone_else_resolves_meanwhile_stops_no_look_up() {
    let setup = two_lost().await;
    let marked = |id: &str| {
        let mut medium = media(id);
        medium.metadata.insert(OPERATION_ID_KEY.to_owned(), Value::from(id));
        medium
    };
    let library = Meanwhile(Shelf(vec![marked("clip"), marked("image")]), setup.ledger.clone());
    let lookups = setup.metered.meter().reconcile(&library).await.unwrap();
    let states: BTreeMap<_, _> = lookups.iter().map(|lookup| (lookup.entry.id.as_str(), lookup.entry.state)).collect();
    assert_eq!(states, BTreeMap::from([("clip", State::Settled), ("image", State::Released)]));
}
