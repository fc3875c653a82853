//! Hashes of keys: what is kept of them.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::ConfigError;

/// The longest key, in bytes. Longer ones are not hashed to find out that they are wrong.
pub(crate) const LONGEST_KEY: usize = 1_024;

/// The SHA-256 of a key. Keys are random and long, so a fast hash is enough; compared in constant time.
///
/// `Display` and `FromStr` have it as `sha256:` and 64 hexadecimal digits; `Debug` does not show it.
#[derive(Clone, Copy)]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    /// The hash of a key of at most 1,024 bytes. A longer one never fits.
    pub fn of(key: &str) -> Self {
        Self(Sha256::digest(key).into())
    }

    pub(crate) const fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether this is the key. Takes as long for any other of the same length.
    pub fn is_of(&self, key: &str) -> bool {
        key.len() <= LONGEST_KEY && self.0.ct_eq(&Self::of(key).0).into()
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(…)")
    }
}

impl fmt::Display for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for KeyHash {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let wrong = || ConfigError::new("a hash of a key is `sha256:` and 64 hexadecimal digits");
        let digits = text.strip_prefix("sha256:").filter(|digits| digits.len() == 64).ok_or_else(wrong)?;
        let mut hash = [0; 32];
        for (place, byte) in hash.iter_mut().enumerate() {
            let pair = digits.get(place * 2..place * 2 + 2).ok_or_else(wrong)?;
            // A sign would be read as part of a number.
            let pair = pair.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some(pair).ok_or_else(wrong)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self(hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_fits_its_key_alone_and_is_read_as_it_is_written() {
        let hash = KeyHash::of("a-key");
        assert!(hash.is_of("a-key"));
        for other in ["", "a-ke", "a-key ", "A-key", "b-key"] {
            assert!(!hash.is_of(other), "{other:?}");
        }
        let long = "k".repeat(LONGEST_KEY + 1);
        assert!(!KeyHash::of(&long).is_of(&long));
        assert!(hash.to_string().parse::<KeyHash>().unwrap().is_of("a-key"));
        assert_eq!(format!("{hash:?}"), "KeyHash(…)");
        for wrong in [
            "",
            "sha256:",
            "sha256:00",
            &hash.to_string().replace("sha256:", "sha1:"),
            &format!("sha256:{}", "é".repeat(32)),
            &format!("sha256:{}", "+1".repeat(32)),
        ] {
            assert!(wrong.parse::<KeyHash>().is_err(), "{wrong:?}");
        }
    }
}
