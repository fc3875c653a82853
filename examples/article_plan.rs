//! A whole job under a budget: an article's cover, clip, extension and narration are priced as one, reserved as one, made one
//! after the other, and reported.
//!
//! `cargo run --example article_plan`

use std::error::Error as StdError;

use cosmic_ai::mock::MockBackend;
use cosmic_ai::pricing::ledger::MemoryLedger;
use cosmic_ai::pricing::report::{Dimension, Report, ReportQuery};
use cosmic_ai::pricing::{Budget, Meter, Plan};
use cosmic_ai::{Call, Client, ExtensionRequest, ImageRequest, SpeechRequest, Tokens, VideoRequest};

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let meter = Meter::new(MemoryLedger::new()).with_budget(Budget::monthly(Tokens(700_000)));
    let client = Client::builder(MockBackend::new()).with_meter(meter.clone()).build();

    let (cover, clip) = (ImageRequest::new("A lighthouse at dusk"), VideoRequest::new("Waves break on the rocks"));
    let narration = SpeechRequest::new("The lighthouse has stood here for two hundred years.");
    // The clip that is extended does not exist yet; any id stands for it.
    let job = Plan::new()
        .with("cover", cover.clone())
        .with("clip", clip.clone())
        .with("extension", ExtensionRequest::new("later", "The light begins to turn"))
        .with("narration", narration.clone());

    // Before anything is sent: the price, whether it fits, and if not, what would make it fit.
    println!("{}\n", client.estimator().plan(&job)?);
    let anna = Call::new().with_label("user", "anna");
    let longer = Plan::new().with("job", clip.clone()).with("again", clip.clone()).with("and again", clip.clone());
    println!("{}\n", meter.fit(&anna, &longer).await?);

    // Reserved as a whole: nobody else's call can come between.
    let reserved = meter.reserve(&anna, &job).await?;
    client.with(reserved.call()).generate_image(cover).await?;
    let clip = client.with(reserved.call()).generate_video(clip).await?;
    let extension = ExtensionRequest::new(clip.media.id, "The light begins to turn");
    client.with(reserved.call()).extend_video(extension).await?;
    client.with(reserved.call()).generate_speech(narration).await?;
    println!("given back: {}", reserved.release().await?);

    println!("\n{}", Report::of(meter.ledger(), &ReportQuery::all().by(Dimension::Model)).await?);
    for standing in meter.standings(&anna).await? {
        println!("{standing}");
    }
    if !meter.unresolved().await?.is_empty() {
        return Err("every call of the job was answered".into());
    }
    Ok(())
}
