//! MP3: a voice-like sound of any length, written straight as MPEG-1 layer III frames.
//!
//! Constant 64 kbit/s, mono, 44.1 kHz. Every frame stands alone (no bit reservoir), behind an `Info` frame that tells
//! players the exact number of frames.

mod frame;
mod speech;

use std::time::Duration;

use super::RenderError;
use speech::Voice;

/// The longest sound that is made.
const MAX_SECONDS: u64 = 6 * 3600;

/// The fewest frames: with less, players are not sure that a file is an MP3 at all.
const MIN_FRAMES: u32 = 6;

/// Renders `duration` of wordless speech, to the nearest frame (26 ms) and at least six.
///
/// `voice` chooses pitch and tempo, `seed` the syllables.
///
/// # Errors
/// More than six hours.
pub(crate) fn render(duration: Duration, voice: u8, seed: u64) -> Result<Vec<u8>, RenderError> {
    let seconds = duration.as_secs();
    if seconds > MAX_SECONDS {
        return Err(RenderError::Length { format: "MP3", seconds, most: MAX_SECONDS });
    }
    let frame_count = frame_count(duration);
    let mut bytes = frame::info(frame_count);
    let mut writer = frame::Writer::default();
    for sound in speech::Speech::new(Voice::numbered(voice), seed).take(frame_count as usize) {
        writer.append(sound, &mut bytes);
    }
    Ok(bytes)
}

/// How many frames come nearest to a duration.
fn frame_count(duration: Duration) -> u32 {
    let frame_nanos = 1_000_000_000 * u128::from(frame::SAMPLES) / u128::from(frame::SAMPLE_RATE);
    u32::try_from((duration.as_nanos() + frame_nanos / 2) / frame_nanos).unwrap_or(u32::MAX).max(MIN_FRAMES)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{MAX_SECONDS, render};
    use crate::generate::decoded::{Sound, decode};

    fn decoded(milliseconds: u64, voice: u8, seed: u64) -> Sound {
        decode(render(Duration::from_millis(milliseconds), voice, seed).unwrap(), "mp3")
    }

    #[test]
    fn sound_has_the_length_asked_for() {
        for milliseconds in [0, 1, 100, 999, 3_210, 12_000, 61_017] {
            let sound = decoded(milliseconds, 1, 2);
            assert_eq!((sound.sample_rate, sound.channels), (44_100, 1));
            let wanted = i64::try_from(milliseconds.max(156)).unwrap();
            assert!((sound.milliseconds() - wanted).abs() <= 27, "{wanted}: {}", sound.milliseconds());
            assert_eq!(sound.stated_samples, Some(sound.samples.len() as u64), "{wanted}");
        }
    }

    #[test]
    fn sound_is_audible_but_not_harsh_in_every_voice() {
        for voice in (0..15).chain([u8::MAX]) {
            let sound = decoded(2_000, voice, 9);
            assert!((0.1..0.9).contains(&sound.peak()), "voice {voice} peaks at {}", sound.peak());
        }
    }

    #[test]
    fn speech_pauses() {
        let sound = decoded(20_000, 0, 5);
        let silent = sound.samples.chunks(1152).filter(|frame| frame.iter().all(|sample| sample.abs() < 0.001)).count();
        assert!(silent > 20, "{silent} silent frames");
    }

    #[test]
    fn voices_and_seeds_differ_and_repeat() {
        let sound = |voice, seed| render(Duration::from_secs(2), voice, seed).unwrap();
        assert_eq!(sound(1, 1), sound(1, 1));
        assert_ne!(sound(1, 1), sound(2, 1));
        assert_ne!(sound(1, 1), sound(1, 2));
    }

    #[test]
    fn endless_sound_is_refused() {
        assert!(render(Duration::from_secs(MAX_SECONDS + 1), 0, 0).is_err());
        assert!(render(Duration::MAX, 0, 0).is_err());
    }
}
