//! `estimate`: what a call would cost. Sends nothing and needs no keys.

use cosmic_ai::pricing::{Estimate, Estimator, TokenRange};
use cosmic_ai::{Outcome, Registry};
use serde_json::json;

use crate::args::EstimateCommand;
use crate::draft::Draft;
use crate::failure::Failure;
use crate::output::Output;

pub(super) async fn run(output: Output, command: &EstimateCommand) -> Result<(), Failure> {
    let (draft, on_all_models) = Draft::priced(&command.kind, output).await?;
    let estimator = Estimator::new(Registry::built_in());
    if on_all_models {
        let compared = estimator.compare(&draft.request)?;
        if output.json {
            output.object(&json!(compared), Outcome::NotSent)?;
        } else {
            output.lines(&compared.to_string())?;
        }
        return Ok(());
    }
    let estimate = estimator.estimate(&draft.request)?;
    if output.json {
        output.object(&json!(estimate), Outcome::NotSent)?;
    } else {
        output.lines(&in_lines(&estimate))?;
    }
    Ok(())
}

/// The figures, and what they assume.
fn in_lines(estimate: &Estimate) -> String {
    let mut lines = vec![estimate.to_string()];
    lines.push(format!("{:<9} {:>12} {:>12} {:>12}", "", "low", "expected", "high"));
    let rows =
        [("input", estimate.input_tokens), ("output", estimate.output_tokens), ("deducted", estimate.deducted_tokens)];
    lines.extend(rows.map(|(name, range)| row(name, range)));
    lines.extend(estimate.assumptions.iter().map(|assumption| format!("assuming: {assumption}")));
    lines.join("\n")
}

fn row(name: &str, range: TokenRange) -> String {
    let known = |tokens: Option<cosmic_ai::Tokens>, none: &str| {
        tokens.map_or_else(|| none.to_owned(), |tokens| tokens.to_string())
    };
    let (expected, high) = (known(range.expected, "unknown"), known(range.high, "unbounded"));
    format!("{name:<9} {:>12} {expected:>12} {high:>12}", range.low.to_string())
}
