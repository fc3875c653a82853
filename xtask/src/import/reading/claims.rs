//! What readers have understood of a page, so that `unread` can tell what is left.

use std::collections::{BTreeMap, BTreeSet};

/// Tables and texts are known by the line in which they start.
#[derive(Default)]
pub(in crate::import) struct Claims {
    tables: BTreeSet<usize>,
    columns: BTreeSet<(usize, usize)>,
    pieces: BTreeMap<usize, Vec<String>>,
}

impl Claims {
    pub(in crate::import) fn table(&mut self, line: usize) {
        self.tables.insert(line);
    }

    pub(in crate::import) fn column(&mut self, line: usize, place: usize) {
        self.columns.insert((line, place));
    }

    /// A piece of a text: as much as was understood, and no more.
    pub(in crate::import) fn piece(&mut self, line: usize, piece: &str) {
        self.pieces.entry(line).or_default().push(piece.to_owned());
    }

    pub(in crate::import) fn has_table(&self, line: usize) -> bool {
        self.tables.contains(&line)
    }

    pub(in crate::import) fn has_column(&self, line: usize, place: usize) -> bool {
        self.columns.contains(&(line, place))
    }

    /// A sentence of a text without what was understood of it.
    pub(in crate::import) fn left(&self, line: usize, sentence: &str) -> String {
        let pieces = self.pieces.get(&line).map_or(&[][..], Vec::as_slice);
        if pieces.iter().any(|piece| piece.contains(sentence)) {
            return String::new();
        }
        // Pieces may overlap, so each is looked for in the whole sentence.
        let found = |piece: &'_ String| -> Vec<(usize, usize)> {
            sentence.match_indices(piece.as_str()).map(|(at, _)| (at, at + piece.len())).collect()
        };
        let taken: Vec<(usize, usize)> = pieces.iter().flat_map(found).collect();
        let is_left = |at: usize| !taken.iter().any(|(start, end)| (*start..*end).contains(&at));
        let mut left = String::new();
        for (at, letter) in sentence.char_indices() {
            if is_left(at) {
                left.push(letter);
            } else if !left.ends_with(' ') {
                // What stood on both sides must not become one word.
                left.push(' ');
            }
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_sentence() {
        let mut claims = Claims::default();
        claims.piece(3, "up to 5 pictures");
        claims.piece(3, "5 pictures, or 7");
        assert_eq!(claims.left(3, "Takes up to 5 pictures, or 7 films"), "Takes  films");
        assert_eq!(claims.left(3, "5 pictures"), "");
        assert_eq!(claims.left(4, "5 pictures"), "5 pictures");
    }
}
