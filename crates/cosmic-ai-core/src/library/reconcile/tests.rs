//! Libraries of every temper, and what is found in them.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;

use super::*;
use crate::{ByteStream, MediaId, MediaPage, Outcome, Rejection, Upload};

/// A library of some files, newest first.
#[derive(Debug, Default)]
struct Shelf {
    media: Vec<Media>,
    /// How many it gives at once at most, whatever it is asked for.
    page: usize,
    /// How it answers queries for an operation, if not by finding.
    broken: Option<ErrorKind>,
    /// It does not say how many there are, only how many it has given.
    countless: bool,
    /// It gives the same files whatever is skipped.
    unskippable: bool,
}

#[async_trait]
impl MediaLibrary for Shelf {
    async fn find(&self, query: &MediaQuery) -> Result<MediaPage, Error> {
        if let (Some(_), Some(kind)) = (&query.operation, &self.broken) {
            return Err(Error::new(kind.clone(), Outcome::NotSent));
        }
        let fits = |media: &&Media| {
            query.operation.as_ref().is_none_or(|id| media.metadata.get(OPERATION_ID_KEY) == Some(&json!(id)))
        };
        let found: Vec<Media> = self.media.iter().filter(fits).cloned().collect();
        let total = found.len() as u64;
        let limit = query.limit.map_or(self.page, |limit| self.page.min(limit as usize));
        let skip = if self.unskippable { 0 } else { query.skip as usize };
        let page: Vec<Media> = found.into_iter().skip(skip).take(limit).collect();
        let total = if self.countless { u64::from(query.skip) + page.len() as u64 } else { total };
        Ok(MediaPage::new(page, total))
    }

    async fn get(&self, _: &MediaId) -> Result<Media, Error> {
        panic!("reconciling only finds")
    }

    async fn open(&self, _: &Media) -> Result<ByteStream, Error> {
        panic!("reconciling only finds")
    }

    async fn put(&self, _: Upload) -> Result<Media, Error> {
        panic!("reconciling only finds")
    }

    async fn delete(&self, _: &MediaId) -> Result<(), Error> {
        panic!("reconciling only finds")
    }
}

fn shelf(media: impl IntoIterator<Item = Media>) -> Shelf {
    Shelf { media: media.into_iter().collect(), page: 1_000, ..Shelf::default() }
}

/// A file stored so many seconds after the beginning of time.
fn file(id: &str, second: i64) -> Media {
    let mut media = Media::new(id, "https://x.invalid/", "video/mp4");
    media.created_at = jiff::Timestamp::from_second(second).ok().map(|stamp| stamp.to_string());
    media
}

fn of_operation(mut media: Media, id: &OperationId) -> Media {
    media.metadata.insert(OPERATION_ID_KEY.to_owned(), json!(id));
    media
}

fn of_prompt(mut media: Media, prompt: &str) -> Media {
    media.metadata.insert("prompt".to_owned(), json!(prompt));
    media
}

fn at(second: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(second)
}

/// The ids that are found: one if it is sure.
async fn found(shelf: &Shelf, search: &Search) -> Vec<String> {
    match reconcile(shelf, search).await {
        Ok(Reconciled::Found(media)) => vec![format!("sure {}", media.id)],
        Ok(Reconciled::Candidates(media)) => media.iter().map(|media| media.id.to_string()).collect(),
        Ok(Reconciled::Incomplete(media)) => {
            let ids = media.iter().map(|media| media.id.to_string());
            std::iter::once("incomplete".to_owned()).chain(ids).collect()
        }
        Ok(Reconciled::NotFound) => Vec::new(),
        Err(error) => vec![format!("error {error}")],
    }
}

#[tokio::test]
async fn the_operations_own_file_is_sure_whenever_it_was_stored() {
    let (id, other) = (OperationId::mint(), OperationId::mint());
    let shelf = shelf([of_operation(file("b", 20), &other), file("a", 15), of_operation(file("late", 9_000), &id)]);
    let search = Search::of(id).with_window(at(10), at(30));
    assert_eq!(found(&shelf, &search).await, ["sure late"]);
}

#[tokio::test]
async fn candidates_are_of_the_window_and_no_other_operation() {
    let other = OperationId::mint();
    let mut dateless = file("dateless", 0);
    dateless.created_at = None;
    let shelf = shelf([
        file("after", 31),
        file("last", 30),
        of_operation(file("others", 20), &other),
        dateless,
        file("first", 10),
        file("before", 9),
    ]);
    let search = Search::of(OperationId::mint()).with_window(at(10), at(30));
    assert_eq!(found(&shelf, &search).await, ["last", "first"]);
    assert_eq!(found(&shelf, &Search::of(OperationId::mint())).await, Vec::<String>::new());
    assert_eq!(found(&shelf, &search.with_window(at(40), at(50))).await, Vec::<String>::new());
}

#[tokio::test]
async fn prompts_are_compared_as_far_as_they_are_stored() {
    let long = "A red bicycle rolls slowly down a street in the old town, ".repeat(3);
    let cut: String = long.chars().take(90).collect();
    let mut described = file("described", 19);
    described.alt_text = Some("A red bicycle rolls…".to_owned());
    let shelf = shelf([
        of_prompt(file("whole", 20), &long),
        of_prompt(file("cut", 20), &cut),
        of_prompt(file("dots", 20), &format!("{}...", long.get(..40).unwrap_or_default())),
        described,
        of_prompt(file("another", 18), "A blue bicycle"),
        file("nameless", 17),
    ]);
    let search = Search::of(OperationId::mint()).with_prompt(format!("  {long}")).with_window(at(10), at(30));
    assert_eq!(found(&shelf, &search).await, ["whole", "cut", "dots", "described", "nameless"]);
}

#[tokio::test]
async fn all_pages_of_the_window_are_looked_through_whatever_their_size() {
    let many = (0_i64..60).map(|place| file(&place.to_string(), 100 - place));
    let mut shelf = shelf(many);
    let search = Search::of(OperationId::mint()).with_window(at(50), at(52));
    for countless in [false, true] {
        shelf.countless = countless;
        for page in [1_000, 60, 59, 7] {
            shelf.page = page;
            assert_eq!(found(&shelf, &search).await, ["48", "49", "50"], "pages of {page}");
        }
        // Not without end: after ten pages it is given up, which is not the same as that there is nothing.
        shelf.page = 1;
        assert_eq!(found(&shelf, &search).await, ["incomplete"]);
        shelf.page = 5;
        assert_eq!(found(&shelf, &search).await, ["incomplete", "48", "49"]);
    }
}

#[tokio::test]
async fn a_library_that_cannot_skip_is_believed_only_if_all_was_seen() {
    let mut shelf = shelf((0_i64..3).map(|place| file(&place.to_string(), 100 - place)));
    shelf.unskippable = true;
    let search = Search::of(OperationId::mint()).with_window(at(10), at(99));
    assert_eq!(found(&shelf, &search).await, ["1", "2"]);
    shelf.page = 2;
    assert_eq!(found(&shelf, &search).await, ["incomplete", "1"]);
}

#[tokio::test]
async fn only_what_can_be_generated_is_a_candidate() {
    let kinds = ["image/png", "VIDEO/mp4", "audio/mpeg", "application/pdf", "text/plain", "imagery/x", ""];
    let shelf = shelf(kinds.map(|kind| Media { content_type: kind.to_owned(), ..file(kind, 20) }));
    let search = Search::of(OperationId::mint()).with_window(at(10), at(30));
    assert_eq!(found(&shelf, &search).await, ["image/png", "VIDEO/mp4", "audio/mpeg"]);
}

#[tokio::test]
async fn ids_under_another_key_count_if_the_search_knows_it() {
    let (id, other) = (OperationId::mint(), OperationId::mint());
    let under = |name: &str, id: &OperationId| {
        let mut media = file(name, 20);
        media.metadata.insert("job".to_owned(), json!(id));
        media
    };
    let shelf = shelf([under("others", &other), under("own", &id), file("bare", 20)]);
    let search = Search::of(id).with_window(at(10), at(30));
    assert_eq!(found(&shelf, &search).await, ["others", "own", "bare"]);
    assert_eq!(found(&shelf, &search.with_key("job")).await, ["sure own"]);
    let search = Search::of(OperationId::mint()).with_window(at(10), at(30)).with_key("job");
    assert_eq!(found(&shelf, &search).await, ["bare"]);
}

#[tokio::test]
async fn a_library_without_ids_is_looked_through_by_time_and_others_errors_are_told() {
    let mut shelf = shelf([file("a", 20)]);
    let search = Search::of(OperationId::mint()).with_window(at(10), at(30));
    shelf.broken = Some(ErrorKind::Configuration { message: "no ids".to_owned() });
    assert_eq!(found(&shelf, &search).await, ["a"]);
    assert_eq!(found(&shelf, &Search::of(OperationId::mint())).await, ["error configuration: no ids"]);
    shelf.broken = Some(ErrorKind::Credentials(Rejection::new("no")));
    assert_eq!(found(&shelf, &search).await, ["error credentials not accepted: no"]);
}
