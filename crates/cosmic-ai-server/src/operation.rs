//! Ties a request to the ledger: the id of its operation, and that of the client's own.
//!
//! A client may send an operation id of its own in the metadata of a medium, by which it finds the medium again. It names
//! nothing in the ledger: another bucket could have used it. So the server mints its own, keeps the client's beside it while
//! the medium is made and stored, and shows the client its own again.

use axum::http::{HeaderMap, HeaderName};
use cosmic_ai::{Media, OPERATION_ID_KEY, OperationId};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::bucket::Bucket;
use crate::error::ApiError;
use crate::library::hexadecimal;

/// Says that a request must be paid once, however often it is sent.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Where the client's own operation id is kept while the server's is in its place.
pub(crate) const CLIENTS_KEY: &str = "cosmic_ai_client_operation_id";
/// Where the bucket is named that a medium belongs to, in a library that many buckets of a gateway share. Only the server writes
/// it and reads it.
pub(crate) const BUCKET_KEY: &str = "cosmic_ai_bucket";
/// How long an idempotency key may be, in bytes.
const KEY_BYTES: usize = 255;

/// The operation of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) id: OperationId,
    /// Whether it has an idempotency key, so that its answer is kept.
    pub(crate) is_keyed: bool,
}

impl Operation {
    /// The operation of a request to a bucket: that of its idempotency key, or a new one.
    pub(crate) fn of(headers: &HeaderMap, bucket: &Bucket) -> Result<Self, ApiError> {
        let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
        let first = values.next();
        if values.next().is_some() {
            return Err(ApiError::bad_request("there is more than one Idempotency-Key"));
        }
        let Some(value) = first else {
            return Ok(Self { id: OperationId::mint(), is_keyed: false });
        };
        let key = value.to_str().ok().map(str::trim).filter(|key| (1..=KEY_BYTES).contains(&key.len()));
        let key = key.ok_or_else(|| {
            ApiError::bad_request(format!("Idempotency-Key is not 1 to {KEY_BYTES} visible ASCII characters"))
        })?;
        // Scoped to bucket, credential and kind of spending: the same key of someone else is another operation, and what the
        // mock answered under it is not what the service is asked for.
        let hash = Sha256::new()
            .chain_update(&bucket.slug)
            .chain_update([0])
            .chain_update(bucket.keys.write_hash())
            .chain_update([0])
            .chain_update(bucket.spending.as_str())
            .chain_update([0])
            .chain_update(key)
            .finalize();
        let id = format!("key-{}", hexadecimal(&hash)).parse().map_err(|_| ApiError::internal())?;
        Ok(Self { id, is_keyed: true })
    }
}

/// Puts the client's own operation id aside, and takes out what only the server may say.
pub(crate) fn put_aside(body: &mut Map<String, Value>) {
    let Some(metadata) = body.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    metadata.remove(BUCKET_KEY);
    if let Some(id) = metadata.remove(OPERATION_ID_KEY) {
        metadata.insert(CLIENTS_KEY.to_owned(), id);
    }
}

/// Names the bucket in the metadata of a medium that is to be made, whatever its client says there.
pub(crate) fn mark(metadata: &mut Option<Value>, slug: &str) {
    match metadata {
        Some(Value::Object(metadata)) => {
            metadata.insert(BUCKET_KEY.to_owned(), slug.into());
        }
        // Validation lets no other value through.
        _ => *metadata = Some(json!({ BUCKET_KEY: slug })),
    }
}

/// A medium as the API shows it: with the operation id that its client sent, if it did. To be applied once.
pub(crate) fn shown(mut media: Media) -> Media {
    media.metadata.remove(OPERATION_ID_KEY);
    media.metadata.remove(BUCKET_KEY);
    if let Some(id) = media.metadata.remove(CLIENTS_KEY) {
        media.metadata.insert(OPERATION_ID_KEY.to_owned(), id);
    }
    // The API says of a medium whom it is by, also when that is nobody.
    for (by, key) in [(&media.created_by, "created_by"), (&media.modified_by, "modified_by")] {
        if by.is_none() {
            media.extra.insert(key.to_owned(), Value::Null);
        }
    }
    media
}
