//! The folder of a cassette: one file of interactions, and media named by what is in them.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::{fs, io};

use bytes::Bytes;
use cosmic_ai_core::Media;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::error::CassetteError;
use super::interaction::{Interaction, to_value};
use super::print;
use super::redaction::Redaction;

/// What the file says that it is.
const FORMAT: &str = "cosmic-ai-cassette";
/// The version that is written and read.
const VERSION: u64 = 1;
/// All that the file has at its top.
const KEYS: [&str; 4] = ["format", "version", "redacted", "interactions"];
/// The folder of media, within that of the cassette.
pub(super) const MEDIA: &str = "media";

/// A cassette as it was read.
#[derive(Debug)]
pub(super) struct Cassette {
    pub(super) redaction: Redaction,
    pub(super) interactions: Vec<Interaction>,
    /// The media by their names in the interactions.
    pub(super) media: HashMap<String, Bytes>,
}

/// The file of interactions.
pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join("cassette.json")
}

/// Reads all of a cassette, and checks it.
pub(super) fn read(folder: &Path) -> Result<Cassette, CassetteError> {
    let file = path(folder);
    let mut document = read_document(&file)?;
    let wrong = |place: String, message: String| CassetteError::new(&file, place, message);
    let unknown =
        document.as_object().into_iter().flat_map(|fields| fields.keys()).find(|key| !KEYS.contains(&key.as_str()));
    if let Some(key) = unknown {
        return Err(wrong(key.clone(), format!("there is no such key; there are {}", KEYS.join(", "))));
    }
    let redaction = document.get_mut("redacted").map_or_else(|| to_value(&Redaction::new()), Value::take);
    let redaction: Redaction =
        serde_json::from_value(redaction).map_err(|error| wrong("redacted".to_owned(), error.to_string()))?;
    redaction.check().map_err(|message| wrong("redacted".to_owned(), message))?;
    let Some(Value::Array(listed)) = document.get_mut("interactions").map(Value::take) else {
        return Err(wrong("interactions".to_owned(), "there is no such list".to_owned()));
    };
    let (mut interactions, mut media) = (Vec::new(), HashMap::new());
    for (place, value) in listed.into_iter().enumerate() {
        let place = format!("interactions[{place}]");
        let interaction: Interaction =
            serde_json::from_value(value).map_err(|error| wrong(place.clone(), error.to_string()))?;
        interaction.check().map_err(|(part, message)| wrong(format!("{place}.{part}"), message))?;
        if let Some(name) = &interaction.file
            && !media.contains_key(name)
        {
            media.insert(name.clone(), read_medium(folder, name, &format!("{place}.file"))?);
        }
        interactions.push(interaction);
    }
    Ok(Cassette { redaction, interactions, media })
}

/// The file as JSON of this format and version.
fn read_document(file: &Path) -> Result<Value, CassetteError> {
    let text = fs::read_to_string(file).map_err(|error| CassetteError::of_file(file, error))?;
    let document: Value = serde_json::from_str(&text).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        CassetteError::new(file, place, "it is not JSON, or was cut")
    })?;
    let format = document.get("format").and_then(Value::as_str);
    if format != Some(FORMAT) {
        return Err(CassetteError::new(file, "format", format!("it is not a cassette: no format {FORMAT:?}")));
    }
    match document.get("version").and_then(Value::as_u64) {
        Some(VERSION) => Ok(document),
        Some(other) => {
            let message = format!("version {other} is not known here, only {VERSION}; record it again or update");
            Err(CassetteError::new(file, "version", message))
        }
        None => Err(CassetteError::new(file, "version", "it says no version")),
    }
}

/// A file of media, whose name must be what its bytes make it.
fn read_medium(folder: &Path, name: &str, place: &str) -> Result<Bytes, CassetteError> {
    let hash = name.strip_prefix("media/sha256-").and_then(|rest| rest.split('.').next());
    let hash = hash.filter(|_| !name.contains("..") && name.matches('/').count() == 1);
    let hash = hash.ok_or_else(|| {
        let message = format!("{name:?} is not of the form `media/sha256-….png`");
        CassetteError::new(&path(folder), place, message)
    })?;
    let file = folder.join(name);
    let bytes = fs::read(&file).map_err(|error| CassetteError::of_file(&file, error))?;
    let came = sha256(&bytes);
    if came != hash {
        let unix: Vec<u8> = without_carriage_returns(&bytes);
        let cause = if sha256(&unix) == hash {
            "git has converted its line ends (core.autocrlf)"
        } else {
            "a likely cause is a conversion of line ends, such as git's core.autocrlf"
        };
        let message = format!(
            "its bytes are others than were recorded: their hash is {came}; {cause}. Restore it with \"* -text\" in a \
             .gitattributes beside the cassette, or record it again"
        );
        return Err(CassetteError::of_file(&file, message));
    }
    Ok(bytes.into())
}

/// The bytes with line ends of one byte.
fn without_carriage_returns(bytes: &[u8]) -> Vec<u8> {
    let next = bytes.iter().skip(1).map(Some).chain([None]);
    bytes.iter().zip(next).filter(|pair| *pair != (&b'\r', Some(&b'\n'))).map(|(byte, _)| *byte).collect()
}

/// Keeps git from converting line ends in the folder, unless someone has said how to treat its files. A converted medium is
/// no longer what its name says.
pub(super) fn write_attributes(folder: &Path) -> Result<(), CassetteError> {
    let file = folder.join(".gitattributes");
    if file.exists() { Ok(()) } else { write_file(&file, b"* -text\n") }
}

/// Whether a cassette may be written there: nothing is, or an earlier cassette.
pub(super) fn check_writable(folder: &Path) -> Result<(), CassetteError> {
    let file = path(folder);
    if !file.exists() {
        return Ok(());
    }
    let text = fs::read_to_string(&file).map_err(|error| CassetteError::of_file(&file, error))?;
    let is_ours = text.get(..200.min(text.len())).unwrap_or(&text).contains(FORMAT);
    if is_ours { Ok(()) } else { Err(CassetteError::of_file(&file, "it is no cassette and is not overwritten")) }
}

/// Writes the file of interactions, each printed already.
pub(super) fn write<'a>(
    folder: &Path,
    redaction: &Redaction,
    interactions: impl Iterator<Item = &'a str>,
) -> Result<(), CassetteError> {
    let mut text = format!("{{\n  \"format\": \"{FORMAT}\",\n  \"version\": {VERSION},\n");
    if !redaction.is_unwritten() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  \"redacted\": {},", print::value(&to_value(redaction), 1));
    }
    text.push_str("  \"interactions\": [");
    let mut any = false;
    for interaction in interactions {
        text.push_str(if any { ",\n" } else { "\n" });
        text.push_str(interaction);
        any = true;
    }
    text.push_str(if any { "\n  ]\n}\n" } else { "]\n}\n" });
    write_file(&path(folder), text.as_bytes())
}

/// Writes a file of media, unless it is there as it should be. Gives its name within the folder. Callers take turns.
pub(super) fn write_medium(folder: &Path, media: &Media, bytes: &[u8]) -> Result<String, CassetteError> {
    let name = format!("{MEDIA}/sha256-{}.{}", sha256(bytes), extension(media));
    let file = folder.join(&name);
    // An earlier one may have been damaged, as by a conversion of line ends.
    if !fs::read(&file).is_ok_and(|there| there == bytes) {
        write_file(&file, bytes)?;
    }
    Ok(name)
}

/// How many temporary files there were.
static TEMPORARY: AtomicU64 = AtomicU64::new(0);

/// Writes a file whole or not at all.
fn write_file(file: &Path, bytes: &[u8]) -> Result<(), CassetteError> {
    let written = || -> io::Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        // A name of its own, so that nobody else writes into it. A process that dies may leave it behind.
        let mut temporary = file.as_os_str().to_owned();
        temporary.push(format!(".{}-{}.new", std::process::id(), TEMPORARY.fetch_add(1, Ordering::Relaxed)));
        let moved = fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, file));
        if moved.is_err() {
            // What is told is why it was not written.
            let _ = fs::remove_file(&temporary);
        }
        moved
    };
    written().map_err(|error| CassetteError::of_file(file, error))
}

/// The hash of a file, as 64 hexadecimal digits.
pub(super) fn sha256(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// What files of a type end with, so that they open by a click.
fn extension(media: &Media) -> &'static str {
    match media.content_type.split(';').next().unwrap_or_default().trim() {
        "image/png" => "png",
        "image/svg+xml" => "svg",
        "image/jpeg" => "jpg",
        "image/webp" => "webp",
        "video/mp4" => "mp4",
        "audio/mpeg" => "mp3",
        "application/pdf" => "pdf",
        "text/plain" => "txt",
        _ => "bin",
    }
}
