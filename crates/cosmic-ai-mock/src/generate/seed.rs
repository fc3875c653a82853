//! A small stable hash and random sequence, so that prompts choose pictures and sounds.
//!
//! Both are fixed for ever: `std`'s hasher may change between releases, and then every mock picture would change too.

/// Hashes bytes to 64 well-mixed bits: FNV-1a, finished by the splitmix64 mixer.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    mix(bytes.iter().fold(OFFSET_BASIS, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME)))
}

/// The finaliser of splitmix64: every input bit changes about half of the output bits.
const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The splitmix64 sequence: tiny, stable, good enough for choosing colours and positions. Not for secrets.
#[derive(Debug, Clone)]
pub(crate) struct Sequence(u64);

impl Sequence {
    /// Starts the sequence that belongs to `seed`.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A whole number from `low` to `high`, both included; `low` if the range is empty.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let values = u64::try_from(high.saturating_sub(low)).map_or(1, |span| span.saturating_add(1));
        low.saturating_add(i64::try_from(self.next() % values).unwrap_or(0))
    }

    /// One of `choices`, or `None` if there are none.
    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(choices.len()).ok().filter(|&count| count > 0)?;
        choices.get(usize::try_from(self.next() % count).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::{Sequence, hash};

    #[test]
    fn hash_and_sequence_never_change() {
        // Pinned: changing these values changes every mock picture and sound.
        assert_eq!(hash(b""), 0xf52a_15e9_a9b5_e89b);
        assert_eq!(Sequence::new(0).next(), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn numbers_stay_in_their_range() {
        let mut sequence = Sequence::new(7);
        assert!((0..1000).all(|_| (-3..=3).contains(&sequence.between(-3, 3))));
        assert_eq!(sequence.between(5, 4), 5);
        assert_eq!(sequence.pick::<u8>(&[]), None);
    }
}
