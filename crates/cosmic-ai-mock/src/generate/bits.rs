//! Writes numbers bit by bit, most significant bit first, as H.264, AAC and MP3 all do.

/// Bits on their way into bytes.
#[derive(Debug, Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// The bits that do not fill a byte yet, in the low end.
    pending: u64,
    pending_bits: u32,
}

impl BitWriter {
    /// An empty writer with room for `bytes` bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), ..Self::default() }
    }

    /// Appends the low `width` bits of `value`; `width` is at most 32.
    pub(super) fn put(&mut self, value: u32, width: u32) {
        debug_assert!(width <= 32 && u64::from(value) >> width == 0, "{value} does not fit {width} bits");
        self.pending = (self.pending << width) | u64::from(value);
        self.pending_bits += width;
        while self.pending_bits >= 8 {
            self.pending_bits -= 8;
            self.bytes.push(((self.pending >> self.pending_bits) & 0xff) as u8);
        }
    }

    /// Appends one bit.
    pub(super) fn flag(&mut self, on: bool) {
        self.put(u32::from(on), 1);
    }

    /// Appends zero bits up to the next whole byte.
    pub(super) fn align(&mut self) {
        if self.pending_bits > 0 {
            self.put(0, 8 - self.pending_bits);
        }
    }

    /// Appends whole bytes after aligning.
    pub(super) fn put_bytes(&mut self, bytes: &[u8]) {
        self.align();
        self.bytes.extend_from_slice(bytes);
    }

    /// How many bits have been written.
    pub(super) fn bit_len(&self) -> usize {
        self.bytes.len() * 8 + self.pending_bits as usize
    }

    /// The bytes, the last one filled with zero bits.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.align();
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::BitWriter;

    #[test]
    fn bits_fill_bytes_from_the_top() {
        let mut bits = BitWriter::default();
        bits.put(0b101, 3);
        bits.put(0x1_ffff, 17);
        assert_eq!(bits.bit_len(), 20);
        bits.flag(true);
        bits.put_bytes(&[7]);
        assert_eq!(bits.into_bytes(), [0b1011_1111, 0xff, 0b1111_1000, 7]);
    }
}
