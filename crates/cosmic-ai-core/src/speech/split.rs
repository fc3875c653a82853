//! How a long text is split to be spoken: at paragraphs, then sentences, then words, never inside a character.

use unicode_segmentation::UnicodeSegmentation;

/// How many characters one spoken piece may have at most, as documented for the speech models.
pub const PIECE_CHARACTERS: usize = 4_096;

/// How far beyond a piece is looked to find where a sentence or character ends, in bytes.
const LOOK_AHEAD: usize = 256;

/// Splits `text` into pieces of at most `most_characters` Unicode scalar values (at least 1), in order.
///
/// The pieces together are the text: nothing is trimmed or lost. A piece ends, where one such place is within reach,
/// after a blank line, else after a sentence, else after a word. A character of several scalar values, such as a flag
/// or a family, is cut only if it alone is longer than a piece. An empty text has no pieces.
///
/// ```
/// use cosmic_ai_core::split_speech;
///
/// let pieces: Vec<&str> = split_speech("One two. Three four.", 12).collect();
/// assert_eq!(pieces, ["One two. ", "Three four."]);
/// ```
pub fn split_speech(text: &str, most_characters: usize) -> Pieces<'_> {
    Pieces { rest: text, most: most_characters.max(1) }
}

/// The pieces of a text; see [`split_speech`].
#[derive(Debug, Clone)]
pub struct Pieces<'a> {
    rest: &'a str,
    most: usize,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let (piece, rest) = self.rest.split_at_checked(end_of_piece(self.rest, self.most))?;
        self.rest = rest;
        Some(piece)
    }
}

/// Where the first piece of `text`, which is not empty, ends in bytes.
fn end_of_piece(text: &str, most: usize) -> usize {
    let Some((limit, _)) = text.char_indices().nth(most) else { return text.len() };
    let window = text.get(..limit).unwrap_or(text);
    // A little beyond the limit, so that what ends exactly there is seen to end; no more, or a book without sentences
    // would be read again for every piece.
    let beyond = text.get(..text.floor_char_boundary(limit + LOOK_AHEAD)).unwrap_or(text);
    after_paragraph(window)
        .or_else(|| last_start_within(beyond.split_sentence_bound_indices(), limit))
        .or_else(|| after_space(window))
        .or_else(|| last_start_within(beyond.grapheme_indices(true), limit))
        .unwrap_or(limit)
}

/// After the last blank line of the window.
fn after_paragraph(window: &str) -> Option<usize> {
    ["\n\n", "\r\n\r\n"].iter().filter_map(|gap| Some(window.rfind(gap)? + gap.len())).max()
}

/// After the last white space of the window.
fn after_space(window: &str) -> Option<usize> {
    window.char_indices().rfind(|(_, character)| character.is_whitespace()).map(|(at, space)| at + space.len_utf8())
}

/// The last segment start from 1 to `limit`: there one segment has ended and the next begins.
fn last_start_within<'a>(segments: impl Iterator<Item = (usize, &'a str)>, limit: usize) -> Option<usize> {
    segments.map(|(start, _)| start).take_while(|&start| start <= limit).filter(|&start| start > 0).last()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pieces(text: &str, most: usize) -> Vec<&str> {
        split_speech(text, most).collect()
    }

    #[test]
    fn a_short_text_is_one_piece_and_an_empty_one_none() {
        assert_eq!(pieces("Hello.", 6), ["Hello."]);
        assert!(pieces("", 6).is_empty());
    }

    #[test]
    fn paragraphs_come_before_sentences_and_sentences_before_words() {
        assert_eq!(pieces("First. Still first.\n\nSecond one.", 24), ["First. Still first.\n\n", "Second one."]);
        assert_eq!(pieces("One two three. Four five six.", 20), ["One two three. ", "Four five six."]);
        assert_eq!(pieces("alpha beta gamma", 12), ["alpha beta ", "gamma"]);
        assert_eq!(pieces("a\r\n\r\nbcd", 6), ["a\r\n\r\n", "bcd"]);
    }

    #[test]
    fn a_character_of_many_scalars_stays_whole_if_it_fits() {
        let family = "👨‍👩‍👧‍👦";
        let text = family.repeat(3);
        assert!(pieces(&text, 8).iter().all(|piece| *piece == family));
    }

    #[test]
    fn an_endless_word_is_cut_at_the_limit() {
        assert_eq!(pieces("abcdefgh", 3), ["abc", "def", "gh"]);
    }

    proptest! {
        #[test]
        fn pieces_are_the_text_and_keep_the_limit(text in "(\\PC|\n|🇩🇪|👩‍🔬| ){0,80}", most in 1usize..24) {
            let pieces = pieces(&text, most);
            prop_assert_eq!(pieces.concat(), text.as_str());
            prop_assert!(pieces.iter().all(|piece| !piece.is_empty() && piece.chars().count() <= most));
        }
    }
}
