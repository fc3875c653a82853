//! Has validators that are not ours, under Node, judge what we publish for other languages: the description of the server's API,
//! and the JSON Schemas of requests and answers. `tests/openapi/check.mjs` judges, and doubts itself by copies that are broken.

use std::path::Path;

use anyhow::Result;

use super::clients::Workshop;
use crate::program::Program;

const DOCUMENT: &str = "crates/cosmic-ai-server/openapi.json";
const SCHEMAS: &str = "crates/cosmic-ai-core/schemas";
const VALIDATOR: &str = "@seriousme/openapi-schema-validator";

pub(super) fn run(root: &Path) -> Result<()> {
    let workshop = Workshop::open(root, "openapi", VALIDATOR)?;
    let check = Program::new("node", workshop.folder()).args(["check.mjs"]);
    check.args([root.join(DOCUMENT), root.join(SCHEMAS)]).run()
}
