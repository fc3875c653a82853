//! `batch`: many calls from a file. Priced as a whole first; results appended as they finish; nothing paid twice on `--resume`.

mod earlier;
mod jobs;
mod mark;
mod results;
mod send;
mod tally;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cosmic_ai::pricing::{Estimator, Plan, PlanEstimate};
use cosmic_ai::{Charge, Client, Modality, OperationId, Outcome, Registry};
use serde_json::json;
use tokio::task::JoinSet;

use self::earlier::{Begun, Earlier, Head};
use self::jobs::Job;
use self::results::{Results, is_there};
use self::send::{Ended, Sender};
use self::tally::Tally;
use crate::args::BatchCommand;
use crate::failure::{Failure, code};
use crate::interrupt::{Ear, or_interrupted};
use crate::output::Bar;
use crate::session::{Session, charge_json};
use crate::settings;

pub(super) async fn run(session: &Session, command: &BatchCommand) -> Result<(), Failure> {
    let path = target(command)?;
    let jobs = jobs::read(&command.jobs)?;
    let earlier = if command.resume { Earlier::read(&path)? } else { Earlier::default() };
    let head = earlier.head(&path, this_head(session)?)?;
    let open: Vec<Job> = jobs.iter().filter(|job| !earlier.is_closed(job)).cloned().collect();
    earlier.check(&jobs)?;
    let tally = Tally::of_earlier(&jobs, &earlier);
    let skipped = jobs.len() - open.len() - tally.unknown;
    let estimate = price(&open)?;
    session.output.note(&format!("estimate: {}", in_words(&estimate, skipped, tally.unknown)));
    if session.global.dry_run {
        let shown = json!({
            "dry_run": true,
            "lines": jobs.len(),
            "skipped": skipped,
            "unknown": tally.unknown,
            "estimate": estimate,
        });
        if session.output.json {
            session.output.object(&shown, Outcome::NotSent)?;
        } else {
            session.output.lines("nothing was sent")?;
        }
        return Ok(());
    }
    if !command.resume && path.symlink_metadata().is_ok() {
        return Err(is_there(&path));
    }
    let begun: Vec<_> = open.iter().map(|job| earlier.begun(job)).collect();
    let sender = or_interrupted(async {
        // The file is made last: one that a refusal left behind would be in the way of the next run.
        let client = session.client(Modality::Video, &head.batch).await?;
        let mark = if open.is_empty() {
            None
        } else {
            session.confirm(estimate.total.expected.map(Charge::total), "this batch").await?;
            mark::leave(&client, &earlier).await?
        };
        let results = Results::open(&path, command.resume, earlier, &head)?;
        Ok(Sender { client, results: Arc::new(results), limit: session.time_limit(), mark })
    })
    .await?;
    let open = open.into_iter().zip(begun).collect();
    let (tally, interrupted) = send_all(session, command, open, tally, &sender).await;
    if interrupted {
        flush(&sender.client).await;
    }
    let summary = Summary { lines: jobs.len(), skipped, estimate, path, tally };
    summary.show(session)?;
    summary.outcome(interrupted)
}

/// Where results go.
fn target(command: &BatchCommand) -> Result<PathBuf, Failure> {
    let is_dash = |path: &Path| path.as_os_str() == "-";
    if is_dash(&command.jobs) {
        return Err(Failure::Usage("a batch is read from a file, not from standard input".to_owned()));
    }
    let path = command.output.clone().unwrap_or_else(|| beside(&command.jobs));
    if is_dash(&path) {
        let message = "results of a batch go to a file, which --resume goes on with, not to standard output";
        return Err(Failure::Usage(message.to_owned()));
    }
    if let (Ok(jobs), Ok(results)) = (command.jobs.canonicalize(), path.canonicalize())
        && jobs == results
    {
        return Err(Failure::Usage(format!("{} holds the requests: give another -o for results", path.display())));
    }
    Ok(path)
}

/// The first line of a batch that begins now.
fn this_head(session: &Session) -> Result<Head, Failure> {
    Ok(Head {
        batch: OperationId::mint().to_string(),
        backend: session.kind()?.as_str().to_owned(),
        bucket: session.settings.value(settings::BUCKET).map(str::to_owned),
        ledger: session.ledger_name()?,
    })
}

/// What was asked for when no place was: `jobs.jsonl` goes to `jobs.results.jsonl`.
fn beside(jobs: &Path) -> PathBuf {
    jobs.with_extension("results.jsonl")
}

fn price(open: &[Job]) -> Result<PlanEstimate, Failure> {
    let plan = open.iter().fold(Plan::new(), |plan, job| plan.with(job.name(), job.request.clone()));
    Estimator::new(Registry::built_in()).plan(&plan).map_err(|error| Failure::Call(error.into()))
}

/// The price of the whole, in one line.
fn in_words(estimate: &PlanEstimate, skipped: usize, unknown: usize) -> String {
    let mut words = estimate.to_string().replace('\n', "; ");
    if skipped > 0 {
        words = format!("{words}; {skipped} lines were done before");
    }
    if unknown > 0 {
        words = format!("{words}; {unknown} lines are of unknown outcome and not sent again");
    }
    words
}

/// Sends what is open, so many at once. Whether it was interrupted.
async fn send_all(
    session: &Session,
    command: &BatchCommand,
    open: Vec<(Job, Option<Begun>)>,
    mut tally: Tally,
    sender: &Sender,
) -> (Tally, bool) {
    let bar = Bar::of_count(session.output, open.len() as u64);
    let mut under_way: JoinSet<(usize, Ended)> = JoinSet::new();
    let mut waiting = open.into_iter();
    let mut ear = Ear::open();
    loop {
        while under_way.len() < usize::from(command.concurrency) && tally.broken.is_none() {
            let Some((job, begun)) = waiting.next() else { break };
            let sender = sender.clone();
            under_way.spawn(async move { (job.line, sender.send(&job, begun).await) });
        }
        let joined = tokio::select! {
            biased;
            joined = under_way.join_next() => joined,
            () = ear.hears() => {
                // Aborted calls are dropped, which enters in the ledger what is known of them.
                under_way.shutdown().await;
                return (tally, true);
            }
        };
        match joined {
            None => return (tally, false),
            Some(Ok((line, ended))) => {
                tally.count(line, ended);
                bar.advance(format!("{} tokens spent", tally.charge.total()));
            }
            Some(Err(_)) => tally.count(usize::MAX, Ended::Failed { is_unknown: true, code: code::UNKNOWN }),
        }
    }
}

async fn flush(client: &Client) {
    if let Some(meter) = client.meter() {
        // What cannot be written now, the deadlines of the operations tell.
        let _ = meter.ledger().flush().await;
    }
}

/// What is said at the end.
struct Summary {
    lines: usize,
    skipped: usize,
    estimate: PlanEstimate,
    path: PathBuf,
    tally: Tally,
}

impl Summary {
    fn show(&self, session: &Session) -> Result<(), Failure> {
        let Self { lines, skipped, estimate, path, tally } = self;
        if session.output.json {
            let shown = json!({
                "lines": lines,
                "done": tally.done,
                "failed": tally.failed,
                "unknown": tally.unknown,
                "skipped": skipped,
                "charge": charge_json(Some(tally.charge)),
                "estimate": estimate.total,
                "results": path.display().to_string(),
            });
            session.output.object(&shown, Outcome::Billed { charge: Some(tally.charge) })?;
        }
        session.output.note(&format!(
            "{} done, {} failed, {} unknown, {skipped} done before; charged {} -> {}",
            tally.done,
            tally.failed,
            tally.unknown,
            tally.charge,
            path.display()
        ));
        Ok(())
    }

    fn outcome(&self, interrupted: bool) -> Result<(), Failure> {
        let Self { tally, path, .. } = self;
        if interrupted {
            let message = format!(
                "interrupted: {} lines were finished, those under way may have been billed; go on with --resume -o {}",
                tally.done,
                path.display()
            );
            return Err(Failure::Interrupted { message, outcome: Outcome::UNKNOWN, operation: None });
        }
        tally.failure(path).map_or(Ok(()), Err)
    }
}
