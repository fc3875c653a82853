//! The rhythm of wordless speech: syllables make words, words make phrases, and phrases end in a pause.

use super::frame::{Sound, Vowel};
use crate::generate::seed::Sequence;

/// How a speaker sounds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Voice {
    /// The MP3 line of the fundamental: 3 is 115 Hz, 7 is 268 Hz.
    fundamental: u8,
    /// Frames in the shortest syllable, 26 ms each.
    shortest_syllable: i64,
}

impl Voice {
    /// One of fifteen voices: five pitches in three tempos.
    pub(super) const fn numbered(number: u8) -> Self {
        Self { fundamental: 3 + number % 5, shortest_syllable: 4 + (number / 5 % 3) as i64 }
    }
}

/// Formants of a, e, i, o and u, as attenuation of the scale factor bands (0–150 Hz, 150–300 Hz … 2.0–2.4 kHz).
const VOWELS: [[u8; 11]; 5] = [
    [3, 2, 1, 1, 0, 1, 2, 2, 4, 6, 7],
    [3, 1, 0, 0, 2, 4, 6, 6, 5, 3, 4],
    [1, 0, 0, 3, 5, 7, 7, 7, 6, 4, 3],
    [2, 1, 0, 0, 1, 1, 3, 5, 7, 7, 7],
    [1, 0, 0, 2, 3, 3, 5, 7, 7, 7, 7],
];

/// The gain in the middle of a syllable; 4 steps are 6 dB.
const LOUD: u8 = 199;

/// An endless sequence of frames.
#[derive(Debug)]
pub(super) struct Speech {
    voice: Voice,
    choices: Sequence,
    syllable: Vowel,
    /// Frames of the syllable, and those already spoken.
    syllable_frames: i64,
    spoken: i64,
    /// Frames of silence that follow.
    pause: i64,
    syllables_left_in_word: i64,
    words_left_in_phrase: i64,
}

impl Speech {
    pub(super) fn new(voice: Voice, seed: u64) -> Self {
        let syllable = Vowel { fundamental: voice.fundamental, attenuation: [0; 11] };
        let mut speech = Self {
            voice,
            choices: Sequence::new(seed),
            syllable,
            syllable_frames: 0,
            spoken: 0,
            pause: 0,
            syllables_left_in_word: 2,
            words_left_in_phrase: 4,
        };
        speech.next_syllable();
        speech
    }

    /// Chooses the next syllable and the pause after it.
    fn next_syllable(&mut self) {
        self.spoken = 0;
        self.syllable.attenuation = self.choices.pick(&VOWELS).copied().unwrap_or_default();
        let shortest = self.voice.shortest_syllable;
        self.syllable_frames = self.choices.between(shortest, shortest + 3);
        self.syllables_left_in_word -= 1;
        // The first syllable of a phrase is raised, so that the ear hears sentences.
        let raised = self.words_left_in_phrase == 4;
        self.syllable.fundamental = self.voice.fundamental + u8::from(raised && self.voice.fundamental > 3);
        self.pause = 0;
        if self.syllables_left_in_word <= 0 {
            self.syllables_left_in_word = self.choices.between(1, 3);
            self.words_left_in_phrase -= 1;
            self.pause = self.choices.between(1, 3);
        }
        if self.words_left_in_phrase <= 0 {
            self.words_left_in_phrase = self.choices.between(4, 8);
            self.pause = self.choices.between(12, 20);
            self.syllable_frames += 3;
        }
    }

    /// The gain of a granule: quick attack, slow decay, soft release.
    fn gain(&self, granule: i64) -> u8 {
        let to_end = self.syllable_frames * 2 - 1 - granule;
        let attack = (2 - granule).max(0) * 5;
        let decay = granule / 2;
        let release = (4 - to_end).max(0) * 4;
        LOUD.saturating_sub(u8::try_from(attack + decay + release).unwrap_or(u8::MAX))
    }
}

impl Iterator for Speech {
    type Item = Sound;

    fn next(&mut self) -> Option<Sound> {
        if self.spoken < self.syllable_frames {
            let gains = [self.gain(self.spoken * 2), self.gain(self.spoken * 2 + 1)];
            self.spoken += 1;
            return Some(Sound::Voiced { vowel: self.syllable, gains });
        }
        if self.pause > 0 {
            self.pause -= 1;
            return Some(Sound::Silence);
        }
        self.next_syllable();
        self.next()
    }
}
