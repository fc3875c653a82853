//! A clip whose answer may be lost: the operation id finds it in the media library, and it is not paid for twice.
//!
//! `COSMIC_BACKEND=mock cargo run --features http --example video_with_recovery -- clip.mp4`, or with `COSMIC_BUCKET_SLUG`,
//! `COSMIC_WRITE_KEY` and `COSMIC_READ_KEY` against the Cosmic AI API, where it costs 144,000 tokens.

use std::error::Error;
use std::time::{Duration, SystemTime};

use cosmic_ai::{Call, Client, ClipSeconds, Media, OperationId, Progress, Reconciled, Search, VideoRequest};

/// How often the library is asked for a clip that may still be in the making.
const LOOKS: u32 = 5;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| String::from("recovered.mp4"));
    // The id of your job, if it has one: running the program again finds what an earlier run has paid for.
    let operation = match std::env::var("JOB_ID") {
        Ok(job) => job.parse()?,
        Err(_) => OperationId::mint(),
    };
    run(&Client::from_env()?, operation, &path).await
}

pub(crate) async fn run(client: &Client, operation: OperationId, path: &str) -> Result<(), Box<dyn Error>> {
    let film = VideoRequest::new("The product turns slowly").with_duration(ClipSeconds::FOUR);
    println!("{}", client.estimate(&film)?);

    // An id that comes from outside may have been paid for by an earlier run, so it is looked for before anything is sent.
    let media = match client.reconcile(&Search::of(operation.clone())).await? {
        Reconciled::Found(media) => {
            println!("found {}, made by an earlier run", media.id);
            *media
        }
        _ => generate(client, &operation, &film).await?,
    };
    client.save(&media, path).await?;
    println!("{} saved as {path}", media.id);
    Ok(())
}

/// Generates the clip, or finds the one that was generated when the answer was lost.
async fn generate(client: &Client, operation: &OperationId, film: &VideoRequest) -> Result<Media, Box<dyn Error>> {
    let began = SystemTime::now();
    let call = Call::of(operation.clone()).with_progress(|progress| {
        if let Progress::Waiting { elapsed } = progress {
            eprintln!("still being made after {} s", elapsed.as_secs());
        }
    });
    let error = match client.with(call).generate_video(film).await {
        Ok(response) => {
            println!("charged {}", client.cost(film, response.usage.as_ref()));
            return Ok(response.media);
        }
        Err(error) if error.outcome().is_unknown() => error,
        Err(error) => return Err(error.into()),
    };
    eprintln!("{error}; it may be billed, so it is looked for instead of sent again");
    let search = Search::of(operation.clone()).with_prompt(&film.prompt);
    for look in 0..LOOKS {
        tokio::time::sleep(Duration::from_secs(10) * look).await;
        let window = (began - Duration::from_mins(1), SystemTime::now() + Duration::from_mins(1));
        match client.reconcile(&search.clone().with_window(window.0, window.1)).await? {
            Reconciled::Found(media) => {
                println!("found {}", media.id);
                return Ok(*media);
            }
            Reconciled::Candidates(candidates) | Reconciled::Incomplete(candidates) if !candidates.is_empty() => {
                let ids: Vec<&str> = candidates.iter().map(|media| media.id.as_str()).collect();
                return Err(format!("one of these may be the clip, please look: {}", ids.join(", ")).into());
            }
            _ => eprintln!("not there yet"),
        }
    }
    Err(format!("operation {operation} was not found; it may be billed all the same").into())
}
