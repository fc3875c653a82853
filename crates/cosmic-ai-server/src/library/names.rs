//! Names of files and of folders. What a file is called on disk is the server's choice; a name that someone gave can only be
//! the pattern for it.

use cosmic_ai::{Error, Problem};
use uuid::Uuid;

use super::failure::unfit;

/// How long the name of a file may be, in bytes. With what a part of it adds, every file system takes it.
const FILE_BYTES: usize = 200;
/// How long the name of a folder may be, in characters.
const FOLDER_CHARACTERS: usize = 128;
/// How many characters a UUID has.
const UUID_CHARACTERS: usize = 36;

/// A name that is safe on every file system, as close to the wanted one as can be, with an extension of its type.
pub(super) fn safe(wanted: &str, content_type: &str) -> String {
    let mut name = String::new();
    for character in wanted.chars().take(2 * FILE_BYTES) {
        if character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-') {
            name.push(character);
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_start_matches(['.', '-']).trim_end_matches(['.', '-']);
    let extensions = extensions(content_type);
    let own = extension(name).map(str::to_ascii_lowercase);
    let added = match (extensions, &own) {
        ([first, ..], Some(own)) if !extensions.contains(&own.as_str()) => Some(*first),
        ([first, ..], None) => Some(*first),
        _ => None,
    };
    let (stem, extension) = match (added, extension(name)) {
        (Some(added), _) => (name, added),
        (None, Some(own)) => (name.get(..name.len() - own.len() - 1).unwrap_or_default(), own),
        (None, None) => (name, ""),
    };
    let stem = if stem.is_empty() { "file" } else { stem };
    let reserved = if is_reserved(stem) { "file-" } else { "" };
    joined(&format!("{reserved}{stem}"), extension)
}

/// Another name in the style of one that is taken: with a new UUID in the place of its own, or before it.
pub(super) fn another(name: &str) -> String {
    let fresh = Uuid::new_v4().to_string();
    let place = (0..name.len()).find(|place| {
        let there = name.get(*place..place + UUID_CHARACTERS);
        there.is_some_and(|there| there.contains('-') && Uuid::try_parse(there).is_ok())
    });
    if let Some((before, from)) = place.map(|place| name.split_at(place)) {
        return format!("{before}{fresh}{}", from.get(UUID_CHARACTERS..).unwrap_or_default());
    }
    let extension = extension(name).unwrap_or_default();
    let dot = usize::from(!extension.is_empty());
    let stem = name.get(..name.len() - extension.len() - dot).unwrap_or_default();
    joined(&format!("{fresh}-{stem}"), extension)
}

/// What a file is called until its row is written.
pub(super) fn part(name: &str) -> String {
    format!(".{name}.part")
}

/// The name of a file of which this is the part.
pub(super) fn of_part(part: &str) -> Option<&str> {
    part.strip_prefix('.')?.strip_suffix(".part")
}

/// Checks the name of a folder.
pub(crate) fn check_folder(name: &str) -> Result<(), Error> {
    let is_odd = |character: char| character.is_control() || matches!(character, '/' | '\\');
    let length = name.chars().count();
    if !(1..=FOLDER_CHARACTERS).contains(&length) || name.contains(is_odd) || name.starts_with('.') {
        let allowed = format!(
            "1 to {FOLDER_CHARACTERS} characters without slashes and control characters, which do not begin with a dot"
        );
        return Err(unfit(Problem::new("folder", "is not a name of one").given(name).allowed([allowed])));
    }
    if name.trim() != name {
        return Err(unfit(Problem::new("folder", "begins or ends with a space").given(name)));
    }
    Ok(())
}

fn joined(stem: &str, extension: &str) -> String {
    let dot = if extension.is_empty() { "" } else { "." };
    let room = FILE_BYTES - extension.len() - dot.len();
    let stem: String = stem.chars().take(room).collect();
    format!("{}{dot}{extension}", stem.trim_end_matches('.'))
}

/// What stands behind the last dot, if it looks like an extension.
fn extension(name: &str) -> Option<&str> {
    let (_, extension) = name.rsplit_once('.')?;
    let is_one = (1..=10).contains(&extension.len()) && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_one.then_some(extension)
}

/// Whether Windows takes a name for a device, whatever its extension.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let is_port = |stem: &str| stem.len() == 1 && stem.bytes().all(|byte| byte.is_ascii_digit());
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT")).is_some_and(is_port)
}

/// The extensions of a type, the usual one first. None of a type whose files are called anything.
fn extensions(content_type: &str) -> &'static [&'static str] {
    match content_type {
        "image/png" => &["png"],
        "image/jpeg" => &["jpg", "jpeg", "jpe", "jfif"],
        "image/gif" => &["gif"],
        "image/webp" => &["webp"],
        "image/avif" => &["avif"],
        "image/svg+xml" => &["svg"],
        "image/bmp" => &["bmp"],
        "image/tiff" => &["tif", "tiff"],
        "image/heif" => &["heif", "heic"],
        "image/vnd.microsoft.icon" => &["ico"],
        "video/mp4" => &["mp4", "m4v"],
        "video/webm" => &["webm"],
        "video/quicktime" => &["mov", "qt"],
        "audio/mpeg" => &["mp3"],
        "audio/x-wav" => &["wav"],
        "audio/m4a" => &["m4a"],
        "audio/ogg" => &["ogg", "oga", "opus"],
        "audio/x-flac" => &["flac"],
        "application/pdf" => &["pdf"],
        "application/zip" => &["zip"],
        "application/json" => &["json"],
        "text/csv" => &["csv"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests;
