//! Generated tables inside a file that people write: between two markers, everything else untouched.

use anyhow::{Context, Result};

const BEGIN: &str = "<!-- registry:begin -->";
const END: &str = "<!-- registry:end -->";

/// `text` with `tables` between its markers.
pub(super) fn between_markers(text: &str, tables: &str) -> Result<String> {
    let missing =
        |marker: &str| format!("the marker `{marker}` is missing; generated tables go between it and its twin");
    let (before, rest) = text.split_once(BEGIN).with_context(|| missing(BEGIN))?;
    let (_, after) = rest.split_once(END).with_context(|| missing(END))?;
    Ok(format!("{before}{BEGIN}\n{tables}{END}{after}"))
}
