//! Codes whole pictures (one slice each) from palette indices.

use std::ops::Range;

use super::Size;
use super::block::Picture;
use super::macroblock::Coder;
use super::motion::Vector;
use super::nal::{Unit, pack, signed, unsigned};
use super::parameter_sets::FRAME_NUMBER_BITS;
use crate::generate::bits::BitWriter;
use crate::generate::look::Rgb;

/// What each palette index looks like: luma, blue and red difference (BT.709, narrow range).
#[derive(Debug)]
pub(in crate::generate::mp4) struct Palette {
    pub(super) luma: [u8; 256],
    pub(super) chroma: [[u8; 256]; 2],
}

impl Default for Palette {
    fn default() -> Self {
        Self { luma: [16; 256], chroma: [[128; 256]; 2] }
    }
}

impl Palette {
    /// Sets the colour of a palette index.
    pub(in crate::generate::mp4) fn set(&mut self, ink: u8, [red, green, blue]: Rgb) {
        let [red, green, blue] = [i32::from(red), i32::from(green), i32::from(blue)];
        let [chroma_blue, chroma_red] = &mut self.chroma;
        for (channel, weights, base) in [
            (&mut self.luma, [47, 157, 16], 16),
            (chroma_blue, [-26, -87, 113], 128),
            (chroma_red, [112, -102, -10], 128),
        ] {
            let [red_weight, green_weight, blue_weight] = weights;
            let sum = red * red_weight + green * green_weight + blue * blue_weight;
            if let Some(value) = channel.get_mut(usize::from(ink)) {
                *value = u8::try_from(base + ((sum + 128) >> 8)).unwrap_or(0);
            }
        }
    }
}

/// How far something has moved since the picture before, in pixels; even, so that chroma moves by whole samples too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::generate::mp4) struct Shift {
    pub(in crate::generate::mp4) x: i32,
    pub(in crate::generate::mp4) y: i32,
}

impl Shift {
    /// The motion vector points back to where it came from.
    const fn vector(self) -> Vector {
        Vector { x: -4 * self.x, y: -4 * self.y }
    }
}

/// Codes the pictures of a film in order.
#[derive(Debug)]
pub(in crate::generate::mp4) struct Encoder {
    size: Size,
    coder: Coder,
    /// Pictures coded so far.
    pictures: u32,
}

impl Encoder {
    /// An encoder for pictures of this size in these colours.
    pub(in crate::generate::mp4) fn new(size: Size, palette: Palette) -> Self {
        Self { size, coder: Coder::new(size, palette), pictures: 0 }
    }

    /// Appends a picture that stands alone.
    pub(in crate::generate::mp4) fn first_picture(&mut self, picture: &impl Picture, out: &mut Vec<u8>) {
        let mut bits = BitWriter::with_capacity(1 << 16);
        self.slice_header(&mut bits, Unit::IdrSlice);
        for row in 0..self.size.rows() as usize {
            for column in 0..self.size.columns() as usize {
                self.coder.code_alone(&mut bits, picture, (column, row), Unit::IdrSlice);
            }
        }
        self.finish(bits, Unit::IdrSlice, out);
    }

    /// Appends what has changed `now` against the picture `before`.
    ///
    /// `dirty` names the columns of macroblocks to look at in a row.
    pub(in crate::generate::mp4) fn next_picture<P: Picture>(
        &mut self,
        [before, now]: [&P; 2],
        dirty: impl Fn(usize) -> Range<usize>,
        out: &mut Vec<u8>,
    ) {
        let mut bits = BitWriter::with_capacity(1 << 12);
        self.slice_header(&mut bits, Unit::Slice);
        let columns = self.size.columns() as usize;
        // Macroblocks before this one are coded or skipped.
        let mut done = 0;
        for row in 0..self.size.rows() as usize {
            let dirty = dirty(row);
            // One more: skipping the macroblock on the right of a moving one might move it too.
            for column in dirty.start..(dirty.end + usize::from(!dirty.is_empty())).min(columns) {
                let source = now.shift(before, column, row).map(Shift::vector);
                if source.is_some_and(|vector| self.coder.skip((column, row), vector)) {
                    continue;
                }
                let index = row * columns + column;
                unsigned(&mut bits, u32::try_from(index - done).unwrap_or(0));
                done = index + 1;
                match source {
                    Some(vector) => self.coder.code_moved(&mut bits, (column, row), vector),
                    None => self.coder.code_alone(&mut bits, now, (column, row), Unit::Slice),
                }
            }
        }
        let rest = self.size.rows() as usize * columns - done;
        if rest > 0 {
            unsigned(&mut bits, u32::try_from(rest).unwrap_or(0));
        }
        self.finish(bits, Unit::Slice, out);
    }

    /// The slice header (7.3.3).
    fn slice_header(&mut self, bits: &mut BitWriter, unit: Unit) {
        self.coder.start_picture();
        let idr = unit == Unit::IdrSlice;
        unsigned(bits, 0); // first macroblock
        unsigned(bits, if idr { 7 } else { 5 }); // all slices are I, or all P
        unsigned(bits, 0); // picture parameters
        bits.put(self.pictures % (1 << FRAME_NUMBER_BITS), FRAME_NUMBER_BITS);
        if idr {
            unsigned(bits, 0); // number of the IDR picture
            bits.put(0b00, 2); // show earlier pictures; keep this one for a short time
        } else {
            bits.put(0b000, 3); // the reference pictures are as they are
        }
        signed(bits, 0); // quantiser as in the picture parameters
        unsigned(bits, 1); // no deblocking
    }

    /// Appends a slice behind its size, as MP4 has it.
    fn finish(&mut self, bits: BitWriter, unit: Unit, out: &mut Vec<u8>) {
        self.pictures += 1;
        let start = out.len();
        out.extend_from_slice(&[0; 4]);
        let length = u32::try_from(pack(unit, bits, out)).unwrap_or(u32::MAX);
        if let Some(field) = out.get_mut(start..start + 4) {
            field.copy_from_slice(&length.to_be_bytes());
        }
    }
}
