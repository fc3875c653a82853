//! How names, numbers and labels are spelt on the page, and how they are compared.

use anyhow::{Context, Result};
use regex_lite::{Captures, Regex};

/// A name without emoji, other signs and doubled spaces.
pub(super) fn plain(text: &str) -> String {
    let is_kept = |letter: &char| letter.is_alphanumeric() || letter.is_whitespace() || letter.is_ascii_punctuation();
    let kept: String = text.chars().filter(is_kept).filter(|letter| !matches!(letter, '*' | '`')).collect();
    kept.split_whitespace().collect::<Vec<&str>>().join(" ")
}

/// A text without emoji. Every other sign is kept: it may change what a figure means.
pub(super) fn without_pictures(text: &str) -> String {
    let is_picture = |letter: char| matches!(letter, '\u{1F300}'..='\u{1FAFF}' | '\u{FE0F}' | '\u{200D}');
    text.replace(is_picture, "").trim().to_owned()
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

/// A whole number with or without commas between thousands: `32,160`. A comma anywhere else may be meant as a point.
pub(super) fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    let mut groups = text.split(',');
    let first = groups.next().unwrap_or_default();
    let is_whole = groups.all(|group| group.len() == 3) && (first.len() <= 3 || first.len() == text.len());
    let digits = text.replace(',', "");
    if first.is_empty() || !is_whole || !digits.chars().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// A number of tokens that fills a cell: `3,600 tokens`. Whatever else stands there may change what the number means.
pub(super) fn tokens(cell: &str) -> Option<u64> {
    let cell = cell.trim();
    number(cell.strip_suffix("tokens").or_else(|| cell.strip_suffix("token")).unwrap_or(cell))
}

/// A multiplier in thousandths: `2.0x`, `1.25`.
pub(super) fn thousandths(text: &str) -> Option<u64> {
    let text = text.trim();
    let text = text.strip_suffix(['x', 'X', '×']).unwrap_or(text).trim();
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let is_digits = |digits: &str| !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_digit());
    if !is_digits(whole) || !fraction.is_none_or(|fraction| is_digits(fraction) && fraction.len() <= 3) {
        return None;
    }
    let whole = number(whole)?.checked_mul(1_000)?;
    whole.checked_add(format!("{:0<3}", fraction.unwrap_or_default()).parse().ok()?)
}

/// A number before a unit, in full: `1.5` millions are 1,500,000. A fraction that leaves a rest is not read.
pub(super) fn times_unit(text: &str, unit: u64) -> Option<u64> {
    let Some((whole, fraction)) = text.split_once('.') else { return number(text)?.checked_mul(unit) };
    if fraction.is_empty() || !fraction.chars().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let parts = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let rest = number(fraction)?.checked_mul(unit)?;
    let rest = (rest % parts == 0).then_some(rest / parts)?;
    number(whole)?.checked_mul(unit)?.checked_add(rest)
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

/// Whether a list has nothing but these items: whatever else stands there may be one that is not known.
pub(super) fn is_list_of(items: &[String], list: &str) -> bool {
    let rest = items.iter().fold(list.to_owned(), |rest, item| rest.replacen(item.as_str(), " ", 1));
    let is_sign =
        |letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '/' | '.' | '`' | '-' | '–' | '—');
    rest.split(is_sign).all(|word| matches!(word.to_lowercase().as_str(), "" | "or" | "and"))
}

/// Whether a text refers to a note, which may say anything about it.
pub(super) fn has_note(text: &str) -> bool {
    let is_sign = |letter: char| matches!(letter, '*' | '†' | '‡' | '§' | '⁰'..='⁹' | '¹' | '²' | '³');
    text.contains(is_sign) || text.contains("[^")
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
        assert_eq!((thousandths("4,5x"), thousandths("2."), thousandths("2xx")), (None, None, None));
        for wrong in ["4,5", "4,50", "1,0000", "3,600,", ",600", "3600,000", "3_600", "768 000"] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
        assert_eq!((decimal(2_000), decimal(1_250)), ("2.0".to_owned(), "1.25".to_owned()));
        assert_eq!(grouped(1_048_576, '_'), "1_048_576");
    }

    #[test]
    fn a_number_of_tokens_fills_its_cell() {
        assert_eq!((tokens("3,600 tokens"), tokens("1 token"), tokens("3600")), (Some(3_600), Some(1), Some(3_600)));
        for wrong in ["768 000 tokens", "768 K tokens", "1 million tokens", "3,600 tokens per second", "48 credits"] {
            assert_eq!(tokens(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_number_before_a_unit_is_exact_or_not_read() {
        assert_eq!((times_unit("1.5", 1_000_000), times_unit("1,000", 1_000)), (Some(1_500_000), Some(1_000_000)));
        assert_eq!(times_unit("1.048576", 1_000_000), Some(1_048_576));
        for wrong in ["1,5", "1.0485761", "1.", ".5", "1.5.2"] {
            assert_eq!(times_unit(wrong, 1_000_000), None, "{wrong}");
        }
    }

    #[test]
    fn a_list_has_nothing_but_its_items() {
        let items = ["4:1".to_owned(), "1:1".to_owned()];
        assert!(is_list_of(&items, "`4:1`, and 1:1.") && is_list_of(&[], " – "));
        for more in ["4:1, 1:1, auto", "4:1, 1:1, 14:1", "4:1, 1:1 (beta)"] {
            assert!(!is_list_of(&items, more), "{more}");
        }
    }

    #[test]
    fn notes_have_signs() {
        for noted in ["Large*", "Large†", "Large ¹", "Large⁴", "Large[^1]"] {
            assert!(has_note(noted), "{noted}");
        }
        assert!(!has_note("Large 2.0x, 16:9 (1)"));
    }

    #[test]
    fn a_label_is_part_of_a_name_by_whole_words() {
        assert!(is_part(&words("Pro Image"), &words("Acme 3 Pro Image 🍌")));
        assert!(!is_part(&words("Pro Im"), &words("Acme 3 Pro Image")));
        assert!(!is_part(&[], &words("Acme")));
    }
}
