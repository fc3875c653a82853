//! Where a bucket's media are: in the server's own library, or in that of the backend. Got and listed, they are as the API
//! shows them; the library itself knows them by the server's operation ids.

use std::sync::Arc;

use cosmic_ai::{Error, Media, MediaId, MediaLibrary, MediaQuery};
use serde_json::Value;

use crate::library::{BucketLibrary, Listing, Matcher, Sort};
use crate::operation::shown;

/// How many media a library elsewhere is asked for at once.
const PAGE: u32 = 1_000;

/// Where a bucket's media are.
#[derive(Debug, Clone)]
pub(crate) enum Shelf {
    /// On this server's disk.
    Disk(BucketLibrary),
    /// Where the backend keeps them.
    Elsewhere(Arc<dyn MediaLibrary>),
}

/// Some of the media that match.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Listed {
    pub(crate) media: Vec<Media>,
    /// How many match in all, whatever the limit.
    pub(crate) total: u64,
}

impl Shelf {
    /// The library, whichever it is. What it answers is not yet as the API shows it.
    pub(crate) fn library(&self) -> &dyn MediaLibrary {
        match self {
            Self::Disk(library) => library,
            Self::Elsewhere(library) => &**library,
        }
    }

    /// Refuses what a call needs of the library and it does not have: the folder to put its medium into, the clip to continue.
    /// Before anything is held; a library elsewhere says it itself.
    pub(crate) async fn check(&self, folder: Option<&str>, source: Option<&MediaId>) -> Result<(), Error> {
        let Self::Disk(library) = self else { return Ok(()) };
        library.check_folder(folder).await?;
        match source {
            Some(id) => library.get(id).await.map(|_| ()),
            None => Ok(()),
        }
    }

    /// One medium, as the API shows it.
    pub(crate) async fn get(&self, id: &MediaId) -> Result<Media, Error> {
        self.library().get(id).await.map(shown)
    }

    /// Some of the media, as the API shows them. Nothing found is an empty list.
    pub(crate) async fn list(&self, listing: &Listing) -> Result<Listed, Error> {
        match self {
            Self::Disk(library) => library.list(listing).await,
            Self::Elsewhere(library) => elsewhere(&**library, listing).await,
        }
    }
}

/// Lists a library that can only be asked for folders and operations: the rest is looked through here.
async fn elsewhere(library: &dyn MediaLibrary, listing: &Listing) -> Result<Listed, Error> {
    let mut matcher = Matcher::of(&listing.query)?;
    let mut folder = None;
    matcher.take_equal(|field, value| match (field, value) {
        ("folder", Value::String(wanted)) if folder.is_none() => {
            folder = Some(wanted.clone());
            true
        }
        _ => false,
    });
    let query = || folder.iter().fold(MediaQuery::all(), MediaQuery::with_folder);
    if matcher.is_empty() && listing.sort == Sort::NewestFirst && listing.limit <= PAGE {
        let page = library.find(&query().with_limit(listing.limit).with_skip(listing.skip)).await?;
        return Ok(Listed { media: page.media.into_iter().map(shown).collect(), total: page.total });
    }
    let mut found = Vec::new();
    let mut skip = 0_u32;
    loop {
        let page = library.find(&query().with_limit(PAGE).with_skip(skip)).await?;
        let count = u32::try_from(page.media.len()).unwrap_or(u32::MAX);
        skip = skip.saturating_add(count);
        found.extend(page.media.into_iter().map(shown).filter(|media| matcher.matches(media)));
        if count == 0 || u64::from(skip) >= page.total {
            break;
        }
    }
    let total = found.len() as u64;
    sort(&mut found, listing.sort);
    let media = found.into_iter().skip(listing.skip as usize).take(listing.limit as usize).collect();
    Ok(Listed { media, total })
}

/// Sorts media that come newest first.
fn sort(media: &mut [Media], sort: Sort) {
    let modified = |media: &Media| media.modified_at.clone().or_else(|| media.created_at.clone());
    match sort {
        Sort::NewestFirst => {}
        Sort::OldestFirst => media.reverse(),
        Sort::LastModifiedFirst => media.sort_by_key(|media| std::cmp::Reverse(modified(media))),
        Sort::FirstModifiedFirst => media.sort_by_key(modified),
        Sort::Random => media.sort_by_cached_key(|_| uuid::Uuid::new_v4()),
    }
}

#[cfg(test)]
mod tests;
