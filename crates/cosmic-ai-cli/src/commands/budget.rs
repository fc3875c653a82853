//! `budget`: limits that outlive a run, and what is left of them.

use cosmic_ai::pricing::{Meter, Scope};
use cosmic_ai::{Call, Outcome, Problem};
use serde_json::{Value, json};

use crate::args::{BudgetAction, BudgetArgs, BudgetCommand};
use crate::failure::Failure;
use crate::session::{Budgets, Kept, Per, Session};
use crate::settings;

pub(super) async fn run(session: &Session, command: &BudgetCommand) -> Result<(), Failure> {
    match &command.action {
        BudgetAction::Show => show(session).await,
        BudgetAction::Set { tokens, input, output, which, time_zone } => {
            let kept = Kept {
                tokens: *tokens,
                input: *input,
                output: *output,
                per: Per::named(&which.per),
                scope: which.scope.clone(),
                time_zone: time_zone.clone(),
            };
            set(session, kept)
        }
        BudgetAction::Remove { which } => remove(session, which),
    }
}

/// The labels that calls of this program have.
const LABELS: [&str; 3] = [crate::session::LABEL, "bucket", "backend"];

fn set(session: &Session, kept: Kept) -> Result<(), Failure> {
    // A budget of a label that no call has would never refuse anything.
    let name = kept.scope.as_deref().map(|scope| scope.split_once('=').map_or(scope, |(name, _)| name));
    if let Some(name) = name.filter(|name| !LABELS.contains(name)) {
        let problem = Problem::new("for", "names no label that calls have").given(name);
        return Err(Failure::invalid(problem.allowed(LABELS)));
    }
    // What cannot be a budget is not kept.
    let budget = kept.budget()?;
    let path = session.settings.places.budgets_file();
    let mut budgets = Budgets::read(&path)?;
    budgets.kept.retain(|other| !other.is_of(kept.per, kept.scope.as_deref()));
    budgets.kept.push(kept);
    if !session.global.dry_run {
        budgets.write(&path)?;
    }
    if session.output.json {
        let shown = json!({ "set": budget.to_string(), "file": path });
        session.output.object(&rehearsed(session, shown), Outcome::Refused)?;
    } else if session.global.dry_run {
        session.output.lines(&format!("nothing was changed; would be set: {budget} (in {})", path.display()))?;
    } else {
        session.output.lines(&format!("set: {budget} (kept in {})", path.display()))?;
    }
    Ok(())
}

fn remove(session: &Session, which: &BudgetArgs) -> Result<(), Failure> {
    let path = session.settings.places.budgets_file();
    let mut budgets = Budgets::read(&path)?;
    let before = budgets.kept.len();
    budgets.kept.retain(|other| !other.is_of(Per::named(&which.per), which.scope.as_deref()));
    if budgets.kept.len() == before {
        let scope = which.scope.as_deref().map_or_else(String::new, |scope| format!(" --for {scope}"));
        return Err(Failure::invalid(Problem::new("budget", format!("there is none --per {}{scope}", which.per))));
    }
    if !session.global.dry_run {
        budgets.write(&path)?;
    }
    if session.output.json {
        let shown = json!({ "removed": before - budgets.kept.len(), "file": path });
        session.output.object(&rehearsed(session, shown), Outcome::Refused)?;
    } else if session.global.dry_run {
        session.output.lines("nothing was changed; it would be removed")?;
    } else {
        session.output.lines("removed")?;
    }
    Ok(())
}

/// What a dry run shows says that it is one.
fn rehearsed(session: &Session, mut shown: Value) -> Value {
    if let (true, Some(fields)) = (session.global.dry_run, shown.as_object_mut()) {
        fields.insert("dry_run".to_owned(), true.into());
    }
    shown
}

/// Every budget with what is left of it. One that counts each value of a label for itself is shown
/// for the value that a call of this run would have.
async fn show(session: &Session) -> Result<(), Failure> {
    let budgets = Budgets::read(&session.settings.places.budgets_file())?.budgets()?;
    let (mut shown, mut standings) = (Vec::new(), Vec::new());
    if !budgets.is_empty() {
        let ledger = session.ledger().await?;
        for budget in budgets {
            // A call that this budget counts, whatever its label.
            let call = match budget.scope() {
                Scope::Label { name, value } => Call::new().with_label(name, value),
                Scope::Each { name } => match value_of(session, name) {
                    Some(value) => Call::new().with_label(name, value),
                    None => Call::new(),
                },
                _ => Call::new(),
            };
            let each = matches!(budget.scope(), Scope::Each { .. }).then(|| budget.to_string());
            let meter = Meter::new(ledger.clone()).with_budget(budget);
            for standing in meter.standings(&call).await? {
                shown.push(each.as_ref().map_or_else(
                    || standing.to_string(),
                    |each| format!("{each}; for calls such as this one: {standing}"),
                ));
                standings.push(standing);
            }
        }
    }
    if session.output.json {
        session.output.object(&json!({ "budgets": standings }), Outcome::Refused)?;
    } else if shown.is_empty() {
        session.output.lines("no budgets are set: cosmic-ai budget set TOKENS --per month")?;
    } else {
        session.output.lines(&shown.join("\n"))?;
    }
    Ok(())
}

/// What a call of this run would have as this label.
fn value_of(session: &Session, label: &str) -> Option<String> {
    match label {
        crate::session::LABEL => session.global.label.clone(),
        "bucket" => session.settings.value(settings::BUCKET).map(str::to_owned),
        "backend" => session.kind().ok().map(|kind| kind.as_str().to_owned()),
        _ => None,
    }
}
