//! Writes the description of the server's API to standard output, for `cargo xtask codegen`, which links no crate of ours.

use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    let document = serde_json::to_string_pretty(&cosmic_ai_server::document())?;
    writeln!(io::stdout(), "{document}")
}
