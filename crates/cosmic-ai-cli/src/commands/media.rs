//! `media`: the library that everything generated is kept in. Costs no tokens.

use cosmic_ai::{
    Client, Error, ErrorKind, Media, MediaId, MediaLibrary, MediaQuery, OperationId, Outcome, Unsupported,
};
use serde_json::{Value, json};

use crate::args::{MediaAction, MediaCommand, StoredArgs};
use crate::failure::Failure;
use crate::output::plain;
use crate::session::{Session, upload_of};
use crate::target::{Paid, Target};

pub(super) async fn run(session: &Session, command: &MediaCommand) -> Result<(), Failure> {
    let output = session.output;
    // A place that cannot be written is found out before anything is fetched.
    let target = match &command.action {
        MediaAction::Get { target, .. } => Some(Target::check(target.output.as_deref(), output)?),
        _ => None,
    };
    let client = session.looking().await?;
    let library = library(&client)?;
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
            let target = target.unwrap_or(Target::Named);
            let file = target.write(&client, &media, &paid, output).await?.map(|file| file.display().to_string());
            if output.json {
                output.object(&json!({ "media": media, "file": file }), Outcome::Refused)?;
            }
            output.note(&format!("{} -> {}", media.id, file.as_deref().unwrap_or("standard output")));
        }
        MediaAction::Upload { file, alt_text, stored } => {
            let mut upload = upload_of(file).await?;
            (upload.folder, upload.alt_text) = (stored.folder.clone(), alt_text.clone());
            upload.metadata = metadata(stored)?;
            if session.global.dry_run {
                let size = std::fs::metadata(file).map_or(0, |found| found.len());
                let what = json!({ "upload": file.display().to_string(), "size": size, "folder": upload.folder });
                return rehearsed(session, &what, &format!("{} ({size} bytes) would be uploaded", file.display()));
            }
            let media = library.put(upload).await?;
            show(session, &media, None)?;
        }
        MediaAction::Delete { id } => delete(session, library, &id.as_str().into()).await?,
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

async fn delete(session: &Session, library: &dyn MediaLibrary, id: &MediaId) -> Result<(), Failure> {
    if session.global.dry_run {
        return rehearsed(session, &json!({ "delete": id }), &format!("{id} would be deleted"));
    }
    let asks = !session.global.yes && session.output.is_interactive();
    if asks && !session.output.ask(&format!("Delete {id} for ever?")).await? {
        return Err(Failure::Declined);
    }
    library.delete(id).await?;
    if session.output.json {
        session.output.object(&json!({ "deleted": id }), Outcome::Refused)?;
    }
    session.output.note(&format!("deleted {id}"));
    Ok(())
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
