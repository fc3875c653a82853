//! The sound of a film: soft plucked notes of a pentatonic scale, left and right in turn.

use super::aac::{FRAME_SAMPLES, SAMPLE_RATE, Tone, frame};
use crate::generate::seed::Sequence;

/// Scales as AAC lines, in exact ratios: each line is 23.4375 Hz.
const SCALES: [[u8; 6]; 4] = [
    [16, 18, 20, 24, 27, 32], // major, on 375 Hz
    [12, 14, 16, 18, 21, 24], // minor, on 281 Hz
    [12, 15, 16, 18, 20, 24], // on 281 Hz
    [18, 20, 24, 27, 30, 36], // on 422 Hz
];

/// Frames from one note to the next of the same channel (0.6 s).
const NOTE_FRAMES: u32 = 28;
/// The gain at which a note starts.
const LOUD: u32 = 190;
/// The sound fades out over so many frames at the end.
const FADE_FRAMES: u32 = 12;

/// Encodes a tune that covers `seconds`; the last frame may reach beyond the end.
pub(super) fn frames(seconds: u32, seed: u64) -> Vec<Vec<u8>> {
    let count = (seconds * SAMPLE_RATE).div_ceil(FRAME_SAMPLES);
    let mut choices = Sequence::new(seed);
    let scale = choices.pick(&SCALES).copied().unwrap_or_default();
    let mut lines = [scale[0], scale[0]];
    // The right channel comes in half a note later.
    let starts = [0, NOTE_FRAMES / 2];
    (0..count)
        .map(|index| {
            let mut tones = [Tone { line: 0, gain: 0 }; 2];
            for ((tone, line), start) in tones.iter_mut().zip(&mut lines).zip(starts) {
                let age = (index + NOTE_FRAMES - start) % NOTE_FRAMES;
                if age == 0 {
                    *line = choices.pick(&scale).copied().unwrap_or_default();
                }
                let fade = (FADE_FRAMES + index).saturating_sub(count) * 3;
                let gain = LOUD.saturating_sub(age + fade);
                *tone = Tone { line: *line, gain: u8::try_from(gain).unwrap_or(u8::MAX) };
            }
            frame(index, tones)
        })
        .collect()
}
