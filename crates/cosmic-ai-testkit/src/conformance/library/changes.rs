//! Rules of changes: what they name changes, all else stays. A library that changes nothing says so.

use std::time::Duration;

use cosmic_ai_core::{
    Error, ErrorKind, Media, MediaChange, MediaId, MediaLibrary, MediaQuery, OPERATION_ID_KEY, OperationId, Upload,
};
use serde_json::{Map, Value, json};
use tokio::time::sleep;

use super::super::media::{OWN_KEY, reported};
use super::super::report::{Checks, Flaw, Verdict, ensure};
use super::{clear, content};

/// How often a file is changed until it is modified later: moments have whatever resolution the library gives them.
const CHANGES: u32 = 50;
/// How long is waited between them.
const PAUSE: Duration = Duration::from_millis(50);
const TEXT: &str = "a file of the checks";

pub(super) async fn run(checks: &mut Checks, library: &dyn MediaLibrary) {
    checks.run("library/update-changes-what-it-says", changes_what_it_says(library)).await;
    checks.run("library/update-keeps-the-rest", keeps_the_rest(library)).await;
    checks.run("library/update-replaces-metadata", replaces_metadata(library)).await;
    checks.run("library/update-moves-files", moves_files(library)).await;
    checks.run("library/update-says-when", says_when(library)).await;
}

/// The error for a medium that there is none of; `None` from a library that changes nothing.
pub(super) async fn unknown(library: &dyn MediaLibrary, id: &MediaId) -> Result<Option<Error>, Flaw> {
    match library.update(id, MediaChange::new().with_alt_text(TEXT)).await {
        Ok(media) => Err(format!("a medium that does not exist was changed into {media:?}").into()),
        Err(error) if matches!(error.kind(), ErrorKind::Unsupported(_)) => Ok(None),
        Err(error) => Ok(Some(error)),
    }
}

async fn changes_what_it_says(library: &dyn MediaLibrary) -> Verdict {
    let stored = put(library).await?;
    let answered = update(library, &stored, MediaChange::new().with_alt_text("another text")).await?;
    let got = library.get(&stored.id).await?;
    for (media, whence) in [(&answered, "answered"), (&got, "kept")] {
        let text = media.alt_text.as_deref();
        ensure!(media.id == stored.id, "of {} changed, {} is {whence}", stored.id, media.id);
        ensure!(text == Some("another text"), "the changed text that is {whence} is {text:?}");
    }
    update(library, &stored, MediaChange::new().with_alt_text("")).await?;
    let got = library.get(&stored.id).await?;
    let text = got.alt_text.as_deref().unwrap_or_default();
    ensure!(text.is_empty(), "an empty text was to take it away, it is {text:?}");
    clear(library, [stored]).await
}

async fn keeps_the_rest(library: &dyn MediaLibrary) -> Verdict {
    let (stored, other) = (put(library).await?, put(library).await?);
    let before = library.get(&stored.id).await?;
    let expected = |change: &str, mut media: Media| {
        media.modified_at.clone_from(&before.modified_at);
        media.modified_by.clone_from(&before.modified_by);
        if change == "the text" {
            media.alt_text.clone_from(&before.alt_text);
        } else {
            media.metadata.clone_from(&before.metadata);
        }
        media
    };
    let own: Map<String, Value> = [("other".to_owned(), json!(1))].into_iter().collect();
    update(library, &stored, MediaChange::new().with_alt_text("another text")).await?;
    let after = expected("the text", library.get(&stored.id).await?);
    ensure!(after == before, "a change of the text changed {before:?} into {after:?}");
    update(library, &stored, MediaChange::new().with_alt_text(TEXT).with_metadata(own)).await?;
    let after = expected("the metadata", library.get(&stored.id).await?);
    ensure!(after == before, "a change of the metadata changed {before:?} into {after:?}");
    let bytes = library.open(&stored).await?.collect().await?;
    ensure!(bytes == content(), "of {} bytes, {} others are left", content().len(), bytes.len());
    let (same, is) = (other.alt_text.clone(), library.get(&other.id).await?.alt_text);
    ensure!(is == same, "the text of a file that was not named changed from {same:?} to {is:?}");
    clear(library, [stored, other]).await
}

async fn replaces_metadata(library: &dyn MediaLibrary) -> Verdict {
    let stored = put(library).await?;
    let operation = OperationId::mint();
    let mut metadata = Map::new();
    metadata.insert("other".to_owned(), json!({ "deep": [1, 2] }));
    metadata.insert(OPERATION_ID_KEY.to_owned(), json!(operation));
    update(library, &stored, MediaChange::new().with_metadata(metadata)).await?;
    let got = library.get(&stored.id).await?;
    let (other, own) = (got.metadata_value("other"), got.metadata_value(OWN_KEY));
    ensure!(other == Some(&json!({ "deep": [1, 2] })), "of new metadata came back {:?}", got.metadata);
    ensure!(own.is_none(), "metadata that was replaced is still {own:?}");
    let page = library.find(&MediaQuery::all().with_operation(operation)).await?;
    let is_it = matches!(page.media.as_slice(), [found] if found.id == stored.id);
    ensure!(is_it, "of the operation is {} now, found was {page:?}", stored.id);
    clear(library, [stored]).await
}

async fn moves_files(library: &dyn MediaLibrary) -> Verdict {
    let folder = "conformance-a";
    let upload = Upload::new("conformance.bin", "application/octet-stream", content()).with_folder(folder);
    let Ok(stored) = library.put(upload).await else {
        return Err(Flaw::Skipped(format!("the library has no folder {folder}")));
    };
    reported(stored.folder.as_ref(), "folders")?;
    update(library, &stored, MediaChange::new().without_folder()).await?;
    let kept = library.get(&stored.id).await?.folder;
    ensure!(kept.is_none(), "taken out of its folder it is in {kept:?}");
    let query = MediaQuery::all().with_folder(folder);
    let is_in_it = async || -> Result<bool, Flaw> {
        Ok(library.find(&query).await?.media.iter().any(|media| media.id == stored.id))
    };
    ensure!(!is_in_it().await?, "it is still found in the folder that it was taken out of");
    update(library, &stored, MediaChange::new().with_folder(folder)).await?;
    ensure!(is_in_it().await?, "it is not found in the folder that it was put in");
    clear(library, [stored]).await
}

async fn says_when(library: &dyn MediaLibrary) -> Verdict {
    let stored = put(library).await?;
    let before = reported(stored.modified_at.clone(), "when files were modified")?;
    for change in 1..=CHANGES {
        let changed = update(library, &stored, MediaChange::new().with_alt_text(format!("text {change}"))).await?;
        let after = reported(changed.modified_at, "when files were modified")?;
        ensure!(after >= before, "modified at {before}, it was changed at {after}");
        ensure!(changed.created_at == stored.created_at, "it was created at {:?}", changed.created_at);
        if after > before {
            return clear(library, [stored]).await;
        }
        sleep(PAUSE).await;
    }
    Err(format!("changed {CHANGES} times it is modified at {before} still").into())
}

/// A file whose text can be changed.
async fn put(library: &dyn MediaLibrary) -> Result<Media, Flaw> {
    let metadata: Map<_, _> = [(OWN_KEY.to_owned(), json!("kept"))].into_iter().collect();
    let upload = Upload::new("conformance.bin", "application/octet-stream", content());
    Ok(library.put(upload.with_alt_text(TEXT).with_metadata(metadata)).await?)
}

/// The changed file, or the reason to skip a check. What it would have looked at is cleared away.
async fn update(library: &dyn MediaLibrary, media: &Media, change: MediaChange) -> Result<Media, Flaw> {
    match library.update(&media.id, change).await {
        Err(error) if matches!(error.kind(), ErrorKind::Unsupported(_)) => {
            clear(library, [media.clone()]).await?;
            Err(Flaw::Skipped("the library changes no files".to_owned()))
        }
        changed => Ok(changed?),
    }
}
