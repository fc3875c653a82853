//! Codes whole pictures (one slice each) from palette indices.

use super::Size;
use super::macroblock::{Coder, Tile};
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

/// Codes the pictures of a film in order.
#[derive(Debug)]
pub(in crate::generate::mp4) struct Encoder {
    size: Size,
    coder: Coder,
    /// The pixels that the decoder has now.
    shown: Vec<u8>,
    /// Pictures coded so far.
    pictures: u32,
}

impl Encoder {
    /// An encoder for pictures of this size in these colours.
    pub(in crate::generate::mp4) fn new(size: Size, palette: Palette) -> Self {
        Self { size, coder: Coder::new(size, palette), shown: Vec::new(), pictures: 0 }
    }

    /// Codes a picture that stands alone; `pixels` has the coded size.
    pub(in crate::generate::mp4) fn first_picture(&mut self, pixels: &[u8]) -> Vec<u8> {
        let mut bits = BitWriter::with_capacity(pixels.len() / 8);
        self.slice_header(&mut bits, Unit::IdrSlice);
        for row in 0..self.size.rows() as usize {
            for column in 0..self.size.columns() as usize {
                self.coder.code(&mut bits, &Tile::at(pixels, self.size, column, row), Unit::IdrSlice);
            }
        }
        self.shown = pixels.to_vec();
        self.finish(bits, Unit::IdrSlice)
    }

    /// Codes what has changed since the last picture; `dirty` names the columns of macroblocks to look at in a row.
    pub(in crate::generate::mp4) fn next_picture(
        &mut self,
        pixels: &[u8],
        dirty: impl Fn(usize) -> std::ops::Range<usize>,
    ) -> Vec<u8> {
        let mut bits = BitWriter::with_capacity(1 << 14);
        self.slice_header(&mut bits, Unit::Slice);
        let columns = self.size.columns();
        // Macroblocks before this one are coded or skipped.
        let mut done = 0;
        for row in 0..self.size.rows() {
            for column in dirty(row as usize) {
                let tile = Tile::at(pixels, self.size, column, row as usize);
                if !tile.update(&mut self.shown) {
                    continue;
                }
                let index = row * columns + u32::try_from(column).unwrap_or(0);
                unsigned(&mut bits, index - done);
                self.coder.code(&mut bits, &tile, Unit::Slice);
                done = index + 1;
            }
        }
        let rest = self.size.rows() * columns - done;
        if rest > 0 {
            unsigned(&mut bits, rest);
        }
        self.finish(bits, Unit::Slice)
    }

    /// The slice header (7.3.3).
    fn slice_header(&mut self, bits: &mut BitWriter, unit: Unit) {
        self.coder.start_picture(self.pictures);
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

    /// Packs a slice behind its size, as MP4 has it.
    fn finish(&mut self, bits: BitWriter, unit: Unit) -> Vec<u8> {
        self.pictures += 1;
        let packed = pack(unit, bits);
        let length = u32::try_from(packed.len()).unwrap_or(u32::MAX);
        [&length.to_be_bytes(), packed.as_slice()].concat()
    }
}
