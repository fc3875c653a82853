//! A small H.264 encoder (ITU-T H.264, constrained baseline) for pictures of flat colours.
//!
//! The first picture is an IDR picture; later ones send the macroblocks that changed and skip the rest. A macroblock is
//! copied from the picture before, predicted from the edge of its neighbour, plus one coefficient where the colour differs,
//! or sent as plain samples.
//! Every picture decodes to exactly the palette's colours; nothing is lost, and nothing is filtered.

mod block;
mod coefficient;
mod macroblock;
mod motion;
mod nal;
mod parameter_sets;
mod picture;

pub(super) use block::{Block, Picture, Pixels, SIDE};
pub(super) use parameter_sets::decoder_configuration;
pub(super) use picture::{Encoder, Palette, Shift};

/// The size of the shown picture in pixels; even.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Size {
    /// Macroblocks in a row.
    pub(super) const fn columns(self) -> u32 {
        self.width.div_ceil(16)
    }

    /// Rows of macroblocks.
    pub(super) const fn rows(self) -> u32 {
        self.height.div_ceil(16)
    }

    /// The width in pixels with whole macroblocks.
    pub(super) const fn coded_width(self) -> usize {
        self.columns() as usize * 16
    }
}
