//! The media generators: pure functions from plain arguments to the bytes of real, decodable files.
//!
//! Everything here works on integers, so the same arguments give the same bytes on every machine. Pictures are drawn
//! as spans of flat colour; sound is written straight in the coded domain (one MDCT line is one pure tone), and video as
//! H.264 macroblocks, which is why minutes of media cost milliseconds.

pub(crate) mod look;
pub(crate) mod mp3;
pub(crate) mod mp4;
pub(crate) mod png;
pub(crate) mod seed;
pub(crate) mod svg;
pub(crate) mod text;

mod bits;

#[cfg(test)]
mod decoded;

/// Why a generator could not make what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum RenderError {
    /// The format cannot hold a picture of this size.
    #[error("{format} cannot be {width}x{height}: {allowed}")]
    Size {
        /// The name of the format.
        format: &'static str,
        /// The width asked for, in pixels.
        width: u32,
        /// The height asked for, in pixels.
        height: u32,
        /// What the format can hold.
        allowed: &'static str,
    },
    /// The format cannot hold something of this length.
    #[error("{format} of {seconds} s cannot be made: at most {most} s")]
    Length {
        /// The name of the format.
        format: &'static str,
        /// The length asked for, in whole seconds.
        seconds: u64,
        /// The longest that is made, in seconds.
        most: u64,
    },
    /// The PNG encoder failed.
    #[error("the PNG encoder failed")]
    Png(#[from] ::png::EncodingError),
}
