//! `media`: the library that everything generated is kept in. Costs no tokens.

use cosmic_ai::{Client, Error, ErrorKind, Media, MediaLibrary, MediaQuery, OperationId, Outcome, Unsupported, Upload};
use serde_json::{Value, json};

use crate::args::{MediaAction, MediaCommand, StoredArgs};
use crate::failure::Failure;
use crate::interrupt::{Progress, or_told};
use crate::output::plain;
use crate::session::{Kind, Session, upload_of};
use crate::target::{Paid, Target};

pub(super) async fn run(session: &Session, command: &MediaCommand) -> Result<(), Failure> {
    let progress = Progress::default();
    or_told(&progress, act(session, command, &progress)).await
}

async fn act(session: &Session, command: &MediaCommand, progress: &Progress) -> Result<(), Failure> {
    let output = session.output;
    // What cannot be done is found out before anything is sent; and a dry run, which needs no keys, ends here.
    let mut prepared = Prepared::of(session, &command.action).await?;
    if session.global.dry_run
        && let Some((request, words)) = prepared.rehearsal(&command.action)
    {
        return rehearsed(session, &request, &words);
    }
    if let MediaAction::Delete { id } = &command.action {
        confirm_deleting(session, id).await?;
    }
    let client = session.looking().await?;
    let library = library(&client)?;
    progress.reached(": nothing was changed in the library", Outcome::Refused);
    match &command.action {
        MediaAction::List { folder, operation, limit, skip } => {
            let mut query = MediaQuery::all().with_limit(*limit).with_skip(*skip);
            query.folder.clone_from(folder);
            if let Some(operation) = operation {
                query = query.with_operation(operation_id(operation)?);
            }
            let page = library.find(&query).await?;
            if output.json {
                output.object(&json!({ "media": page.media, "total": page.total }), Outcome::Refused)?;
            } else {
                let mut lines: Vec<String> = page.media.iter().map(line).collect();
                lines.push(format!("{} of {}", page.media.len(), page.total));
                output.lines(&lines.join(
                    "
",
                ))?;
            }
        }
        MediaAction::Show { id } => {
            let media = library.get(&id.as_str().into()).await?;
            show(session, &media, None)?;
        }
        MediaAction::Get { id, .. } => {
            let media = library.get(&id.as_str().into()).await?;
            let paid = Paid { operation: OperationId::mint(), outcome: Outcome::Refused };
            let target = prepared.target.unwrap_or(Target::Named);
            let file = target.write(&client, &media, &paid, output).await?.map(|file| file.display().to_string());
            if output.json {
                output.object(&json!({ "media": media, "file": file }), Outcome::Refused)?;
            }
            output.note(&format!("{} -> {}", media.id, file.as_deref().unwrap_or("standard output")));
        }
        MediaAction::Upload { file, .. } => {
            let Some(upload) = prepared.upload.take() else { return Ok(()) };
            let words =
                format!(" while {} was uploaded: it may have been stored; see: cosmic-ai media list", file.display());
            progress.reached(words, Outcome::UNKNOWN);
            let media = library.put(upload).await?;
            show(session, &media, None)?;
        }
        MediaAction::Delete { id } => {
            let words = format!(" while {id} was deleted: it may be gone; see: cosmic-ai media show {id}");
            progress.reached(words, Outcome::UNKNOWN);
            library.delete(&id.as_str().into()).await?;
            if output.json {
                output.object(&json!({ "deleted": id }), Outcome::Refused)?;
            }
            output.note(&format!("deleted {id}"));
        }
    }
    Ok(())
}

pub(super) fn library(client: &Client) -> Result<&dyn MediaLibrary, Failure> {
    client.generators().library.as_deref().ok_or_else(|| {
        let what = Unsupported::new("media", "this backend has no media library");
        Error::new(ErrorKind::Unsupported(what), Outcome::NotSent).into()
    })
}

pub(super) fn operation_id(text: &str) -> Result<OperationId, Failure> {
    text.parse().map_err(|error: cosmic_ai::ParseError| {
        let problem = cosmic_ai::Problem::new(error.field, format!("is not {}", error.expected));
        Failure::invalid(problem.given(&error.given))
    })
}

/// What a dry run did not do.
fn rehearsed(session: &Session, request: &Value, words: &str) -> Result<(), Failure> {
    if session.output.json {
        session.output.object(&json!({ "dry_run": true, "request": request }), Outcome::NotSent)?;
    }
    session.output.note(&format!("nothing was sent; {words}"));
    Ok(())
}

/// What an action needs of this machine.
#[derive(Default)]
struct Prepared {
    target: Option<Target>,
    upload: Option<Upload>,
    size: u64,
}

impl Prepared {
    async fn of(session: &Session, action: &MediaAction) -> Result<Self, Failure> {
        match action {
            MediaAction::Get { target, .. } => {
                let target = Target::check(target.output.as_deref(), session.output)?;
                Ok(Self { target: Some(target), ..Self::default() })
            }
            MediaAction::Upload { file, alt_text, stored } => {
                let mut upload = upload_of(file).await?;
                (upload.folder, upload.alt_text) = (stored.folder.clone(), alt_text.clone());
                upload.metadata = metadata(stored)?;
                let size = std::fs::metadata(file).map_or(0, |found| found.len());
                Ok(Self { upload: Some(upload), size, ..Self::default() })
            }
            _ => Ok(Self::default()),
        }
    }

    /// What a dry run shows and says; `None` of what only looks, which it does as ever.
    fn rehearsal(&self, action: &MediaAction) -> Option<(Value, String)> {
        match action {
            MediaAction::Get { id, .. } => {
                let (file, place) = match &self.target {
                    Some(Target::File(path) | Target::Device(path)) => (Some(path), path.display().to_string()),
                    Some(Target::Output) => (None, "standard output".to_owned()),
                    Some(Target::Named) | None => (None, "a new file of this folder, by its own name".to_owned()),
                };
                let words = format!("{id} would be fetched and written to {place}");
                Some((json!({ "get": id, "file": file.map(|path| path.display().to_string()) }), words))
            }
            MediaAction::Upload { file, stored, .. } => {
                let (file, size) = (file.display().to_string(), self.size);
                let words = format!("{file} ({size} bytes) would be uploaded");
                Some((json!({ "upload": file, "size": size, "folder": stored.folder }), words))
            }
            MediaAction::Delete { id } => Some((json!({ "delete": id }), format!("{id} would be deleted"))),
            MediaAction::List { .. } | MediaAction::Show { .. } => None,
        }
    }
}

/// Asks before what cannot be undone.
async fn confirm_deleting(session: &Session, id: &str) -> Result<(), Failure> {
    if session.global.yes {
        return Ok(());
    }
    if session.output.is_interactive() {
        let yes = session.output.ask(&format!("Delete {id} for ever?")).await?;
        return if yes { Ok(()) } else { Err(Failure::Declined) };
    }
    // Nothing of value is on the mock, so a script may rehearse on it as it is.
    if session.kind()? == Kind::Mock {
        return Ok(());
    }
    let message = format!("{id} would be deleted for ever, and nobody can be asked: say --yes (nothing was sent)");
    Err(Failure::Usage(message))
}

fn show(session: &Session, media: &Media, file: Option<&str>) -> Result<(), Failure> {
    if session.output.json {
        let mut shown = json!({ "media": media });
        if let (Some(fields), Some(file)) = (shown.as_object_mut(), file) {
            fields.insert("file".to_owned(), file.into());
        }
        session.output.object(&shown, Outcome::Refused)?;
    } else {
        session.output.lines(&serde_json::to_string_pretty(media).unwrap_or_default())?;
    }
    Ok(())
}

/// A file on one line.
pub(super) fn line(media: &Media) -> String {
    let size = media.size.map_or_else(|| "-".to_owned(), |size| cosmic_ai::Tokens(size).to_string());
    let known = |value: &Option<String>| plain(value.as_deref().unwrap_or("-"));
    format!(
        "{}  {:>12}  {:<14}  {}  {}",
        plain(media.id.as_str()),
        size,
        plain(&media.content_type),
        known(&media.created_at),
        known(&media.name)
    )
}

fn metadata(stored: &StoredArgs) -> Result<serde_json::Map<String, Value>, Failure> {
    let Some(text) = &stored.metadata else { return Ok(serde_json::Map::new()) };
    let problem = |reason: String| Failure::invalid(cosmic_ai::Problem::new("metadata", reason).given(text));
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(problem("must be a JSON object".to_owned())),
        Err(error) => Err(problem(format!("is no JSON: {error}"))),
    }
}
