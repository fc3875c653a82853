//! A still picture, kept as blocks: most are flat, which saves most of the memory.

use crate::generate::look::Look;
use crate::generate::mp4::h264::{Block, Pixels, SIDE, Size};

/// A look drawn at the coded size.
pub(super) struct Backdrop {
    columns: usize,
    /// Row by row.
    blocks: Vec<Stored>,
    detailed: Vec<Pixels>,
}

/// A block of a backdrop.
#[derive(Clone, Copy)]
enum Stored {
    Flat(u8),
    /// The place among the detailed blocks.
    Detailed(u32),
}

impl Backdrop {
    /// Draws a look, its colours counted from `first_ink`.
    pub(super) fn new(look: Look, first_ink: u8, size: Size) -> Self {
        let (stride, scene) = (size.coded_width(), look.scene(size.width, size.height));
        let (columns, rows) = (size.columns() as usize, size.rows());
        let mut backdrop =
            Self { columns, blocks: Vec::with_capacity(columns * rows as usize), detailed: Vec::with_capacity(512) };
        // Sixteen rows of pixels at a time stay in the processor's cache.
        let mut strip = vec![0; stride * SIDE];
        for row in 0..rows {
            for (y, line) in (row * 16..).zip(strip.chunks_exact_mut(stride)) {
                scene.paint_row(y, stride, |start, end, ink| {
                    if let Some(span) = line.get_mut(start..end) {
                        span.fill(first_ink + ink.index());
                    }
                });
            }
            for column in 0..columns {
                backdrop.store(&strip, stride, column);
            }
        }
        backdrop
    }

    /// Appends the block that a strip of sixteen lines shows in a column.
    fn store(&mut self, strip: &[u8], stride: usize, column: usize) {
        let mut pixels = [[0; SIDE]; SIDE];
        for (line, row) in strip.chunks_exact(stride).zip(&mut pixels) {
            if let Some(source) = line.get(column * SIDE..(column + 1) * SIDE) {
                row.copy_from_slice(source);
            }
        }
        let [[ink, ..], ..] = pixels;
        let differences = pixels.as_flattened().iter().fold(0, |seen, pixel| seen | (pixel ^ ink));
        self.blocks.push(if differences == 0 {
            Stored::Flat(ink)
        } else {
            self.detailed.push(pixels);
            Stored::Detailed(u32::try_from(self.detailed.len() - 1).unwrap_or(0))
        });
    }

    /// How many blocks there are, across and down.
    pub(super) const fn blocks(&self) -> [usize; 2] {
        [self.columns, self.blocks.len() / self.columns]
    }

    pub(super) fn block(&self, column: usize, row: usize) -> Block<'_> {
        match self.blocks.get(row * self.columns + column) {
            Some(&Stored::Flat(ink)) => Block::Flat(ink),
            Some(&Stored::Detailed(place)) => match self.detailed.get(place as usize) {
                Some(pixels) => Block::Detailed(pixels),
                None => Block::Flat(0),
            },
            None => Block::Flat(0),
        }
    }
}
