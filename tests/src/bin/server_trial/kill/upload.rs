//! Files that are uploaded: their bytes are made of a number that their metadata keep, so anybody can tell later whether they
//! are the same.

use fastrand::Rng;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

/// The metadata that tells the number of an upload.
const FIELD: &str = "trial_upload";
/// The longest file. Some take longer to store than a server lives on.
const MOST_BYTES: usize = 512 << 10;

/// The bytes of a number.
pub(crate) fn bytes(number: u64) -> Vec<u8> {
    let mut dice = Rng::with_seed(number);
    let mut bytes = vec![0; dice.usize(1..MOST_BYTES)];
    dice.fill(&mut bytes);
    bytes
}

/// The form that uploads it.
pub(crate) fn form(number: u64) -> Form {
    let metadata = json!({ FIELD: format!("{number:016x}") });
    let file = Part::bytes(bytes(number)).file_name(format!("upload-{number:x}.bin"));
    Form::new().part("media", file).text("metadata", metadata.to_string())
}

/// The number of an upload, by the metadata of a medium.
pub(crate) fn number(metadata: &serde_json::Map<String, Value>) -> Option<u64> {
    u64::from_str_radix(metadata.get(FIELD)?.as_str()?, 16).ok()
}
