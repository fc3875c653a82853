//! Calls of which nobody knows whether they were billed: they stay held until someone finds out.

use async_trait::async_trait;
use cosmic_ai_core::{
    ByteStream, Charge, Error, ErrorKind, ImageGenerator, ImageRequest, Media, MediaId, MediaLibrary, MediaPage,
    MediaQuery, OPERATION_ID_KEY, Outcome, Reconciled, Tokens, Upload, VideoGenerator, VideoRequest,
};
use cosmic_ai_pricing::Verdict;
use cosmic_ai_pricing::ledger::{Basis, State};
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
    assert_eq!(error.to_string(), "ledger: there is no unresolved operation of this id");
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
