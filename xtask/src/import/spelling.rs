//! How names, numbers and labels are spelt on the page, and how they are compared.

use anyhow::{Context, Result};
use regex_lite::{Captures, Regex};

/// A name without emoji, other signs and doubled spaces.
pub(super) fn plain(text: &str) -> String {
    let is_kept = |letter: &char| letter.is_alphanumeric() || letter.is_whitespace() || letter.is_ascii_punctuation();
    let kept: String = text.chars().filter(is_kept).filter(|letter| !matches!(letter, '*' | '`')).collect();
    kept.split_whitespace().collect::<Vec<&str>>().join(" ")
}

/// The words of a name in lower case, by which names are told from each other.
pub(super) fn words(name: &str) -> Vec<String> {
    plain(name).to_lowercase().split_whitespace().map(str::to_owned).collect()
}

/// Whether every word of `label` is one of `name`: `Pro Image` is part of `Acme 3 Pro Image`.
pub(super) fn is_part(label: &[String], name: &[String]) -> bool {
    !label.is_empty() && label.iter().all(|word| name.contains(word))
}

/// Whether a text may be a model's id: what an API takes, never a phrase.
pub(super) fn is_id(text: &str) -> bool {
    let is_letter = |letter: char| matches!(letter, 'a'..='z' | '0'..='9' | '.' | '-' | '_' | ':' | '/');
    !text.is_empty() && text.chars().all(is_letter)
}

/// A whole number with or without commas: `32,160`.
pub(super) fn number(text: &str) -> Option<u64> {
    let digits = text.trim().replace([',', '_'], "");
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// A multiplier in thousandths: `2.0x`, `1.25`.
pub(super) fn thousandths(text: &str) -> Option<u64> {
    let text = text.trim().trim_end_matches(['x', 'X', '×']).trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.chars().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let whole = number(whole)?.checked_mul(1_000)?;
    whole.checked_add(format!("{fraction:0<3}").parse().ok()?)
}

/// Thousandths as they are written in data files: `2.0`.
pub(super) fn decimal(thousandths: u64) -> String {
    let fraction = format!("{:03}", thousandths % 1_000);
    let kept = fraction.trim_end_matches('0');
    format!("{}.{}", thousandths / 1_000, if kept.is_empty() { "0" } else { kept })
}

/// A number with `separator` between thousands.
pub(super) fn grouped(number: u64, separator: char) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

/// A text in sentences. A dot within a name or a number ends none.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    text.split(". ").map(|sentence| sentence.trim().trim_end_matches('.')).filter(|one| !one.is_empty()).collect()
}

/// A pattern of our own.
pub(super) fn pattern(text: &str) -> Result<Regex> {
    Regex::new(text).with_context(|| format!("the pattern `{text}` is wrong"))
}

/// Every match of a pattern without groups.
pub(super) fn every(pattern: &Regex, text: &str) -> Vec<String> {
    pattern.find_iter(text).map(|found| found.as_str().to_owned()).collect()
}

/// What a group of a match holds; empty where it took no part.
pub(super) fn group<'a>(captures: &Captures<'a>, place: usize) -> &'a str {
    captures.get(place).map_or("", |found| found.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_and_emphasis_are_no_part_of_a_name() {
        assert_eq!(plain("Acme 3 Pro 🍌"), "Acme 3 Pro");
        assert_eq!(plain("**Film** 📹\u{fe0f} `X`"), "Film X");
    }

    #[test]
    fn numbers_are_read_with_commas_and_multipliers_exactly() {
        assert_eq!((number("32,160"), number("about 5"), number("")), (Some(32_160), None, None));
        assert_eq!(
            (thousandths("2.0x"), thousandths("1.25"), thousandths("3×")),
            (Some(2_000), Some(1_250), Some(3_000))
        );
        assert_eq!((thousandths("two"), thousandths("1.2345")), (None, None));
        assert_eq!((decimal(2_000), decimal(1_250)), ("2.0".to_owned(), "1.25".to_owned()));
        assert_eq!(grouped(1_048_576, '_'), "1_048_576");
    }

    #[test]
    fn a_label_is_part_of_a_name_by_whole_words() {
        assert!(is_part(&words("Pro Image"), &words("Acme 3 Pro Image 🍌")));
        assert!(!is_part(&words("Pro Im"), &words("Acme 3 Pro Image")));
        assert!(!is_part(&[], &words("Acme")));
    }
}
