//! Estimates how many tokens a text is, without a vocabulary.

mod class;
mod cost;
mod han;

use std::mem;

use class::{Class, class_of};
use cost::{CHUNK, Sum, UNITS_PER_TOKEN, wrap};

/// How far back, in bytes, an accent is taken as proof that the text is not English.
const ACCENT_REACH: u64 = 256;

/// The expected number of tokens of `text`; 0 only for the empty text, and never above [`most_tokens`].
///
/// Appending to a text never makes its estimate smaller. Takes one pass, allocates nothing and never panics.
pub fn estimate_tokens(text: &str) -> u64 {
    let mut estimate = Estimate { units: 0, besides: 0, since_accent: 0, previous: Class::Control as u8, position: 0 };
    let mut rest = text;
    while !rest.is_empty() {
        rest = match (rest.as_bytes().first_chunk(), rest.get(CHUNK..)) {
            (Some(chunk), Some(tail)) if chunk.is_ascii() => {
                estimate.add_ascii(chunk);
                tail
            }
            _ => estimate.add_characters(rest),
        };
    }
    // The bounds hold the promises where the figures are far off, as for a lone mark.
    ((estimate.units + UNITS_PER_TOKEN / 2) / UNITS_PER_TOKEN).max(1).min(most_tokens(text))
}

/// The number of tokens that no byte-level vocabulary exceeds: one for each byte of UTF-8.
pub fn most_tokens(text: &str) -> u64 {
    text.len() as u64
}

/// The state after part of a text. Its units only grow, so the estimate of a longer text is never smaller.
struct Estimate {
    /// The cost so far.
    units: u64,
    /// What the letters since the last accent cost on top if the next accent shows that they are not English.
    besides: u64,
    /// The bytes since the last accent.
    since_accent: u64,
    /// The class of the last character.
    previous: u8,
    /// The position of the last character in its run, from 1.
    position: usize,
}

impl Estimate {
    /// Adds ASCII. Without branches, for this is what most prompts consist of.
    #[inline]
    fn add_ascii(&mut self, chunk: &[u8; CHUNK]) {
        let mut sum = Sum::default();
        let (mut previous, mut position) = (self.previous, wrap(self.position));
        for byte in chunk {
            let class = class_of(char::from(*byte));
            position = sum.add(previous, class, position);
            previous = class;
        }
        (self.previous, self.position) = (previous, position);
        self.add(sum);
        self.since_accent += CHUNK as u64;
    }

    /// Adds characters until there are [`CHUNK`] bytes or no more; returns the rest.
    #[inline]
    fn add_characters<'text>(&mut self, text: &'text str) -> &'text str {
        let mut sum = Sum::default();
        let (mut previous, mut position) = (self.previous, wrap(self.position));
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            let class = class_of(character);
            position = sum.add(previous, class, position);
            previous = class;
            if class == Class::Latin as u8 {
                self.add(mem::take(&mut sum));
                self.units += self.besides * ACCENT_REACH / self.since_accent.max(ACCENT_REACH);
                (self.besides, self.since_accent) = (0, 0);
            }
            self.since_accent += character.len_utf8() as u64;
            if text.len() - characters.as_str().len() >= CHUNK {
                break;
            }
        }
        (self.previous, self.position) = (previous, position);
        self.add(sum);
        characters.as_str()
    }

    #[inline]
    fn add(&mut self, sum: Sum) {
        let (always, besides) = sum.take();
        self.units += always;
        self.besides += besides;
    }
}

#[cfg(test)]
mod tests;
