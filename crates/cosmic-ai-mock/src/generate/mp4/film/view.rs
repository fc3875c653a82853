//! A part of a film's picture as large as a block, at any pixel, looked at line by line without being painted first.

use super::ball::Sprite;
use crate::generate::mp4::h264::{Block, SIDE};

/// One line of a block.
type Line = [u8; SIDE];

/// What can be seen through a window of 16 by 16 pixels.
pub(super) struct View<'a> {
    /// The blocks behind the upper left, upper right, lower left and lower right corner; where two or all of them are
    /// behind one block, that block again.
    pub(super) backdrops: [Block<'a>; 4],
    /// Where the window starts in the upper left block: pixels from the left and from the top, below 16.
    pub(super) offset: [usize; 2],
    /// The ball in front, if it reaches here.
    pub(super) sprite: Option<Sprite<'a>>,
}

impl View<'_> {
    /// The colour of the whole backdrop, if it has a single one.
    pub(super) fn flat_backdrop(&self) -> Option<u8> {
        let [first, rest @ ..] = &self.backdrops;
        match first {
            Block::Flat(ink) if rest.iter().all(|block| block == first) => Some(*ink),
            _ => None,
        }
    }

    /// One of its sixteen lines.
    pub(super) fn line(&self, number: usize) -> Line {
        let ([right, down], [upper_left, upper_right, lower_left, lower_right]) = (self.offset, self.backdrops);
        let source = down + number;
        let (left, next) = if source < SIDE { (upper_left, upper_right) } else { (lower_left, lower_right) };
        let mut line = left.row(source % SIDE);
        if right > 0
            && let Some(pixels) = [line, next.row(source % SIDE)].as_flattened().get(right..right + SIDE)
        {
            line.copy_from_slice(pixels);
        }
        match &self.sprite {
            Some(sprite) => sprite.paint(number, line),
            None => line,
        }
    }

    /// Whether two views look the same.
    pub(super) fn same_as(&self, other: &View<'_>) -> bool {
        (0..SIDE).all(|number| self.line(number) == other.line(number))
    }
}
