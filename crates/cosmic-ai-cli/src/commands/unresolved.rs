//! `unresolved`: calls of which nobody knows whether they were billed. They stay held until someone finds out.

use std::time::SystemTime;

use cosmic_ai::pricing::ledger::{Entry, EntryQuery, LedgerError, State};
use cosmic_ai::pricing::{Meter, Verdict};
use cosmic_ai::{Charge, Error, ErrorKind, OperationConflict, OperationId, Outcome, Problem, Reconciled, Tokens};
use serde_json::{Value, json};

use super::media::{library, operation_id};
use crate::args::{UnresolvedAction, UnresolvedCommand, VerdictArgs};
use crate::failure::Failure;
use crate::interrupt::{Progress, or_told};
use crate::output::plain;
use crate::session::Session;

pub(super) async fn run(session: &Session, command: &UnresolvedCommand) -> Result<(), Failure> {
    let progress = Progress::default();
    or_told(&progress, act(session, command, &progress)).await
}

async fn act(session: &Session, command: &UnresolvedCommand, progress: &Progress) -> Result<(), Failure> {
    let meter = Meter::new(session.ledger().await?);
    match &command.action {
        None => list(session, &meter).await,
        Some(UnresolvedAction::Find) => find(session, &meter, progress).await,
        Some(UnresolvedAction::Resolve { operation, verdict }) => {
            let id = operation_id(operation)?;
            let entry = resolvable(&meter, &id).await?;
            if session.global.dry_run {
                return rehearse_resolving(session, &entry, verdict);
            }
            let verdict = verdict_of(session, verdict, progress).await?;
            let words = format!(" while {id} was resolved: it may have been settled; see: cosmic-ai unresolved");
            progress.reached(words, Outcome::UNKNOWN);
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

/// Shows what is unresolved; and what is open, since nobody can tell a call that is under way from one whose process died.
async fn list(session: &Session, meter: &Meter) -> Result<(), Failure> {
    let (unresolved, open) = (meter.unresolved().await?, open(meter).await?);
    if session.output.json {
        session.output.object(&json!({ "unresolved": unresolved, "open": open }), Outcome::Refused)?;
        return Ok(());
    }
    let mut lines: Vec<String> = unresolved.iter().map(line).collect();
    if lines.is_empty() {
        lines.push("nothing is unresolved".to_owned());
    }
    if !open.is_empty() {
        lines.push("open: under way, or left behind by a process that died, and then unresolved from the time on that is given".to_owned());
        lines.extend(open.iter().map(|entry| format!("{}, unresolved from {}", line(entry), at(entry.deadline))));
    }
    session.output.lines(&lines.join("\n"))?;
    Ok(())
}

/// The calls that have left and of which nothing more is known yet, oldest first.
async fn open(meter: &Meter) -> Result<Vec<Entry>, Failure> {
    let mut all: Vec<Entry> = Vec::new();
    loop {
        let mut query = EntryQuery::all().with_states([State::Sent]);
        if let Some(last) = all.last() {
            query = query.with_after(last);
        }
        let page = meter.ledger().entries(&query).await.map_err(of_ledger)?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// An operation that may be resolved.
async fn resolvable(meter: &Meter, id: &OperationId) -> Result<Entry, Failure> {
    // What is past its deadline is unresolved, though nobody may have noticed yet.
    meter.ledger().expire(SystemTime::now()).await.map_err(of_ledger)?;
    let wrong = |reason: String| Failure::invalid(Problem::new("operation", reason).given(id.as_str()));
    let entry = meter.ledger().entry(id).await.map_err(of_ledger)?;
    let entry = entry.ok_or_else(|| wrong("is not in the ledger".to_owned()))?;
    match entry.state {
        State::Unknown => Ok(entry),
        State::Reserved | State::Sent => {
            let kind = ErrorKind::Operation(OperationConflict::InFlight);
            let deadline = at(entry.deadline);
            let until = match entry.state {
                State::Reserved => format!("nothing has left: if it stays so, it is released at {deadline}"),
                _ => format!("it can be resolved from {deadline} on"),
            };
            Err(Error::new(kind, Outcome::NotSent).with_operation_id(id).with_source(until).into())
        }
        state => Err(wrong(format!("is not unresolved: it is {state}"))),
    }
}

fn of_ledger(error: LedgerError) -> Failure {
    Failure::Call(error.into())
}

/// Shows what would be settled and how, and changes nothing.
fn rehearse_resolving(session: &Session, entry: &Entry, verdict: &VerdictArgs) -> Result<(), Failure> {
    let how = match (&verdict.made, verdict.charged) {
        (Some(media), _) => format!("as the one that made {media}"),
        (None, Some((input, output))) => format!("as charged {}", Charge::new(Tokens(input), Tokens(output))),
        (None, None) => "as not billed".to_owned(),
    };
    if session.output.json {
        let shown = json!({ "dry_run": true, "would_resolve": entry, "how": how });
        session.output.object(&shown, Outcome::NotSent)?;
    } else {
        session.output.lines(&format!("nothing was changed; this would be settled {how}: {}", line(entry)))?;
    }
    Ok(())
}

/// Looks for the media of unresolved calls, and settles those that are found by their operation id.
async fn find(session: &Session, meter: &Meter, progress: &Progress) -> Result<(), Failure> {
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
    progress.reached(": what was found by then may have been settled; see: cosmic-ai unresolved", Outcome::UNKNOWN);
    let lookups = meter.reconcile(library(&client)?).await?;
    let open = open(meter).await?.len();
    if open > 0 {
        session.output.note(&format!("{open} calls are open and were not looked for; see: cosmic-ai unresolved"));
    }
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

async fn verdict_of(session: &Session, args: &VerdictArgs, progress: &Progress) -> Result<Verdict, Failure> {
    match (&args.made, args.charged) {
        (Some(id), _) => {
            let client = session.looking().await?;
            progress.reached(": nothing was resolved", Outcome::Refused);
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
    format!("{}  {}  {}  {model}  {}, {amount}", plain(entry.id.as_str()), at(entry.at), entry.kind, entry.state)
}

fn at(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time).map_or_else(|_| "-".to_owned(), |at| format!("{at:.0}"))
}
