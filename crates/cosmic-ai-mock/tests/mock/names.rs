//! The names of generated files: a UUID between what the API writes before and after it.

use cosmic_ai_core::Media;

#[track_caller]
pub(crate) fn assert_named(media: &Media, before: &str, after: &str) {
    let name = media.name.as_deref().unwrap();
    let id = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).unwrap_or(name);
    let groups: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(groups, [8, 4, 4, 4, 12], "{name} is not {before}{{uuid}}{after}");
    assert!(id.chars().all(|digit| digit == '-' || digit.is_ascii_hexdigit()), "{name}");
}
