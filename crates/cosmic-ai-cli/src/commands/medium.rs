//! What `image`, `video`, `extend` and `speech` have in common: one medium, made, fetched and accounted for.

use cosmic_ai::registry::{GenerationTime, Spec};
use cosmic_ai::{Call, Client, Error, ErrorKind, Media, Outcome, Registry, Request, RequestRef, Unsupported, Usage};
use serde_json::json;

use crate::args::TargetArgs;
use crate::draft::Draft;
use crate::failure::{Failure, whereabouts};
use crate::interrupt::{Progress, or_told};
use crate::output::Bar;
use crate::session::{Ready, Session, charge_json, charged};
use crate::target::{Paid, Target};

/// Makes the medium of a draft and writes it where it is wanted.
pub(super) async fn make(session: &Session, draft: Draft, target: &TargetArgs) -> Result<(), Failure> {
    // Before anything is paid for: a place that cannot be written costs nothing.
    let target = Target::check(target.output.as_deref(), session.output)?;
    let Some(ready) = session.ready(draft).await? else { return Ok(()) };
    let (media, usage) = session.watched(&ready.client, &ready.operation, generate_watched(session, &ready)).await?;
    let charge = charged(&ready.client, &ready.operation, &ready.request, usage.as_ref()).await;
    let paid = Paid { operation: ready.operation.clone(), outcome: Outcome::Billed { charge } };
    // What is interrupted while its bytes are fetched has been paid for.
    let progress = Progress::default();
    progress.is_of(&ready.operation);
    progress.reached(format!(" after it was made: {}", whereabouts(&media.id, charge)), paid.outcome);
    let file = or_told(&progress, target.write(&ready.client, &media, &paid, session.output)).await?;
    let file = file.map(|file| file.display().to_string());
    if session.output.json {
        let shown = json!({
            "media": media,
            "usage": usage,
            "charge": charge_json(charge),
            "estimate": ready.estimate,
            "file": file,
            "operation_id": ready.operation,
        });
        let shown = session.output.object(&shown, Outcome::Billed { charge });
        shown.map_err(|failure| failure.of(&ready.operation))?;
    }
    let cost = charge.map_or_else(|| "charge unknown".to_owned(), |charge| format!("charged {charge}"));
    let place = file.as_deref().unwrap_or("standard output");
    let prefix = session.price_prefix();
    session.output.note(&format!("{prefix}{cost} -> {place} (media id {})", media.id));
    Ok(())
}

async fn generate_watched(session: &Session, ready: &Ready) -> Result<(Media, Option<Usage>), Failure> {
    let request = ready.request.as_ref();
    let bar = Bar::of_time(session.output, &request.to_string(), usual_time(request).as_ref());
    let made = generate(&ready.client, ready.call.clone(), &ready.request).await;
    drop(bar);
    Ok(made?)
}

/// Makes the medium of a request.
pub(super) async fn generate(client: &Client, call: Call, request: &Request) -> Result<(Media, Option<Usage>), Error> {
    let client = client.with(call);
    Ok(match request {
        Request::Image(request) => {
            let made = client.generate_image(request).await?;
            (made.media, made.usage)
        }
        Request::Video(request) => {
            let made = client.generate_video(request).await?;
            (made.media, made.usage)
        }
        Request::Extend(request) => {
            let made = client.extend_video(request).await?;
            (made.media, made.usage)
        }
        Request::Speech(request) => {
            let made = client.generate_speech(request).await?;
            (made.media, made.usage)
        }
        _ => {
            let what = Unsupported::new("generate", "this request makes no medium");
            return Err(Error::new(ErrorKind::Unsupported(what), Outcome::NotSent));
        }
    })
}

/// How long the model of a request usually takes.
fn usual_time(request: RequestRef<'_>) -> Option<GenerationTime> {
    let registry = Registry::built_in();
    let model = match request.model() {
        Some(named) => registry.find(named.as_str()),
        None => registry.default_model(request.modality()),
    };
    match &model?.spec {
        Spec::Video(spec) => spec.generation_time.clone(),
        Spec::Image(spec) => spec.generation_time.clone(),
        _ => None,
    }
}
