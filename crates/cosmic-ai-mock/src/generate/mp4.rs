//! MP4: a short film (H.264, 24 pictures a second) with a soft tune (AAC-LC stereo, 48 kHz).

mod aac;
mod container;
mod film;
mod h264;
mod tune;

use super::RenderError;
use super::look::Look;
use container::{Media, Track};

/// Pictures a second.
pub(crate) const FRAMES_PER_SECOND: u32 = 24;

/// The longest film, in seconds.
const MAX_SECONDS: u32 = 600;
/// Ticks a picture: with 24 pictures a second the time scale is 12288, which every player knows.
const PICTURE_TICKS: u32 = 512;

/// What to film.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clip {
    /// In pixels; even, 16 to 4096.
    pub(crate) width: u32,
    /// In pixels; even, 16 to 2304.
    pub(crate) height: u32,
    /// The exact length, 1 to 600.
    pub(crate) seconds: u32,
    /// The first picture.
    pub(crate) from: Look,
    /// The last picture; may be the same.
    pub(crate) to: Look,
}

/// Renders a film that starts with exactly the picture `from` and ends with exactly the picture `to`.
///
/// # Errors
/// A size or length out of range.
pub(crate) fn render(clip: &Clip) -> Result<Vec<u8>, RenderError> {
    let Clip { width, height, seconds, .. } = *clip;
    let even = width.is_multiple_of(2) && height.is_multiple_of(2);
    let wrong_size = RenderError::Size {
        format: "MP4",
        width,
        height,
        allowed: "sides are even, the width 16 to 4096 pixels, the height 16 to 2304",
    };
    let (Ok(shown_width), Ok(shown_height)) = (u16::try_from(width), u16::try_from(height)) else {
        return Err(wrong_size);
    };
    if !even || !(16..=4096).contains(&width) || !(16..=2304).contains(&height) {
        return Err(wrong_size);
    }
    if !(1..=MAX_SECONDS).contains(&seconds) {
        return Err(RenderError::Length { format: "MP4", seconds: seconds.into(), most: MAX_SECONDS.into() });
    }
    let size = h264::Size { width, height };
    let (data, sizes) = film::shoot(clip, size);
    let video = Track {
        media: Media::Video { width: shown_width, height: shown_height, avcc: h264::decoder_configuration(size) },
        timescale: PICTURE_TICKS * FRAMES_PER_SECOND,
        sample_ticks: PICTURE_TICKS,
        duration: seconds * FRAMES_PER_SECOND * PICTURE_TICKS,
        data,
        sizes,
    };
    let sound = tune::frames(seconds, clip.from.seed());
    let audio = Track {
        media: Media::Audio { sample_rate: 48_000, configuration: aac::CONFIGURATION },
        timescale: aac::SAMPLE_RATE,
        sample_ticks: aac::FRAME_SAMPLES,
        duration: seconds * aac::SAMPLE_RATE,
        sizes: sound.iter().map(|frame| u32::try_from(frame.len()).unwrap_or(u32::MAX)).collect(),
        data: sound.concat(),
    };
    Ok(container::write(seconds, &[video, audio]))
}

#[cfg(test)]
mod tests;
