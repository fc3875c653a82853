//! Ties a request to the ledger: the id of its operation, and that of the client's own.
//!
//! A client may send an operation id of its own in the metadata of a medium, by which it finds the medium again. It names
//! nothing in the ledger: another bucket could have used it. So the server mints its own, keeps the client's beside it while
//! the medium is made and stored, and shows the client its own again.

use axum::http::{HeaderMap, HeaderName};
use cosmic_ai::{Call, Media, OPERATION_ID_KEY, OperationId};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::bucket::Bucket;
use crate::error::ApiError;
use crate::library::hexadecimal;

/// Says that a request must be paid once, however often it is sent.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Where the client's own operation id is kept while the server's is in its place.
pub(crate) const CLIENTS_KEY: &str = "cosmic_ai_client_operation_id";
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
        let Some(value) = headers.get(IDEMPOTENCY_KEY) else {
            return Ok(Self { id: OperationId::mint(), is_keyed: false });
        };
        let key = value.to_str().ok().map(str::trim).filter(|key| (1..=KEY_BYTES).contains(&key.len()));
        let key = key.ok_or_else(|| {
            ApiError::bad_request(format!("Idempotency-Key is not 1 to {KEY_BYTES} visible ASCII characters"))
        })?;
        // Scoped to bucket and credential: the same key of someone else is another operation.
        let hash = Sha256::new()
            .chain_update(&bucket.slug)
            .chain_update([0])
            .chain_update(bucket.keys.write_hash())
            .chain_update([0])
            .chain_update(key)
            .finalize();
        let id = format!("key-{}", hexadecimal(&hash)).parse().map_err(|_| ApiError::internal())?;
        Ok(Self { id, is_keyed: true })
    }

    /// The call of the operation.
    pub(crate) fn call(&self, app: &App) -> Call {
        Call::of(self.id.clone()).with_time_limit(app.config.limits.call_time)
    }
}

/// Puts the client's own operation id aside.
pub(crate) fn put_aside(body: &mut Map<String, Value>) {
    let Some(metadata) = body.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    if let Some(id) = metadata.remove(OPERATION_ID_KEY) {
        metadata.insert(CLIENTS_KEY.to_owned(), id);
    }
}

/// A medium as the API shows it: with the operation id that its client sent, if it did. To be applied once.
pub(crate) fn shown(mut media: Media) -> Media {
    media.metadata.remove(OPERATION_ID_KEY);
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
