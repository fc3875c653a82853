//! Rows of tables as they are written.

/// Whether a row has words beyond the last column, which the parser drops, whatever they say.
pub(super) fn is_longer(row: &str, columns: usize) -> bool {
    let row = row.replace("\\|", "");
    let row = row.trim();
    row.strip_prefix('|').unwrap_or(row).split('|').skip(columns).any(|cell| !cell.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_counted_as_they_are_written() {
        for row in ["| a | b |", "a | b", "| a |", "| a | b | | |", "| a \\| c | b |"] {
            assert!(!is_longer(row, 2), "{row}");
        }
        assert!(is_longer("| a | b | c |", 2) && is_longer("a | b | c", 2));
    }
}
