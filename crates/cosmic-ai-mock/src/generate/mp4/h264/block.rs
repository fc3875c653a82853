//! What the encoder sees of a picture: blocks of 16 by 16 palette indices.

use super::picture::Shift;

/// The side of a macroblock in pixels.
pub(in crate::generate::mp4) const SIDE: usize = 16;

/// The pixels of a macroblock, row by row.
pub(in crate::generate::mp4) type Pixels = [[u8; SIDE]; SIDE];

/// A macroblock before it is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::generate::mp4) enum Block<'a> {
    /// A single colour.
    Flat(u8),
    /// More than one colour.
    Detailed(&'a Pixels),
}

impl Block<'_> {
    /// One of its rows from the top.
    pub(in crate::generate::mp4) fn row(self, row: usize) -> [u8; SIDE] {
        match self {
            Self::Flat(ink) => [ink; SIDE],
            Self::Detailed(pixels) => pixels.get(row).copied().unwrap_or_default(),
        }
    }

    /// Its last column.
    pub(super) fn right_edge(self) -> [u8; SIDE] {
        match self {
            Self::Flat(ink) => [ink; SIDE],
            Self::Detailed(pixels) => pixels.each_ref().map(|[.., last]| *last),
        }
    }

    /// Its last row.
    pub(super) fn bottom_edge(self) -> [u8; SIDE] {
        self.row(SIDE - 1)
    }
}

/// A picture to code.
pub(in crate::generate::mp4) trait Picture {
    /// The block in this column and row, which lie inside the coded size; `canvas` is room to paint it.
    fn block<'a>(&'a self, column: usize, row: usize, canvas: &'a mut Pixels) -> Block<'a>;

    /// How far the block has moved since the picture `before`, if it was there already and wholly inside; no distance if
    /// it stood still.
    fn shift(&self, before: &Self, column: usize, row: usize) -> Option<Shift>;
}
