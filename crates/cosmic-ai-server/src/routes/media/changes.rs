//! What a client may change of a medium: its folder, its alternative text, its metadata.

use cosmic_ai::{Media, MediaChange, OPERATION_ID_KEY, Problem};
use serde_json::{Map, Value};

use super::super::parameters::problem;
use crate::error::ApiError;
use crate::operation::put_aside;

const FIELDS: [&str; 3] = ["folder", "alt_text", "metadata"];
/// What a clip needs to be extended, and what ties a medium to the call that made it.
const KEPT: [&str; 5] = [OPERATION_ID_KEY, "veo_file_uri", "source_veo_uri", "source_media_id", "is_extension"];

/// Reads a body. A field that cannot be changed is refused: whoever sends it takes it for changed.
pub(super) fn read(mut body: Map<String, Value>) -> Result<MediaChange, ApiError> {
    put_aside(&mut body);
    let mut change = MediaChange::new();
    for (name, value) in body {
        change = match (name.as_str(), value) {
            ("folder", Value::String(folder)) if !folder.is_empty() => change.with_folder(folder),
            ("folder", Value::Null | Value::String(_)) => change.without_folder(),
            ("alt_text", Value::String(text)) => change.with_alt_text(text),
            ("alt_text", Value::Null) => change.with_alt_text(""),
            ("metadata", Value::Object(metadata)) => change.with_metadata(metadata),
            ("metadata", Value::Null) => change.with_metadata(Map::new()),
            ("folder", other) => return Err(wrong("folder", "is neither text nor null", &other)),
            ("alt_text", other) => return Err(wrong("alt_text", "is neither text nor null", &other)),
            ("metadata", other) => return Err(wrong("metadata", "is neither an object nor null", &other)),
            // There are no webhooks to trigger.
            ("trigger_webhook", _) => change,
            _ => {
                let unknown = Problem::new("field", "cannot be changed").given(&name);
                return Err(problem(unknown.allowed(FIELDS)));
            }
        };
    }
    if change.is_empty() {
        return Err(problem(Problem::new("body", "changes nothing").allowed(FIELDS)));
    }
    Ok(change)
}

/// The change with what stays in the metadata whatever is put there.
pub(super) fn keeping(mut change: MediaChange, now: &Media) -> MediaChange {
    if let Some(metadata) = &mut change.metadata {
        for key in KEPT {
            if let Some(value) = now.metadata.get(key) {
                metadata.insert(key.to_owned(), value.clone());
            }
        }
    }
    change
}

fn wrong(field: &'static str, reason: &'static str, given: &Value) -> ApiError {
    problem(Problem::new(field, reason).given(given))
}
