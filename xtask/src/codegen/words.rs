//! Prices and abilities in a few words, for tables and documentation.

use super::registry::{Figure, Image, Pair, Price, Quality, References, Speech, Tier, Video};

/// `Standard 2.0x`, or `Standard 2.0x (up to 4.0x)`.
pub(super) fn tier_text(tier: &Tier) -> String {
    let sure = format!("{} {}x", tier.name, decimal(tier.multiplier));
    if tier.high == tier.multiplier { sure } else { format!("{sure} (up to {}x)", decimal(tier.high)) }
}

/// Prices of an image model, sizes of the same price together.
pub(super) fn image_prices(spec: &Image) -> String {
    let mut groups: Vec<(&Price, Vec<(Pair, Quality)>)> = Vec::new();
    for (size, quality, price) in &spec.prices {
        match groups.iter_mut().find(|(known, _)| *known == price) {
            Some((_, places)) => places.push((*size, *quality)),
            None => groups.push((price, vec![(*size, *quality)])),
        }
    }
    let phrases: Vec<String> = groups
        .iter()
        .map(|(price, places)| {
            let all_hd = places.iter().all(|(_, quality)| *quality == Quality::Hd);
            let sizes: Vec<String> = places.iter().map(|(size, _)| size_text(*size)).collect();
            let of = match (all_hd, sizes.len() == spec.sizes.len()) {
                (true, true) => "hd".to_owned(),
                (true, false) => format!("{} hd", sizes.join(", ")),
                (false, _) => sizes.join(", "),
            };
            format!("{} ({of})", price_text(price))
        })
        .collect();
    phrases.join(" · ")
}

pub(super) fn video_prices(spec: &Video) -> String {
    let durations = spec.durations.iter().map(|(seconds, price)| format!("{} ({seconds} s)", price_text(price)));
    let extension = spec.extension.iter().map(|extension| format!("{} (extension)", price_text(&extension.price)));
    durations.chain(extension).collect::<Vec<String>>().join(" · ")
}

pub(super) fn speech_price(spec: &Speech) -> String {
    format!("{} per 1,000 characters", grouped(spec.price_per_thousand.tokens))
}

pub(super) fn image_makes(spec: &Image) -> String {
    let ratios = match spec.aspect_ratios.len() {
        0 => "shape by size".to_owned(),
        count => format!("{count} aspect ratios"),
    };
    format!("{ratios}, {}", references(&spec.reference_images))
}

pub(super) fn video_makes(spec: &Video) -> String {
    let resolutions: Vec<String> = spec.resolutions.iter().map(|lines| format!("{lines}p")).collect();
    let time = spec.generation_time.map(|(least, most)| format!(", in {least} to {most} s")).unwrap_or_default();
    format!("{}, {}{time}", resolutions.join(" or "), references(&spec.reference_images))
}

pub(super) fn speech_makes(spec: &Speech) -> String {
    format!("{} voices, pieces of {} characters", spec.voices.len(), grouped(spec.piece_characters.into()))
}

/// A ceiling, or that it is unknown.
pub(super) fn ceiling(figure: Option<&Figure>) -> String {
    figure.map_or_else(|| "unknown".to_owned(), |figure| grouped(figure.tokens))
}

fn price_text(price: &Price) -> String {
    let expected = grouped(price.expected);
    match (price.low, price.high == price.expected) {
        (None, true) => format!("at most {expected}"),
        (_, false) => format!("{expected} to {}", grouped(price.high)),
        (Some(_), true) => expected,
    }
}

fn references(limit: &References) -> String {
    match (limit.total, limit.objects, limit.characters) {
        (0, ..) => "no reference images".to_owned(),
        (1, ..) => "1 reference image".to_owned(),
        (total, Some(objects), Some(characters)) => {
            format!("{total} reference images ({objects} objects, {characters} characters)")
        }
        (total, ..) => format!("{total} reference images"),
    }
}

fn size_text((width, height): Pair) -> String {
    format!("{width}x{height}")
}

/// A number with a comma between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Thousandths as a decimal with at least one place: `2.0`, `1.25`.
pub(super) fn decimal(thousandths: u32) -> String {
    let fraction = format!("{:03}", thousandths % 1_000);
    let kept = fraction.trim_end_matches('0');
    format!("{}.{}", thousandths / 1_000, if kept.is_empty() { "0" } else { kept })
}
