//! Blocks of coefficients (CAVLC, 9.2) of which at most the first is not zero.

use crate::generate::bits::BitWriter;

/// Which code table says how many coefficients a block has (table 9-5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    /// Luma whose neighbours have 0 or 1 coefficients.
    FewNear,
    /// Luma whose neighbours have 8 or more.
    ManyNear,
    /// Chroma DC.
    Chroma,
}

/// Writes a block of coefficients (CAVLC, 9.2) whose first one is `level` and whose others are 0.
pub(super) fn lone_coefficient(bits: &mut BitWriter, level: i32, table: Table) {
    let (none, one, large) = match table {
        Table::FewNear => ((0b1, 1), (0b01, 2), (0b00_0101, 6)),
        Table::ManyNear => ((0b00_0011, 6), (0b00_0001, 6), (0b00_0000, 6)),
        Table::Chroma => ((0b01, 2), (0b1, 1), (0b00_0111, 6)),
    };
    let negative = u32::from(level < 0);
    let ((code, width), magnitude) = match level.unsigned_abs() {
        0 => return bits.put(none.0, none.1),
        1 => (one, 1),
        magnitude => (large, magnitude),
    };
    bits.put(code, width);
    if magnitude == 1 {
        bits.put(negative, 1);
    } else {
        // A lone coefficient beyond ±1 starts counting at 2 (9.2.2.1).
        let code = (magnitude - 2) * 2 + negative;
        match code {
            0..14 => bits.put(1, code + 1),
            14..30 => {
                bits.put(1, 15);
                bits.put(code - 14, 4);
            }
            _ => {
                bits.put(1, 16);
                bits.put(code - 30, 12);
            }
        }
    }
    bits.put(1, 1); // no zeros before it
}

#[cfg(test)]
mod tests {
    use super::{BitWriter, Table, lone_coefficient};

    #[test]
    fn coefficients_match_the_tables() {
        let check = |level, table, expected: &str| {
            let mut bits = BitWriter::default();
            lone_coefficient(&mut bits, level, table);
            let length = bits.bit_len();
            let coded = bits.into_bytes().iter().map(|byte| format!("{byte:08b}")).collect::<Vec<_>>().concat();
            assert_eq!(&coded[..length], expected, "{level} in {table:?}");
        };
        check(0, Table::FewNear, "1");
        check(1, Table::FewNear, "0101");
        check(-1, Table::FewNear, "0111");
        check(0, Table::ManyNear, "000011");
        check(-1, Table::Chroma, "111");
        check(2, Table::Chroma, "00011111");
        check(-2, Table::FewNear, "000101011");
        check(9, Table::ManyNear, "00000000000000000000100001");
    }
}
