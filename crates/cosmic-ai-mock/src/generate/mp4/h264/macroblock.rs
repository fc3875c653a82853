//! Macroblocks (7.3.5): predicted from a neighbour's edge with at most one coefficient a channel, or plain samples.

use super::Size;
use super::nal::{Unit, signed, unsigned};
use super::picture::Palette;
use crate::generate::bits::BitWriter;

const SIDE: usize = 16;

/// One macroblock of a picture of palette indices.
pub(super) struct Tile<'a> {
    pixels: &'a [u8],
    stride: usize,
    column: usize,
    row: usize,
}

impl<'a> Tile<'a> {
    pub(super) fn at(pixels: &'a [u8], size: Size, column: usize, row: usize) -> Self {
        Self { pixels, stride: size.coded_width(), column, row }
    }

    /// Where its first pixel is.
    const fn origin(&self) -> usize {
        self.row * SIDE * self.stride + self.column * SIDE
    }

    /// The sixteen rows of sixteen pixels.
    fn rows(&self) -> [[u8; SIDE]; SIDE] {
        let mut rows = [[0; SIDE]; SIDE];
        let mut start = self.origin();
        for row in &mut rows {
            if let Some(pixels) = self.pixels.get(start..start + SIDE) {
                row.copy_from_slice(pixels);
            }
            start += self.stride;
        }
        rows
    }

    /// The pixels just left of it, if it has a neighbour there.
    fn left_edge(&self) -> Option<[u8; SIDE]> {
        let mut edge = [0; SIDE];
        let mut at = (self.column > 0).then(|| self.origin() - 1)?;
        for pixel in &mut edge {
            *pixel = self.pixels.get(at).copied().unwrap_or(0);
            at += self.stride;
        }
        Some(edge)
    }

    /// The pixels just above it, if it has a neighbour there.
    fn top_edge(&self) -> Option<[u8; SIDE]> {
        let start = self.origin().checked_sub(self.stride)?;
        self.pixels.get(start..start + SIDE)?.try_into().ok()
    }

    /// Copies it to the same place of another picture; false if it was the same already.
    pub(super) fn update(&self, shown: &mut [u8]) -> bool {
        let mut changed = false;
        let mut start = self.origin();
        for row in self.rows() {
            if let Some(pixels) = shown.get_mut(start..start + SIDE) {
                changed |= pixels != row;
                pixels.copy_from_slice(&row);
            }
            start += self.stride;
        }
        changed
    }
}

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
    columns: usize,
    /// For each macroblock the last picture, counted from 1, that sent it as plain samples.
    plain_in: Vec<u32>,
    /// The current picture, counted from 1.
    picture: u32,
}

impl Coder {
    pub(super) fn new(size: Size, palette: Palette) -> Self {
        let columns = size.columns() as usize;
        Self { palette, columns, plain_in: vec![0; columns * size.rows() as usize], picture: 0 }
    }

    pub(super) const fn start_picture(&mut self, pictures_before: u32) {
        self.picture = pictures_before + 1;
    }

    /// Codes a macroblock of a slice.
    pub(super) fn code(&mut self, bits: &mut BitWriter, tile: &Tile<'_>, slice: Unit) {
        // In P slices the intra types follow the five inter types.
        let first_type = if slice == Unit::Slice { 5 } else { 0 };
        let rows = tile.rows();
        let flat = flat(&rows);
        if let Some(edge) = tile.left_edge() {
            let continues = rows.iter().zip(edge).all(|(row, left)| *row == [left; SIDE]);
            if let Some(change) = self.change(continues, edge, flat) {
                return self.predicted(bits, tile, first_type, Direction::Horizontal, change);
            }
        }
        if let Some(edge) = tile.top_edge() {
            let continues = rows.iter().all(|row| *row == edge);
            if let Some(change) = self.change(continues, edge, flat) {
                return self.predicted(bits, tile, first_type, Direction::Vertical, change);
            }
        }
        self.plain(bits, tile, first_type, &rows);
    }

    /// The change of luma, blue and red difference against a neighbour's edge, if that is all there is to say.
    fn change(&self, continues: bool, edge: [u8; SIDE], flat: Option<u8>) -> Option<[i32; 3]> {
        if continues {
            return Some([0; 3]);
        }
        let ([before, rest @ ..], ink) = (edge, flat?);
        let [blue, red] = &self.palette.chroma;
        let change = |channel: &[u8; 256]| i32::from(value(channel, ink)) - i32::from(value(channel, before));
        (rest == [before; SIDE - 1]).then(|| [change(&self.palette.luma), change(blue), change(red)])
    }

    /// Codes an Intra16x16 macroblock: prediction, and a lone coefficient for each channel that changes.
    fn predicted(
        &self,
        bits: &mut BitWriter,
        tile: &Tile<'_>,
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
        let table = if self.plain_neighbours(tile) { Table::ManyNear } else { Table::FewNear };
        lone_coefficient(bits, luma, table);
        if chroma_changes {
            lone_coefficient(bits, blue, Table::Chroma);
            lone_coefficient(bits, red, Table::Chroma);
        }
    }

    /// Whether a neighbour was sent as plain samples, which counts as sixteen coefficients a block: with two neighbours
    /// the mean is 8 or 16, with one it is 16, and from 8 on the same table is used (9.2.1).
    fn plain_neighbours(&self, tile: &Tile<'_>) -> bool {
        let index = tile.row * self.columns + tile.column;
        let plain = |index: usize| self.plain_in.get(index).is_some_and(|&picture| picture == self.picture);
        let left = tile.column > 0 && plain(index.wrapping_sub(1));
        left || (tile.row > 0 && plain(index.wrapping_sub(self.columns)))
    }

    /// Codes an `I_PCM` macroblock: all samples as they are.
    fn plain(&mut self, bits: &mut BitWriter, tile: &Tile<'_>, first_type: u32, rows: &[[u8; SIDE]; SIDE]) {
        const PLAIN: u32 = 25;
        let mut samples = [0; SIDE * SIDE * 3 / 2];
        let mut pixels = samples.iter_mut();
        for (sample, &ink) in pixels.by_ref().zip(rows.as_flattened()) {
            *sample = value(&self.palette.luma, ink);
        }
        let mut pixels = samples.iter_mut().skip(SIDE * SIDE);
        for channel in &self.palette.chroma {
            // Of four pixels the lower right one counts, so that edges have the colour of the pixels at the edge.
            for row in rows.iter().skip(1).step_by(2) {
                for (&ink, sample) in row.iter().skip(1).step_by(2).zip(pixels.by_ref()) {
                    *sample = value(channel, ink);
                }
            }
        }
        unsigned(bits, first_type + PLAIN);
        bits.put_bytes(&samples);
        if let Some(picture) = self.plain_in.get_mut(tile.row * self.columns + tile.column) {
            *picture = self.picture;
        }
    }
}

/// The colour of the whole macroblock, if it has a single one.
fn flat(rows: &[[u8; SIDE]; SIDE]) -> Option<u8> {
    let [[ink, ..], ..] = *rows;
    rows.iter().all(|row| *row == [ink; SIDE]).then_some(ink)
}

fn value(channel: &[u8; 256], ink: u8) -> u8 {
    channel.get(usize::from(ink)).copied().unwrap_or_default()
}

/// Which code table says how many coefficients a block has (table 9-5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    /// Luma whose neighbours have 0 or 1 coefficients.
    FewNear,
    /// Luma whose neighbours have 8 or more.
    ManyNear,
    /// Chroma DC.
    Chroma,
}

/// Writes a block of coefficients (CAVLC, 9.2) whose first one is `level` and whose others are 0.
fn lone_coefficient(bits: &mut BitWriter, level: i32, table: Table) {
    let (none, one, large) = match table {
        Table::FewNear => ((0b1, 1), (0b01, 2), (0b00_0101, 6)),
        Table::ManyNear => ((0b00_0011, 6), (0b00_0001, 6), (0b00_0000, 6)),
        Table::Chroma => ((0b01, 2), (0b1, 1), (0b00_0111, 6)),
    };
    let negative = u32::from(level < 0);
    let ((code, width), magnitude) = match level.unsigned_abs() {
        0 => return bits.put(none.0, none.1),
        1 => (one, 1),
        magnitude => (large, magnitude),
    };
    bits.put(code, width);
    if magnitude == 1 {
        bits.put(negative, 1);
    } else {
        // A lone coefficient beyond ±1 starts counting at 2 (9.2.2.1).
        let code = (magnitude - 2) * 2 + negative;
        match code {
            0..14 => bits.put(1, code + 1),
            14..30 => {
                bits.put(1, 15);
                bits.put(code - 14, 4);
            }
            _ => {
                bits.put(1, 16);
                bits.put(code - 30, 12);
            }
        }
    }
    bits.put(1, 1); // no zeros before it
}
