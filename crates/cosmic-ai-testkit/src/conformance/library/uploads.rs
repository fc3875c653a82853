//! Rules of uploads: in pieces, broken off, side by side.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use cosmic_ai_core::{
    ByteStream, Error, ErrorKind, MediaLibrary, MediaQuery, OPERATION_ID_KEY, OperationId, Outcome, Upload,
};
use futures_core::Stream;
use serde_json::{Map, json};

use super::super::report::{Checks, Verdict, ensure};
use super::super::together;
use super::{clear, content};

/// How many files are stored side by side.
const FILES: u8 = 8;

pub(super) async fn run(checks: &mut Checks, library: &dyn MediaLibrary) {
    checks
        .run("library/an-upload-may-come-in-pieces", async {
            let pieces = content().chunks(30_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
            let stored = library.put(upload(&OperationId::mint(), pieces)).await?;
            let bytes = library.open(&stored).await?.collect().await?;
            ensure!(bytes == content(), "{} bytes were stored in pieces, {} others came", content().len(), bytes.len());
            clear(library, [stored]).await
        })
        .await;
    checks.run("library/a-broken-upload-keeps-nothing", broken(library)).await;
    checks.run("library/uploads-run-side-by-side", side_by_side(library)).await;
    checks
        .run("library/an-open-file-can-be-dropped", async {
            let stored = library.put(upload(&OperationId::mint(), [Ok(content().into())].into())).await?;
            for _ in 0..4 {
                let mut bytes = library.open(&stored).await?;
                ensure!(bytes.next().await.is_some(), "it has no bytes");
            }
            let whole = library.open(&stored).await?.collect().await?;
            ensure!(whole == content(), "after it was dropped, {} bytes came", whole.len());
            clear(library, [stored]).await
        })
        .await;
}

async fn broken(library: &dyn MediaLibrary) -> Verdict {
    let operation = OperationId::mint();
    let message = "the file cannot be read further".to_owned();
    let fault = Error::new(ErrorKind::Interrupted { message }, Outcome::NotSent);
    let pieces = [Ok(Bytes::from_static(b"the beginning")), Err(fault)].into();
    let Err(error) = library.put(upload(&operation, pieces)).await else {
        return Err("a file was stored whose bytes broke off".to_owned().into());
    };
    ensure!(!error.outcome().may_be_billed(), "the outcome of {error} is {:?}", error.outcome());
    let page = library.find(&MediaQuery::all().with_operation(operation)).await?;
    ensure!(page.media.is_empty(), "of an upload that broke off, {page:?} is kept");
    Ok(())
}

async fn side_by_side(library: &dyn MediaLibrary) -> Verdict {
    let operation = OperationId::mint();
    let file = |number: u8| Bytes::from(vec![number; 1_000]);
    let uploads = (0..FILES).map(|number| library.put(upload(&operation, [Ok(file(number))].into())));
    let stored = together::all(uploads).await.into_iter().collect::<Result<Vec<_>, Error>>()?;
    for (number, media) in (0..FILES).zip(&stored) {
        let bytes = library.open(media).await?.collect().await?;
        ensure!(bytes == file(number), "file {number} of {FILES} has {} bytes of {:?}", bytes.len(), bytes.first());
    }
    clear(library, stored).await
}

fn upload(operation: &OperationId, pieces: VecDeque<Result<Bytes, Error>>) -> Upload {
    let metadata: Map<_, _> = [(OPERATION_ID_KEY.to_owned(), json!(operation))].into_iter().collect();
    let body = ByteStream::new(Pieces(pieces));
    Upload::new("conformance.bin", "application/octet-stream", body).with_metadata(metadata)
}

/// A body that comes in pieces.
struct Pieces(VecDeque<Result<Bytes, Error>>);

impl Stream for Pieces {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop_front())
    }
}
