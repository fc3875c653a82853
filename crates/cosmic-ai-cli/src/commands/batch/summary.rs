//! What is said at the end of a batch.

use std::path::PathBuf;

use cosmic_ai::Outcome;
use cosmic_ai::pricing::PlanEstimate;
use serde_json::json;

use super::tally::Tally;
use crate::failure::Failure;
use crate::session::{Session, charge_json};

/// What is said at the end.
pub(super) struct Summary {
    pub(super) lines: usize,
    pub(super) skipped: usize,
    pub(super) estimate: PlanEstimate,
    pub(super) path: PathBuf,
    pub(super) tally: Tally,
}

impl Summary {
    pub(super) fn show(&self, session: &Session) -> Result<(), Failure> {
        let Self { lines, skipped, estimate, path, tally } = self;
        if session.output.json {
            let shown = json!({
                "lines": lines,
                "done": tally.done,
                "failed": tally.failed,
                "unknown": tally.unknown,
                "skipped": skipped,
                "not_begun": tally.not_begun,
                "charge": charge_json(Some(tally.charge)),
                "estimate": estimate.total,
                "results": path.display().to_string(),
            });
            session.output.object(&shown, Outcome::Billed { charge: Some(tally.charge) })?;
        }
        let not_begun = match tally.not_begun {
            0 => String::new(),
            lines => format!(", {lines} not begun"),
        };
        session.output.note(&format!(
            "{} done, {} failed, {} unknown, {skipped} done before{not_begun}; {}charged {} -> {}",
            tally.done,
            tally.failed,
            tally.unknown,
            session.price_prefix(),
            tally.charge,
            path.display()
        ));
        Ok(())
    }

    /// How the command ends; `dropped` says of an interrupted one what was under way.
    pub(super) fn outcome(&self, dropped: Option<&[String]>) -> Result<(), Failure> {
        let Self { tally, path, .. } = self;
        let Some(dropped) = dropped else { return tally.failure(path).map_or(Ok(()), Err) };
        let mut message = format!("interrupted: {} lines were finished, {} not begun", tally.done, tally.not_begun);
        for line in dropped {
            message = format!("{message}; {line}");
        }
        message = format!(
            "{message}; go on with --resume -o {}, which sends nothing again that may have been billed",
            path.display()
        );
        Err(Failure::Interrupted { message, outcome: tally.outcome(), operation: None })
    }
}
