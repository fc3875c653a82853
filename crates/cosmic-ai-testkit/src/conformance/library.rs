//! Rules of `MediaLibrary`.

mod changes;
mod uploads;

use cosmic_ai_core::{
    Error, ErrorKind, Media, MediaId, MediaLibrary, MediaQuery, OPERATION_ID_KEY, OperationId, Upload,
};
use serde_json::{Map, json};

use super::media::{self, OWN_KEY};
use super::report::{Checks, Flaw, Verdict, ensure};

/// Every byte value, so that nothing passes that treats files as text.
fn content() -> Vec<u8> {
    (0..=u8::MAX).cycle().take(70_000).collect()
}

pub(super) async fn run(checks: &mut Checks, library: &dyn MediaLibrary) {
    checks.run("library/a-stored-file-is-described", described(library)).await;
    checks
        .run("library/get-finds-what-was-stored", async {
            let stored = put(library, &OperationId::mint()).await?;
            let got = library.get(&stored.id).await?;
            let is_same = got.id == stored.id && got.content_type == stored.content_type && got.size == stored.size;
            ensure!(is_same, "stored was {stored:?}, got {got:?}");
            clear(library, [stored]).await
        })
        .await;
    checks
        .run("library/open-gives-the-bytes", async {
            let stored = put(library, &OperationId::mint()).await?;
            let bytes = library.open(&stored).await?.collect().await?;
            ensure!(bytes == content(), "{} bytes were stored, {} others came", content().len(), bytes.len());
            if let Some(size) = stored.size {
                ensure!(size == bytes.len() as u64, "the size is {size}, there are {} bytes", bytes.len());
            }
            clear(library, [stored]).await
        })
        .await;
    checks.run("library/find-finds-by-operation", by_operation(library)).await;
    checks.run("library/find-lists-newest-first", newest_first(library)).await;
    checks
        .run("library/finding-nothing-is-no-error", async {
            let page = library.find(&MediaQuery::all().with_operation(OperationId::mint())).await?;
            ensure!(page.media.is_empty() && page.total == 0, "an operation that never was has {page:?}");
            Ok(())
        })
        .await;
    checks.run("library/find-finds-by-folder", by_folder(library)).await;
    checks.run("library/delete-is-final", deletion(library)).await;
    uploads::run(checks, library).await;
    changes::run(checks, library).await;
    let mut errors = Vec::new();
    checks
        .run("library/unknown-media-are-not-found", async {
            let id = MediaId::from("no-such-medium");
            errors.extend(library.get(&id).await.err());
            errors.extend(library.delete(&id).await.err());
            ensure!(errors.len() == 2, "a medium that does not exist was found or deleted");
            errors.extend(changes::unknown(library, &id).await?);
            errors.iter().try_for_each(is_not_found)
        })
        .await;
    checks
        .run("library/errors-cost-nothing", async {
            for error in &errors {
                ensure!(!error.outcome().may_be_billed(), "the outcome of {error} is {:?}", error.outcome());
            }
            Ok(())
        })
        .await;
}

async fn described(library: &dyn MediaLibrary) -> Verdict {
    let operation = OperationId::mint();
    let stored = put(library, &operation).await?;
    media::is_described(&stored, "application/octet-stream")?;
    let (own, id) = (stored.metadata_value(OWN_KEY), stored.metadata_value(OPERATION_ID_KEY));
    let is_kept = own == Some(&json!("kept")) && id == Some(&json!(operation));
    ensure!(is_kept, "of its metadata came back {:?}", stored.metadata);
    let other = put(library, &operation).await?;
    ensure!(stored.id != other.id, "two files have one id, {}", stored.id);
    clear(library, [stored, other]).await
}

async fn by_operation(library: &dyn MediaLibrary) -> Verdict {
    let (wanted, other) = (OperationId::mint(), OperationId::mint());
    let stored = [put(library, &wanted).await?, put(library, &other).await?];
    let page = library.find(&MediaQuery::all().with_operation(wanted)).await?;
    let [expected, _] = &stored;
    let is_it = matches!(page.media.as_slice(), [found] if found.id == expected.id) && page.total == 1;
    ensure!(is_it, "of the operation is {}, found was {page:?}", expected.id);
    clear(library, stored).await
}

async fn by_folder(library: &dyn MediaLibrary) -> Verdict {
    let (wanted, other) = ("conformance-a", "conformance-b");
    let mut stored = Vec::new();
    for folder in [wanted, other] {
        let upload = Upload::new("conformance.bin", "application/octet-stream", content()).with_folder(folder);
        let Ok(media) = library.put(upload).await else {
            return Err(Flaw::Skipped(format!("the library has no folder {folder}")));
        };
        stored.push(media);
    }
    let kept = media::reported(stored.first().and_then(|media| media.folder.clone()), "folders")?;
    ensure!(kept == wanted, "stored in {wanted}, it is in {kept}");
    let page = library.find(&MediaQuery::all().with_folder(wanted)).await?;
    let expected: Vec<&MediaId> = stored.iter().take(1).map(|media| &media.id).collect();
    let found: Vec<&MediaId> = page.media.iter().map(|media| &media.id).collect();
    ensure!(found == expected, "in the folder is {expected:?}, found was {found:?}");
    clear(library, stored).await
}

async fn newest_first(library: &dyn MediaLibrary) -> Verdict {
    let operation = OperationId::mint();
    let mut stored = Vec::new();
    for _ in 0..3 {
        stored.push(put(library, &operation).await?);
    }
    let query = MediaQuery::all().with_operation(operation);
    let all = library.find(&query).await?;
    let expected: Vec<&MediaId> = stored.iter().rev().map(|media| &media.id).collect();
    let found: Vec<&MediaId> = all.media.iter().map(|media| &media.id).collect();
    ensure!(found == expected, "stored last to first were {expected:?}, found were {found:?}");
    let page = library.find(&query.with_limit(1).with_skip(1)).await?;
    let found: Vec<&MediaId> = page.media.iter().map(|media| &media.id).collect();
    ensure!(found == expected.get(1..2).unwrap_or_default(), "with limit 1 and skip 1 came {found:?} of {expected:?}");
    ensure!(page.total == 3, "of 3 that match the total is {}", page.total);
    clear(library, stored).await
}

async fn deletion(library: &dyn MediaLibrary) -> Verdict {
    let operation = OperationId::mint();
    let stored = put(library, &operation).await?;
    library.delete(&stored.id).await?;
    let Err(error) = library.get(&stored.id).await else {
        return Err("it is still described after it was deleted".to_owned().into());
    };
    is_not_found(&error)?;
    let Err(error) = library.delete(&stored.id).await else {
        return Err("it was deleted twice".to_owned().into());
    };
    is_not_found(&error)?;
    let page = library.find(&MediaQuery::all().with_operation(operation)).await?;
    ensure!(page.media.is_empty(), "it is still found after it was deleted");
    let opened = match library.open(&stored).await {
        Ok(bytes) => bytes.collect().await,
        Err(error) => Err(error),
    };
    match opened {
        Ok(_) => Err("its bytes are still had after it was deleted".to_owned().into()),
        Err(error) => is_not_found(&error),
    }
}

pub(super) fn is_not_found(error: &Error) -> Verdict {
    ensure!(matches!(error.kind(), ErrorKind::NotFound(_)), "the error is not `NotFound` but {error:?}");
    Ok(())
}

async fn put(library: &dyn MediaLibrary, operation: &OperationId) -> Result<Media, Flaw> {
    let mut metadata = Map::new();
    metadata.insert(OWN_KEY.to_owned(), json!("kept"));
    metadata.insert(OPERATION_ID_KEY.to_owned(), json!(operation));
    let upload = Upload::new("conformance.bin", "application/octet-stream", content()).with_metadata(metadata);
    Ok(library.put(upload).await?)
}

async fn clear(library: &dyn MediaLibrary, media: impl IntoIterator<Item = Media>) -> Verdict {
    for media in media {
        library.delete(&media.id).await?;
    }
    Ok(())
}
