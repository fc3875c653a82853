//! Uploads as interactions.

use bytes::Bytes;
use cosmic_ai_core::{ByteStream, Error, Upload};
use serde_json::{Map, Value, json};

use super::file::sha256;

/// An upload with its bytes in memory, and those bytes.
pub(super) async fn read(mut upload: Upload) -> Result<(Upload, Bytes), Error> {
    let body = std::mem::replace(&mut upload.body, ByteStream::from(Bytes::new()));
    let bytes = body.collect().await?;
    upload.body = bytes.clone().into();
    Ok((upload, bytes))
}

/// What is written of an upload: everything, with the hash of its bytes in their place.
pub(super) fn described(upload: &Upload, bytes: &Bytes) -> Value {
    let mut fields = Map::new();
    let parts = [
        ("name", Some(json!(upload.name))),
        ("original_name", upload.original_name.as_ref().map(|name| json!(name))),
        ("content_type", Some(json!(upload.content_type))),
        ("folder", upload.folder.as_ref().map(|folder| json!(folder))),
        ("alt_text", upload.alt_text.as_ref().map(|text| json!(text))),
        ("dimensions", upload.dimensions.map(|dimensions| json!(dimensions))),
        ("metadata", (!upload.metadata.is_empty()).then(|| Value::Object(upload.metadata.clone()))),
        ("sha256", Some(json!(sha256(bytes)))),
    ];
    for (key, value) in parts {
        fields.extend(value.map(|value| (key.to_owned(), value)));
    }
    Value::Object(fields)
}
