//! A team shares a budget: ten tasks want a picture each, and the budget fits six. Six are made; four are refused before
//! anything is sent, and told what is left and when there is more.
//!
//! `cargo run --example budgeted_team`. The ledger is in memory here; `SqliteLedger` (feature `sqlite`) shares the budget
//! between the processes of a machine, `PostgresLedger` (feature `postgres`) between those of a fleet.

use std::error::Error as StdError;

use cosmic_ai::mock::MockBackend;
use cosmic_ai::pricing::ledger::MemoryLedger;
use cosmic_ai::pricing::{Budget, Meter, Period, Scope};
use cosmic_ai::{Call, Client, ErrorKind, ImageRequest, Tokens};
use tokio::task::JoinSet;

const TASKS: usize = 10;
const FITS: u64 = 6;

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let cover = |task: usize| ImageRequest::new(format!("A cover for article {task}"));
    let most = Client::new(MockBackend::new()).estimate(&cover(0))?.deducted_tokens.high.ok_or("without a bound")?;

    // Six such pictures a month for this project, by Berlin's calendar.
    let period = Period::month().in_time_zone("Europe/Berlin")?;
    let budget = Budget::new(period).with_total(Tokens(FITS * most.get())).for_scope(Scope::project("spring"));
    println!("budget: {budget}; a cover costs at most {most}");
    let meter = Meter::new(MemoryLedger::new()).with_budget(budget).with_label("project", "spring");
    let client = Client::builder(MockBackend::new()).with_meter(meter).build();

    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let client = client.clone();
        tasks.spawn(async move {
            let call = Call::new().with_label("user", if task % 2 == 0 { "anna" } else { "ben" });
            (task, client.with(call).generate_image(cover(task)).await)
        });
    }
    let (mut made, mut refused) = (0, 0);
    while let Some(done) = tasks.join_next().await {
        match done? {
            (task, Ok(image)) => {
                made += 1;
                println!("task {task}: {}", image.media.id);
            }
            (task, Err(error)) if matches!(error.kind(), ErrorKind::Budget(_)) => {
                refused += 1;
                println!("task {task}: {} ({error})", error.outcome());
            }
            (_, Err(error)) => return Err(error.into()),
        }
    }
    println!("{made} made, {refused} refused");
    if (made, refused) != (6, 4) {
        return Err("the budget fits six of ten".into());
    }
    Ok(())
}
