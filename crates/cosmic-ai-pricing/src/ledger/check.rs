//! What every ledger can keep, whatever database is beneath it: so that no call works on one and not on another.

use cosmic_ai_core::{InvalidRequest, Problem};

use super::LedgerError;
use super::admission::Admission;
use super::entry::Entry;
use super::summary::SUMMARY_PREFIX;

/// The longest name of a label, in bytes.
const LONGEST_NAME: usize = 64;
/// The longest value of a label or id of a model, in bytes: an index of a database has to hold it.
const LONGEST_VALUE: usize = 256;
/// The most labels of an operation.
const MOST_LABELS: usize = 32;

/// Refuses what a ledger cannot keep, before it is written.
pub(crate) fn check(admission: &Admission) -> Result<(), LedgerError> {
    let Admission { entry, limits } = admission;
    let mut problems = of_entry(entry);
    // Most scopes are made of labels, and what is wrong with those is said once.
    let scopes = limits.iter().map(|limit| &limit.counter.scope);
    for scope in scopes.filter(|scope| entry.labels.get(&scope.name) != Some(&scope.value)) {
        problems.extend(of_text("budget.scope", &scope.name, LONGEST_NAME));
        problems.extend(of_text("budget.scope", &scope.value, LONGEST_VALUE));
    }
    if problems.is_empty() { Ok(()) } else { Err(LedgerError::Invalid(InvalidRequest::new(problems))) }
}

fn of_entry(entry: &Entry) -> Vec<Problem> {
    let mut problems = Vec::new();
    if entry.id.as_str().starts_with(SUMMARY_PREFIX) {
        let reason = format!("begins with `{SUMMARY_PREFIX}`, which ledgers keep for themselves");
        problems.push(Problem::new("operation_id", reason).given(&entry.id));
    }
    if entry.labels.len() > MOST_LABELS {
        let problem = Problem::new("labels", "are too many").given(entry.labels.len());
        problems.push(problem.allowed([format!("at most {MOST_LABELS}")]));
    }
    for (name, value) in &entry.labels {
        let field = format!("labels.{}", name.escape_debug().take(LONGEST_NAME).collect::<String>());
        if name.is_empty() {
            problems.push(Problem::new("labels", "have one without a name"));
        }
        problems.extend(of_text(&field, name, LONGEST_NAME));
        problems.extend(of_text(&field, value, LONGEST_VALUE));
    }
    problems.extend(entry.model.as_ref().and_then(|model| of_text("model", model.as_str(), LONGEST_VALUE)));
    problems
}

fn of_text(field: &str, text: &str, longest: usize) -> Option<Problem> {
    let problem = if text.len() > longest {
        Problem::new(field.to_owned(), "is too long").given(format!("{} bytes", text.len()))
    } else if text.chars().any(char::is_control) {
        Problem::new(field.to_owned(), "has control characters").given(text.escape_debug())
    } else {
        return None;
    };
    Some(problem.allowed([format!("at most {longest} bytes without control characters")]))
}
