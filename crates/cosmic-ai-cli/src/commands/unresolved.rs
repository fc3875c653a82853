//! `unresolved`: calls of which nobody knows whether they were billed. They stay held until someone finds out.

use cosmic_ai::pricing::ledger::Entry;
use cosmic_ai::pricing::{Meter, Verdict};
use cosmic_ai::{Charge, OperationId, Outcome, Reconciled, Tokens};
use serde_json::{Value, json};

use super::media::{library, operation_id};
use crate::args::{UnresolvedAction, UnresolvedCommand, VerdictArgs};
use crate::failure::Failure;
use crate::output::plain;
use crate::session::Session;

pub(super) async fn run(session: &Session, command: &UnresolvedCommand) -> Result<(), Failure> {
    let meter = Meter::new(session.ledger().await?);
    match &command.action {
        None => {
            let entries = meter.unresolved().await?;
            if session.output.json {
                session.output.object(&json!({ "unresolved": entries }), Outcome::Refused)?;
            } else if entries.is_empty() {
                session.output.lines("nothing is unresolved")?;
            } else {
                let lines: Vec<String> = entries.iter().map(line).collect();
                session.output.lines(&lines.join("\n"))?;
            }
            Ok(())
        }
        Some(UnresolvedAction::Find) => find(session, &meter).await,
        Some(UnresolvedAction::Resolve { operation, verdict }) => {
            let id = operation_id(operation)?;
            if session.global.dry_run {
                return rehearse_resolving(session, &meter, &id, verdict).await;
            }
            let verdict = verdict_of(session, verdict).await?;
            let entry = meter.resolve(&id, verdict).await?;
            if session.output.json {
                session.output.object(&json!({ "resolved": entry }), Outcome::Refused)?;
            } else {
                session.output.lines(&line(&entry))?;
            }
            Ok(())
        }
    }
}

/// Shows what would be settled and how, and changes nothing.
async fn rehearse_resolving(
    session: &Session,
    meter: &Meter,
    id: &OperationId,
    verdict: &VerdictArgs,
) -> Result<(), Failure> {
    let entry = meter.ledger().entry(id).await.map_err(|error| Failure::Call(error.into()))?;
    let entry = entry.ok_or_else(|| {
        let problem = cosmic_ai::Problem::new("operation", "is not in the ledger");
        Failure::invalid(problem.given(id.as_str()))
    })?;
    let how = match (&verdict.made, verdict.charged) {
        (Some(media), _) => format!("as the one that made {media}"),
        (None, Some((input, output))) => format!("as charged {}", Charge::new(Tokens(input), Tokens(output))),
        (None, None) => "as not billed".to_owned(),
    };
    if session.output.json {
        let shown = json!({ "dry_run": true, "would_resolve": entry, "how": how });
        session.output.object(&shown, Outcome::NotSent)?;
    } else {
        session.output.lines(&format!("nothing was changed; this would be settled {how}: {}", line(&entry)))?;
    }
    Ok(())
}

/// Looks for the media of unresolved calls, and settles those that are found by their operation id.
async fn find(session: &Session, meter: &Meter) -> Result<(), Failure> {
    if session.global.dry_run {
        let entries = meter.unresolved().await?;
        if session.output.json {
            session.output.object(&json!({ "dry_run": true, "unresolved": entries }), Outcome::NotSent)?;
            return Ok(());
        }
        let mut lines = vec![format!("nothing was looked for; {} would be:", entries.len())];
        lines.extend(entries.iter().map(line));
        session.output.lines(&lines.join("\n"))?;
        return Ok(());
    }
    let client = session.looking().await?;
    let lookups = meter.reconcile(library(&client)?).await?;
    if session.output.json {
        let shown: Vec<Value> = lookups
            .iter()
            .map(|lookup| {
                let (found, media) = said(&lookup.found);
                json!({ "operation_id": lookup.entry.id, "state": lookup.entry.state, "found": found, "media": media })
            })
            .collect();
        session.output.object(&json!({ "lookups": shown }), Outcome::Refused)?;
        return Ok(());
    }
    if lookups.is_empty() {
        session.output.lines("no medium is unresolved")?;
    }
    for lookup in &lookups {
        let (found, media) = said(&lookup.found);
        let ids: Vec<String> = media.iter().filter_map(|media| media.get("id")?.as_str().map(plain)).collect();
        session.output.lines(&format!(
            "{}: {found}{}{}",
            line(&lookup.entry),
            if ids.is_empty() { "" } else { " " },
            ids.join(", ")
        ))?;
    }
    Ok(())
}

/// What a look-up found, in a word, and the media.
fn said(found: &Reconciled) -> (&'static str, Vec<Value>) {
    match found {
        Reconciled::Found(media) => ("found", vec![json!(media)]),
        Reconciled::Candidates(media) => ("candidates", media.iter().map(|media| json!(media)).collect()),
        Reconciled::Incomplete(media) => ("incomplete", media.iter().map(|media| json!(media)).collect()),
        _ => ("not_found", Vec::new()),
    }
}

async fn verdict_of(session: &Session, args: &VerdictArgs) -> Result<Verdict, Failure> {
    match (&args.made, args.charged) {
        (Some(id), _) => {
            let client = session.looking().await?;
            let media = library(&client)?.get(&id.as_str().into()).await?;
            Ok(Verdict::Made(Box::new(media)))
        }
        (None, Some((input, output))) => Ok(Verdict::Charged(Charge::new(Tokens(input), Tokens(output)))),
        (None, None) => Ok(Verdict::NotBilled),
    }
}

/// An operation on one line.
fn line(entry: &Entry) -> String {
    let amount = match (entry.charge, entry.held) {
        (Some(charge), _) => format!("charged {charge}"),
        (None, Some(held)) => format!("{} tokens held", held.total()),
        (None, None) => "nothing held".to_owned(),
    };
    let model = entry.model.as_ref().map_or_else(|| "-".to_owned(), |model| plain(model.as_str()));
    let at = jiff::Timestamp::try_from(entry.at).map_or_else(|_| "-".to_owned(), |at| format!("{at:.0}"));
    format!("{}  {at}  {}  {model}  {}, {amount}", plain(entry.id.as_str()), entry.kind, entry.state)
}
