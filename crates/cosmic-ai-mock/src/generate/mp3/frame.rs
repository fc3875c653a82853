//! The bits of an MPEG-1 layer III frame (ISO 11172-3, 2.4.1), as far as pure tones need them.
//!
//! A long block has 576 frequency lines, 38.28 Hz apart. A line that holds a constant value in every granule, or for odd
//! lines one whose sign alternates, decodes to a pure tone at exactly its multiple of 38.28 Hz. So a vowel is a few
//! lines of ±1, shaped by scale factors, and every line lies in the region coded in fours with the fixed-length table.

use crate::generate::bits::BitWriter;

/// Samples a frame, in two granules.
pub(super) const SAMPLES: u32 = 1152;
/// Samples a second.
pub(super) const SAMPLE_RATE: u32 = 44_100;

/// Lines that may sound: those of the first eleven scale factor bands, rounded to fours.
const LINES: u8 = 64;
const HEADER_BYTES: usize = 4;
const SIDE_INFO_BYTES: usize = 17;
/// Bytes of a frame without padding: 144 · 64000 / 44100 = 208 48/49.
const FRAME_BYTES: usize = 208;
/// Of so many frames all but one are padded with a byte, so that the bit rate is exact.
const PADDING_CYCLE: u32 = 49;
/// The coded scale factor sizes "3 bits for bands 0 to 10, none above".
const SCALE_FACTOR_SIZES: u32 = 4;
const SCALE_FACTOR_BITS: u32 = 3;

/// A voiced sound: which lines sound and how loud each region of the spectrum is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Vowel {
    /// The line of the fundamental; its multiples are the harmonics.
    pub(super) fundamental: u8,
    /// How far each scale factor band is turned down, in steps of 3 dB, 0 to 7.
    pub(super) attenuation: [u8; 11],
}

/// What sounds during one frame.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sound {
    Silence,
    /// A vowel, with the global gain of both granules: 210 is full scale, 4 steps are 6 dB.
    Voiced {
        vowel: Vowel,
        gains: [u8; 2],
    },
}

/// Writes frames, and keeps count for the padding.
#[derive(Debug, Default)]
pub(super) struct Writer {
    frames: u32,
    /// The last vowel with its bits: a syllable lasts several frames that differ in loudness alone.
    coded: Option<(Vowel, CodedVowel)>,
}

/// The main data of a frame: both granules of a vowel.
#[derive(Debug)]
struct CodedVowel {
    granule_bits: u32,
    main_data: Vec<u8>,
}

impl Writer {
    /// Appends a frame to `bytes`.
    pub(super) fn append(&mut self, sound: Sound, bytes: &mut Vec<u8>) {
        let padded = !self.frames.is_multiple_of(PADDING_CYCLE);
        self.frames = self.frames.wrapping_add(1);
        let end = bytes.len() + FRAME_BYTES + usize::from(padded);
        bytes.extend_from_slice(&header(padded));
        match sound {
            Sound::Silence => {}
            Sound::Voiced { vowel, gains } => {
                if self.coded.as_ref().is_none_or(|(last, _)| *last != vowel) {
                    self.coded = Some((vowel, code(vowel)));
                }
                if let Some((_, coded)) = &self.coded {
                    bytes.extend_from_slice(&side_info(coded.granule_bits, gains));
                    bytes.extend_from_slice(&coded.main_data);
                }
            }
        }
        // The rest is ancillary data, and for silence also the side information: no bits, no gain.
        bytes.resize(end, 0);
    }
}

/// The `Info` frame: decodes as silence, and tells that `frames` frames of constant bit rate follow.
pub(super) fn info(frames: u32) -> Vec<u8> {
    const FRAMES_AND_BYTES: u32 = 0b11;
    let padding = frames - frames.div_ceil(PADDING_CYCLE);
    let total = u64::from(padding) + (u64::from(frames) + 1) * FRAME_BYTES as u64;
    let mut bytes = Vec::with_capacity(usize::try_from(total).unwrap_or(0));
    bytes.extend_from_slice(&header(false));
    bytes.resize(HEADER_BYTES + SIDE_INFO_BYTES, 0);
    bytes.extend_from_slice(b"Info");
    for field in [FRAMES_AND_BYTES, frames, u32::try_from(total).unwrap_or(u32::MAX)] {
        bytes.extend_from_slice(&field.to_be_bytes());
    }
    bytes.resize(FRAME_BYTES, 0);
    bytes
}

/// MPEG-1 layer III without CRC; 64 kbit/s at 44.1 kHz; mono, original.
const fn header(padded: bool) -> [u8; HEADER_BYTES] {
    [0xff, 0xfb, if padded { 0x52 } else { 0x50 }, 0xc4]
}

/// Main data begins in this very frame; both granules are long blocks with nothing but "count1" lines.
fn side_info(granule_bits: u32, gains: [u8; 2]) -> [u8; SIDE_INFO_BYTES] {
    let mut bits = BitWriter::with_capacity(SIDE_INFO_BYTES);
    bits.put(0, 9); // main_data_begin
    bits.put(0, 5 + 4); // private bits; scale factors are never shared
    for gain in gains {
        bits.put(granule_bits, 12);
        bits.put(0, 9); // big_values
        bits.put(gain.into(), 8);
        bits.put(SCALE_FACTOR_SIZES, 4);
        bits.flag(false); // window switching
        bits.put(0, 15 + 4 + 3); // tables and borders of the unused "big values" regions
        bits.flag(false); // preflag
        bits.flag(false); // scale factors in steps of 3 dB
        bits.flag(true); // count1 table B
    }
    let mut side_info = [0; SIDE_INFO_BYTES];
    side_info.iter_mut().zip(bits.into_bytes()).for_each(|(byte, coded)| *byte = coded);
    side_info
}

/// Codes both granules of a vowel.
fn code(vowel: Vowel) -> CodedVowel {
    let mut bits = BitWriter::with_capacity(48);
    granule(&mut bits, vowel, false);
    let granule_bits = u32::try_from(bits.bit_len()).unwrap_or(0);
    granule(&mut bits, vowel, true);
    CodedVowel { granule_bits, main_data: bits.into_bytes() }
}

/// Writes scale factors and lines; odd lines are negative in every second granule.
fn granule(bits: &mut BitWriter, vowel: Vowel, second: bool) {
    for attenuation in vowel.attenuation {
        bits.put(attenuation.min(7).into(), SCALE_FACTOR_BITS);
    }
    let fundamental = vowel.fundamental.max(1);
    for first in (0..LINES).step_by(4) {
        // Line 62 and up belong to bands without a scale factor, and would be loud.
        let sounds = (first..first + 4).map(|line| line > 0 && line < 62 && line.is_multiple_of(fundamental));
        // Table B: a zero bit for each line that sounds, followed by the signs of these.
        for sounds in sounds.clone() {
            bits.flag(!sounds);
        }
        for (line, sounds) in (first..).zip(sounds) {
            if sounds {
                bits.flag(second && line % 2 == 1);
            }
        }
    }
}
