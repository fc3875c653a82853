//! The bits of an AAC-LC stereo frame (ISO 14496-3, 4.4), as far as pure tones need them.
//!
//! A long block has 1024 frequency lines, 23.4375 Hz apart at 48 kHz. A line that holds a constant value in every frame,
//! or for odd lines one whose sign alternates, decodes to a pure tone at exactly its multiple of 23.4375 Hz.

use crate::generate::bits::BitWriter;

/// Samples a second.
pub(super) const SAMPLE_RATE: u32 = 48_000;
/// Samples a frame.
pub(super) const FRAME_SAMPLES: u32 = 1024;
/// AAC-LC (object type 2), 48 kHz (frequency index 3), stereo: the decoder's configuration in the container.
pub(super) const CONFIGURATION: [u8; 2] = [0x11, 0x90];

/// Scale factor bands in use, and the lines that they hold at 48 kHz.
const BANDS: u32 = 13;
const LINES: u8 = 64;
/// Codebook 1 holds four lines of -1, 0 or 1.
const CODEBOOK: u32 = 1;
/// Its words, five bits long, for a single 1 or -1 in place 0 to 3.
const PLUS: [u32; 4] = [0x10, 0x13, 0x16, 0x14];
const MINUS: [u32; 4] = [0x11, 0x17, 0x15, 0x12];

/// What one channel plays during one frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tone {
    /// The line that sounds, 0 to 63: its frequency in steps of 23.4375 Hz.
    pub(super) line: u8,
    /// Loudness; 4 steps are 6 dB.
    pub(super) gain: u8,
}

/// Codes frame number `index` of a stereo stream.
pub(super) fn frame(index: u32, channels: [Tone; 2]) -> Vec<u8> {
    const CHANNEL_PAIR: u32 = 1;
    const END: u32 = 7;
    let mut bits = BitWriter::with_capacity(32);
    bits.put(CHANNEL_PAIR, 3);
    bits.put(0, 4); // element tag
    bits.flag(true); // both channels share the window
    bits.put(0, 1 + 2 + 1); // reserved; one long window; sine shape
    bits.put(BANDS, 6);
    bits.flag(false); // no prediction
    bits.put(0, 2); // no mid/side stereo
    for tone in channels {
        channel(&mut bits, tone, index % 2 == 1);
    }
    bits.put(END, 3);
    bits.into_bytes()
}

/// Writes one channel: gain, a single section, equal scale factors, the lines.
fn channel(bits: &mut BitWriter, tone: Tone, odd_frame: bool) {
    bits.put(tone.gain.into(), 8);
    bits.put(CODEBOOK, 4);
    bits.put(BANDS, 5);
    bits.put(0, BANDS); // one zero bit a band: the same scale factor as before
    bits.put(0, 3); // no pulses, no noise shaping, no gain control
    let words = if odd_frame && tone.line % 2 == 1 { MINUS } else { PLUS };
    for first in (0..LINES).step_by(4) {
        let place = tone.line.checked_sub(first).and_then(|place| words.get(usize::from(place)));
        match place {
            Some(&word) => bits.put(word, 5),
            None => bits.put(0, 1),
        }
    }
}
