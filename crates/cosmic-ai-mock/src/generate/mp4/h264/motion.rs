//! What decoders remember of each macroblock while they read a picture, and what they guess from it.
//!
//! A skipped macroblock is not simply "as before": it moves as its neighbours do (8.4.1). So the encoder has to follow
//! the same rules, to know what skipping would mean.

use super::Size;

/// A motion vector: where in the picture before a macroblock comes from, in quarters of a pixel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Vector {
    pub(super) x: i32,
    pub(super) y: i32,
}

/// How a macroblock was coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coded {
    /// Copied from the picture before.
    Moved(Vector),
    /// Predicted from neighbours in the same picture.
    Predicted,
    /// Sent as plain samples.
    Plain,
}

impl Coded {
    /// Its motion, if it has any to guess from.
    const fn vector(self) -> Option<Vector> {
        match self {
            Self::Moved(vector) => Some(vector),
            Self::Predicted | Self::Plain => None,
        }
    }
}

/// The macroblocks of the current picture.
#[derive(Debug)]
pub(super) struct Record {
    columns: usize,
    /// For each macroblock the number of the picture that last coded it, and how. If that is an earlier picture, it
    /// stands still in this one.
    blocks: Vec<(u32, Coded)>,
    picture: u32,
}

impl Record {
    pub(super) fn new(size: Size) -> Self {
        let (columns, rows) = (size.columns() as usize, size.rows() as usize);
        Self { columns, blocks: vec![(0, Coded::Plain); columns * rows], picture: 0 }
    }

    /// Forgets the picture before.
    pub(super) const fn start_picture(&mut self) {
        self.picture += 1;
    }

    /// Notes how a macroblock was coded.
    pub(super) fn note(&mut self, column: usize, row: usize, coded: Coded) {
        if let Some(block) = self.blocks.get_mut(row * self.columns + column) {
            *block = (self.picture, coded);
        }
    }

    /// How a macroblock was coded; `None` outside the picture.
    fn at(&self, column: Option<usize>, row: Option<usize>) -> Option<Coded> {
        let (column, row) = (column.filter(|&column| column < self.columns)?, row?);
        let &(picture, coded) = self.blocks.get(row * self.columns + column)?;
        Some(if picture == self.picture { coded } else { Coded::Moved(Vector::default()) })
    }

    /// Whether the macroblock on the left or above was sent as plain samples.
    pub(super) fn plain_near(&self, column: usize, row: usize) -> bool {
        self.at(column.checked_sub(1), Some(row)) == Some(Coded::Plain)
            || self.at(Some(column), row.checked_sub(1)) == Some(Coded::Plain)
    }

    /// The vector that a coded vector is counted from (8.4.1.3): the median of three neighbours.
    pub(super) fn guess(&self, column: usize, row: usize) -> Vector {
        let (left, above) = (column.checked_sub(1), row.checked_sub(1));
        let (a, b) = (self.at(left, Some(row)), self.at(Some(column), above));
        let c = self.at(Some(column + 1), above).or_else(|| self.at(left, above));
        let vector = |block: Option<Coded>| block.and_then(Coded::vector);
        if b.is_none() && c.is_none() {
            return vector(a).unwrap_or_default();
        }
        match [vector(a), vector(b), vector(c)] {
            [Some(only), None, None] | [None, Some(only), None] | [None, None, Some(only)] => only,
            all => {
                let [a, b, c] = all.map(Option::unwrap_or_default);
                Vector { x: median(a.x, b.x, c.x), y: median(a.y, b.y, c.y) }
            }
        }
    }

    /// How a macroblock moves if it is skipped (8.4.1.1).
    pub(super) fn skip_guess(&self, column: usize, row: usize) -> Vector {
        let neighbours = [self.at(column.checked_sub(1), Some(row)), self.at(Some(column), row.checked_sub(1))];
        let still = |block: &Option<Coded>| block.is_none_or(|coded| coded == Coded::Moved(Vector::default()));
        if neighbours.iter().any(still) { Vector::default() } else { self.guess(column, row) }
    }
}

fn median(a: i32, b: i32, c: i32) -> i32 {
    a.max(b).min(a.min(b).max(c))
}

#[cfg(test)]
mod tests {
    use super::{Coded, Record, Size, Vector};

    #[test]
    fn guesses_follow_the_neighbours() {
        let mut record = Record::new(Size { width: 64, height: 64 });
        let (still, right, far) = (Vector::default(), Vector { x: 8, y: 0 }, Vector { x: 24, y: -4 });
        record.start_picture();
        assert_eq!(record.guess(1, 1), still);
        record.note(0, 1, Coded::Moved(right));
        record.note(1, 0, Coded::Moved(far));
        record.note(2, 0, Coded::Predicted);
        // The median with the intra block, which counts as still.
        assert_eq!(record.guess(1, 1), right);
        assert_eq!(record.skip_guess(1, 1), right);
        // The only neighbour that moves at all decides.
        record.note(1, 0, Coded::Plain);
        assert_eq!(record.guess(1, 1), right);
        assert!(record.plain_near(1, 1));
        // A neighbour that stands still, or the edge of the picture, makes a skipped block stand still.
        record.note(0, 1, Coded::Moved(still));
        assert_eq!(record.skip_guess(1, 1), still);
        assert_eq!(record.skip_guess(0, 2), still);
        record.start_picture();
        assert_eq!(record.guess(1, 1), still);
        assert!(!record.plain_near(1, 1));
    }
}
