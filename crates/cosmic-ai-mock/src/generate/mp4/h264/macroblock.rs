//! Macroblocks (7.3.5): copied from the picture before, predicted from a neighbour's edge, or plain samples.

use super::Size;
use super::block::{Block, Picture, SIDE};
use super::coefficient::{Table, lone_coefficient};
use super::motion::{Coded, Record, Vector};
use super::nal::{Unit, signed, unsigned};
use super::picture::Palette;
use crate::generate::bits::BitWriter;

/// The column and row of a macroblock.
type Place = (usize, usize);

/// How a macroblock follows from its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// Each column continues the one above.
    Vertical,
    /// Each row continues the one on the left.
    Horizontal,
}

/// Codes macroblocks one by one in the order of the slice.
#[derive(Debug)]
pub(super) struct Coder {
    palette: Palette,
    record: Record,
}

impl Coder {
    pub(super) fn new(size: Size, palette: Palette) -> Self {
        Self { palette, record: Record::new(size) }
    }

    pub(super) const fn start_picture(&mut self) {
        self.record.start_picture();
    }

    /// Leaves a macroblock out that comes from `vector`, if that is what the decoder then assumes.
    pub(super) fn skip(&mut self, place: Place, vector: Vector) -> bool {
        let (column, row) = place;
        let agrees = self.record.skip_guess(column, row) == vector;
        if agrees {
            self.record.note(column, row, Coded::Moved(vector));
        }
        agrees
    }

    /// Codes a macroblock that is a copy from the picture before (`P_L0_16x16`).
    pub(super) fn code_moved(&mut self, bits: &mut BitWriter, place: Place, vector: Vector) {
        let (column, row) = place;
        let guess = self.record.guess(column, row);
        unsigned(bits, 0);
        signed(bits, vector.x - guess.x);
        signed(bits, vector.y - guess.y);
        unsigned(bits, 0); // no coefficients
        self.record.note(column, row, Coded::Moved(vector));
    }

    /// Codes a macroblock of a slice without the picture before.
    pub(super) fn code_alone(&mut self, bits: &mut BitWriter, picture: &impl Picture, place: Place, slice: Unit) {
        // In P slices the intra types follow the five inter types.
        let first_type = if slice == Unit::Slice { 5 } else { 0 };
        let (column, row) = place;
        let mut canvases = [[[0; SIDE]; SIDE]; 2];
        let [canvas, neighbour] = &mut canvases;
        let block = picture.block(column, row, canvas);
        if let Some(column) = column.checked_sub(1) {
            let edge = picture.block(column, row, neighbour).right_edge();
            let continues = || (0..SIDE).zip(edge).all(|(row, left)| block.row(row) == [left; SIDE]);
            if let Some(change) = self.change(block, edge, continues) {
                return self.predicted(bits, place, first_type, Direction::Horizontal, change);
            }
        }
        if let Some(row) = row.checked_sub(1) {
            let edge = picture.block(column, row, neighbour).bottom_edge();
            let continues = || (0..SIDE).all(|row| block.row(row) == edge);
            if let Some(change) = self.change(block, edge, continues) {
                return self.predicted(bits, place, first_type, Direction::Vertical, change);
            }
        }
        self.plain(bits, place, first_type, block);
    }

    /// The change of luma, blue and red difference against a neighbour's edge, if that is all there is to say.
    fn change(&self, block: Block<'_>, edge: [u8; SIDE], continues: impl Fn() -> bool) -> Option<[i32; 3]> {
        let [before, ..] = edge;
        match block {
            Block::Flat(ink) if edge == [ink; SIDE] => Some([0; 3]),
            Block::Flat(ink) if edge == [before; SIDE] => {
                let [blue, red] = &self.palette.chroma;
                let change = |channel| i32::from(value(channel, ink)) - i32::from(value(channel, before));
                Some([change(&self.palette.luma), change(blue), change(red)])
            }
            Block::Flat(_) => None,
            Block::Detailed(_) => continues().then_some([0; 3]),
        }
    }

    /// Codes an Intra16x16 macroblock: prediction, and a lone coefficient for each channel that changes.
    fn predicted(
        &mut self,
        bits: &mut BitWriter,
        place: Place,
        first_type: u32,
        direction: Direction,
        [luma, blue, red]: [i32; 3],
    ) {
        let chroma_changes = blue != 0 || red != 0;
        let (luma_mode, chroma_mode) = match direction {
            Direction::Vertical => (0, 2),
            Direction::Horizontal => (1, 1),
        };
        unsigned(bits, first_type + 1 + luma_mode + if chroma_changes { 4 } else { 0 });
        unsigned(bits, chroma_mode);
        signed(bits, 0); // same quantiser
        // Plain samples count as sixteen coefficients a block. With two neighbours the mean is 8 or 16, with one it is
        // 16, and from 8 on the table is the same (9.2.1).
        let (column, row) = place;
        let table = if self.record.plain_near(column, row) { Table::ManyNear } else { Table::FewNear };
        lone_coefficient(bits, luma, table);
        if chroma_changes {
            lone_coefficient(bits, blue, Table::Chroma);
            lone_coefficient(bits, red, Table::Chroma);
        }
        self.record.note(column, row, Coded::Predicted);
    }

    /// Codes an `I_PCM` macroblock: all samples as they are.
    fn plain(&mut self, bits: &mut BitWriter, place: Place, first_type: u32, block: Block<'_>) {
        const PLAIN: u32 = 25;
        let mut samples = [0; SIDE * SIDE * 3 / 2];
        let (luma, chroma) = samples.split_at_mut(SIDE * SIDE);
        for (row, line) in luma.chunks_exact_mut(SIDE).enumerate() {
            for (sample, ink) in line.iter_mut().zip(block.row(row)) {
                *sample = value(&self.palette.luma, ink);
            }
        }
        for (plane, channel) in chroma.chunks_exact_mut(SIDE * SIDE / 4).zip(&self.palette.chroma) {
            // Of four pixels the lower right one counts, so that edges have the colour of the pixels at the edge.
            for (row, line) in plane.chunks_exact_mut(SIDE / 2).enumerate() {
                for (sample, &[_, ink]) in line.iter_mut().zip(block.row(2 * row + 1).as_chunks().0) {
                    *sample = value(channel, ink);
                }
            }
        }
        unsigned(bits, first_type + PLAIN);
        bits.put_bytes(&samples);
        let (column, row) = place;
        self.record.note(column, row, Coded::Plain);
    }
}

fn value(channel: &[u8; 256], ink: u8) -> u8 {
    channel.get(usize::from(ink)).copied().unwrap_or_default()
}
