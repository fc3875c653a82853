//! Texts to hide within other texts.

use super::HIDDEN;

/// The text with everything that is to be hidden replaced; `None` if nothing of it is in there.
pub(super) fn replaced(text: &str, hidden: &[&str]) -> Option<String> {
    let mut found = ranges(text, hidden);
    if found.is_empty() {
        return None;
    }
    found.sort_unstable();
    let (mut out, mut done) = (String::with_capacity(text.len()), 0);
    for (start, end) in found {
        // Of two that overlap nothing must be left, whichever is looked for first.
        if start >= done {
            out.push_str(text.get(done..start).unwrap_or_default());
            out.push_str(HIDDEN);
        }
        done = done.max(end);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Some(out)
}

/// Where they are, those within the placeholder apart: `red` is not there only because something was hidden.
fn ranges(text: &str, hidden: &[&str]) -> Vec<(usize, usize)> {
    let placeholders: Vec<usize> = text.match_indices(HIDDEN).map(|(start, _)| start).collect();
    let mut found = Vec::new();
    for hidden in hidden.iter().filter(|hidden| !hidden.is_empty() && text.contains(**hidden)) {
        for (start, _) in text.char_indices() {
            let end = start + hidden.len();
            let is_placeholder = |&at: &usize| at <= start && end <= at + HIDDEN.len();
            if text.get(start..end) == Some(*hidden) && !placeholders.iter().any(is_placeholder) {
                found.push((start, end));
            }
        }
    }
    found
}

/// The number of the first line with a text of `secrets` in it, which may be any bytes.
pub(super) fn line_with(file: &[u8], secrets: &[String]) -> Option<usize> {
    let at = secrets.iter().filter_map(|secret| first_at(file, secret)).min()?;
    Some(1 + file.iter().take(at).filter(|byte| **byte == b'\n').count())
}

fn first_at(file: &[u8], secret: &str) -> Option<usize> {
    // Within JSON, quotes and line ends have another form.
    let escaped = serde_json::Value::from(secret).to_string();
    let escaped = escaped.get(1..escaped.len().saturating_sub(1)).unwrap_or(secret);
    let find = |text: &str| {
        let starts = file.windows(text.len()).enumerate().filter(|(_, window)| *window == text.as_bytes());
        starts.map(|(start, _)| start).find(|&start| !is_within_placeholder(file, start, text.len()))
    };
    [find(secret), find(escaped)].into_iter().flatten().min()
}

fn is_within_placeholder(file: &[u8], start: usize, length: usize) -> bool {
    let Some(room) = HIDDEN.len().checked_sub(length) else { return false };
    (0..=room)
        .filter_map(|before| start.checked_sub(before))
        .any(|at| file.get(at..at + HIDDEN.len()).is_some_and(|window| window == HIDDEN.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_texts_that_overlap_or_contain_each_other() {
        for (text, hidden, expected) in [
            ("key sk-1234", ["sk-1", "sk-1234"], Some("key [redacted]")),
            ("abcde", ["abc", "cde"], Some("[redacted]")),
            ("aaaa", ["aaa", "x"], Some("[redacted]")),
            ("abcabc", ["abc", ""], Some("[redacted][redacted]")),
            ("[redacted] red", ["red", "act"], Some("[redacted] [redacted]")),
            ("Straße", ["ß", "ẞ"], Some("Stra[redacted]e")),
            ("[redacted]", ["red", "act"], None),
        ] {
            assert_eq!(replaced(text, &hidden).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_still_there_is_found_in_any_form() {
        let secrets = ["a\"b\n".to_owned(), "red".to_owned()];
        assert_eq!(line_with(b"one\n \"a\\\"b\\n\"", &secrets), Some(2));
        assert_eq!(line_with(b"\xff\na\"b\n", &secrets), Some(2));
        assert_eq!(line_with(b"[redacted]", &secrets), None);
        assert_eq!(line_with(b"[redacted]red", &secrets), Some(1));
    }
}
