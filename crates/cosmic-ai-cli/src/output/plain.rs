//! Text from elsewhere, made harmless to a terminal.

use serde_json::Value;

/// What stands for a control character.
const REPLACEMENT: char = '\u{fffd}';

/// On one line: every control character, line ends included, is replaced by a blank or the replacement character.
pub(crate) fn plain(text: &str) -> String {
    let shown = |character: char| match character {
        '\n' | '\r' | '\t' => ' ',
        other => harmless(other),
    };
    text.chars().map(shown).collect()
}

/// On its own lines: line ends and tabs stay, a carriage return goes, every other control character is replaced.
pub(crate) fn plain_text(text: &str) -> String {
    let kept = text.chars().filter(|character| *character != '\r');
    kept.map(|character| if matches!(character, '\n' | '\t') { character } else { harmless(character) }).collect()
}

const fn harmless(character: char) -> char {
    if character.is_ascii_control() || is_misleading(character) { REPLACEMENT } else { character }
}

/// What a terminal obeys or shows in another order than it stands in.
const fn is_misleading(character: char) -> bool {
    // The first range of control characters holds a one-character form of `ESC [`; the others turn the direction of a text.
    matches!(character, '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// JSON on one line, with the control characters escaped that JSON itself would let stand.
pub(crate) fn json(value: &Value) -> String {
    let text = value.to_string();
    if !text.contains(|character: char| matches!(character, '\u{7f}'..='\u{9f}')) {
        return text;
    }
    let escaped = |character: char| match character {
        '\u{7f}'..='\u{9f}' => format!("\\u{:04x}", u32::from(character)),
        other => other.to_string(),
    };
    text.chars().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_do_not_pass() {
        assert_eq!(
            plain_text("a\u{1b}[31mb\r\n\tc\u{9b}2J\u{7f}\u{7}"),
            "a\u{fffd}[31mb\n\tc\u{fffd}2J\u{fffd}\u{fffd}"
        );
        assert_eq!(plain("one\ntwo\u{1b}]0;x\u{7}"), "one two\u{fffd}]0;x\u{fffd}");
        assert_eq!(plain("a\u{202e}gpj.exe\u{2066}"), "a\u{fffd}gpj.exe\u{fffd}");
        assert_eq!(plain_text("Grüße, 世界 🌍"), "Grüße, 世界 🌍");
    }

    #[test]
    fn json_stays_the_same_value_without_control_characters() {
        let value = serde_json::json!({ "text": "a\u{9b}31m\u{1b}[0m\u{7f}" });
        let line = json(&value);
        assert!(!line.contains(char::is_control), "{line}");
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), value);
    }
}
