//! Looking through media by a query: off the threads of the runtime, a page at a time, and not for ever. What is asked may be
//! a pattern, and what stands in media may be long.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cosmic_ai::{Error, Media};
use tokio::sync::Semaphore;

use super::failure::{ended, refused};
use super::intake::blocking;
use super::matcher::Matcher;

/// How long the media of one list are compared, in all.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many pages are compared at once, whoever asks.
static SLOTS: Semaphore = Semaphore::const_new(2);

/// The media of one list that match its query. Dropped, it ends with the page it is at.
#[derive(Debug)]
pub(crate) struct Scan {
    matcher: Arc<Matcher>,
    /// How much longer it may take.
    left: Duration,
}

impl Scan {
    pub(crate) fn by(matcher: Matcher) -> Self {
        Self { matcher: Arc::new(matcher), left: PATIENCE }
    }

    /// Those of a page that match. The page is made where it is compared.
    ///
    /// # Errors
    /// When all pages together take too long.
    pub(crate) async fn matching(
        &mut self,
        page: impl FnOnce() -> Vec<Media> + Send + 'static,
    ) -> Result<Vec<Media>, Error> {
        let slot = SLOTS.acquire().await.map_err(|_| ended())?;
        let (matcher, left) = (Arc::clone(&self.matcher), self.left);
        let work = move || {
            let _slot = slot;
            let mut media = page();
            let started = Instant::now();
            media.retain(|media| matcher.matches(media, started + left));
            let left = left.checked_sub(started.elapsed()).ok_or_else(too_long)?;
            Ok((media, left))
        };
        let (media, left) = blocking(work).await?;
        self.left = left;
        Ok(media)
    }
}

fn too_long() -> Error {
    refused(
        "query",
        format!(
            "comparing all media with it takes more than {} s; ask for a folder or a type as well, or for simpler patterns",
            PATIENCE.as_secs()
        ),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn it_is_over_when_its_time_is() {
        let matcher = |query: serde_json::Value| Matcher::of(query.as_object().unwrap()).unwrap();
        let page = || vec![Media::new("a", "", "image/png"), Media::new("b", "", "image/png")];
        let mut scan = Scan::by(matcher(json!({ "id": "b" })));
        assert_eq!(scan.matching(page).await.unwrap()[0].id, "b".into());
        assert!(scan.left < PATIENCE);
        scan.left = Duration::ZERO;
        let error = scan.matching(page).await.unwrap_err();
        assert_eq!(error.status(), Some(400));
        assert!(error.to_string().contains("takes more than 2 s"), "{error}");
    }

    #[tokio::test]
    async fn one_medium_does_not_take_longer_than_all_may() {
        let mut media = Media::new("a", "", "image/png");
        media.metadata.insert("many".to_owned(), json!(vec![0; 200_000]));
        for query in [
            json!({ "metadata.many": { "$in": vec![1; 20_000] } }),
            json!({ "metadata.many": { "$nin": vec![1; 20_000] } }),
            json!({ "$or": vec![json!({ "metadata.many": 1 }); 5_000] }),
        ] {
            let mut scan = Scan::by(Matcher::of(query.as_object().unwrap()).unwrap());
            scan.left = Duration::from_millis(2);
            let (started, page) = (Instant::now(), vec![media.clone(); 3]);
            let found = scan.matching(|| page).await;
            assert!(found.is_err() && started.elapsed() < Duration::from_secs(5), "{found:?}");
        }
    }
}
