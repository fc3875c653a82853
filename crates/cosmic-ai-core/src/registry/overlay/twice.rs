//! Rows of one overlay that stand for the same thing: the later one would win unseen.

use std::collections::HashMap;
use std::hash::Hash;

use super::rows::Document;

/// The keys of two rows that stand for the same.
pub(super) type Twice = (String, String);

/// The first two rows of a document that stand for the same.
pub(super) fn twice(document: &Document) -> Option<Twice> {
    let Document { source: _, tier, text, image, video, speech, voice } = document;
    of("tier", "name", tier.iter().map(|row| row.name.as_str()))
        .or_else(|| of("text", "id", text.iter().map(|row| row.id.as_str())))
        .or_else(|| of("image", "id", image.iter().map(|row| row.id.as_str())))
        .or_else(|| of("video", "id", video.iter().map(|row| row.id.as_str())))
        .or_else(|| of("speech", "id", speech.iter().map(|row| row.id.as_str())))
        .or_else(|| of("voice", "name", voice.iter().map(|row| row.name.as_str())))
        .or_else(|| {
            image.iter().enumerate().find_map(|(place, row)| {
                let prices = row.prices.iter().map(|price| (price.size, price.quality));
                of(&format!("image[{place}].prices"), "size", prices)
            })
        })
        .or_else(|| {
            video.iter().enumerate().find_map(|(place, row)| {
                let durations = row.durations.iter().map(|price| price.duration);
                of(&format!("video[{place}].durations"), "duration", durations)
            })
        })
}

fn of<T: Eq + Hash>(section: &str, field: &str, rows: impl Iterator<Item = T>) -> Option<Twice> {
    let mut known = HashMap::new();
    rows.enumerate().find_map(|(place, row)| {
        let first = known.insert(row, place)?;
        Some((format!("{section}[{first}].{field}"), format!("{section}[{place}].{field}")))
    })
}
