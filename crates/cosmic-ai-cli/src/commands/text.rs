//! `text`: an answer, shown as it is written.

use cosmic_ai::{Charge, Error, ErrorKind, Outcome, Request, TextEvent, TextRequest, TextResponse, Unsupported};
use serde_json::json;

use crate::args::TextCommand;
use crate::draft::Draft;
use crate::failure::Failure;
use crate::interrupt::or_interrupted;
use crate::output::Written;
use crate::session::{Ready, Session, charge_json, charged};

pub(super) async fn run(session: &Session, command: &TextCommand) -> Result<(), Failure> {
    let draft = or_interrupted(Draft::text(&command.ask, session.output)).await?;
    let Some(ready) = session.ready(draft).await? else { return Ok(()) };
    let Request::Text(request) = &ready.request else { return Err(not_text()) };
    let answer =
        session.watched(&ready.client, &ready.operation, ask(session, &ready, request, command.no_stream)).await?;
    let usage = answer.as_ref().and_then(|answer| answer.usage);
    let charge = charged(&ready.client, &ready.operation, request, usage.as_ref()).await;
    let Some(answer) = answer else {
        session.output.note(&format!("nobody reads any more: stopped, {}", summary(charge, "estimated")));
        return Ok(());
    };
    if session.output.json {
        let model = answer.model.as_ref().unwrap_or(&ready.estimate.model);
        let shown = json!({
            "text": answer.text,
            "model": model,
            "usage": answer.usage,
            "charge": charge_json(charge),
            "estimate": ready.estimate,
            "operation_id": ready.operation,
        });
        let shown = session.output.object(&shown, Outcome::Billed { charge });
        shown.map_err(|failure| failure.of(&ready.operation))?;
    }
    let summary = summary(charge, ready.estimate.model.as_str());
    session.output.note(&format!("{}{summary}", session.price_prefix()));
    Ok(())
}

/// The answer, already shown unless it goes into an object; `None` if nobody wanted to read it to its end.
async fn ask(
    session: &Session,
    ready: &Ready,
    request: &TextRequest,
    whole: bool,
) -> Result<Option<TextResponse>, Failure> {
    let output = session.output;
    let billed = Outcome::Billed { charge: None };
    let with_id = |failure: Failure| failure.of(&ready.operation);
    let call = ready.client.with(ready.call.clone());
    if whole {
        let answer = call.generate_text(request).await?;
        if !output.json {
            output.text(&with_line_end(&answer.text), billed).map_err(with_id)?;
        }
        return Ok(Some(answer));
    }
    let mut stream = call.stream_text(request).await?;
    let mut last = '\n';
    while let Some(event) = stream.next().await {
        match event {
            Ok(TextEvent::Delta(text)) if !output.json => {
                last = text.chars().last().unwrap_or(last);
                if output.text(&text, billed).map_err(with_id)? == Written::NobodyReads {
                    // Dropping the stream cancels the rest, and enters what was delivered.
                    drop(stream);
                    flush(ready).await;
                    return Ok(None);
                }
            }
            Ok(TextEvent::End(answer)) => {
                if !output.json && last != '\n' {
                    output.text("\n", billed).map_err(with_id)?;
                }
                return Ok(Some(answer));
            }
            Ok(_) => {}
            Err(error) => {
                if !output.json && last != '\n' {
                    output.text("\n", error.outcome())?;
                }
                return Err(error.into());
            }
        }
    }
    let message = "the stream of text ended without its end".to_owned();
    Err(Error::new(ErrorKind::Interrupted { message }, Outcome::UNKNOWN).with_operation_id(&ready.operation).into())
}

async fn flush(ready: &Ready) {
    if let Some(meter) = ready.client.meter() {
        // What cannot be written now, the deadline of the operation tells.
        let _ = meter.ledger().flush().await;
    }
}

fn with_line_end(text: &str) -> String {
    if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

fn summary(charge: Option<Charge>, of: &str) -> String {
    charge.map_or_else(|| format!("charge unknown ({of})"), |charge| format!("charged {charge} ({of})"))
}

/// A draft of text is a request for text.
fn not_text() -> Failure {
    let what = Unsupported::new("text", "this is a request for something else");
    Error::new(ErrorKind::Unsupported(what), Outcome::NotSent).into()
}
