//! Writes what is made of the types themselves to standard output, for `cargo xtask codegen`, which links no crate of ours: one
//! JSON object with the path of each file from the root and its text.
//!
//! In reading order: `schemas` describes requests and answers one by one, `words` puts their documentation into words for all.

mod schemas;
mod words;

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use serde_json::Value;

const DOCUMENT: &str = "crates/cosmic-ai-server/openapi.json";
const SCHEMAS: &str = "crates/cosmic-ai-core/schemas";

fn main() -> io::Result<()> {
    let document = cosmic_ai_server::document();
    let mut files = BTreeMap::new();
    for (name, schema) in schemas::all(&document).map_err(io::Error::other)? {
        files.insert(format!("{SCHEMAS}/{name}.json"), text(&schema)?);
    }
    files.insert(DOCUMENT.to_owned(), text(&document)?);
    writeln!(io::stdout(), "{}", serde_json::to_string(&files)?)
}

fn text(document: &Value) -> io::Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(document)?))
}
