//! `batch`: many calls from a file. Priced as a whole first; results appended as they finish; nothing paid twice on `--resume`.

mod dropped;
mod earlier;
mod jobs;
mod mark;
mod results;
mod send;
mod summary;
mod tally;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cosmic_ai::pricing::{Estimator, Plan, PlanEstimate};
use cosmic_ai::{Charge, Modality, OperationId, Outcome, Registry};
use serde_json::json;
use tokio::task::JoinSet;

use self::dropped::UnderWay;
use self::earlier::{Earlier, Head, Left, State};
use self::jobs::Job;
use self::results::{Results, is_there};
use self::send::{Ended, Sender};
use self::summary::Summary;
use self::tally::Tally;
use crate::args::BatchCommand;
use crate::failure::{Failure, code};
use crate::interrupt::{Ear, or_interrupted};
use crate::output::Bar;
use crate::session::Session;
use crate::settings;

pub(super) async fn run(session: &Session, command: &BatchCommand) -> Result<(), Failure> {
    let path = target(command)?;
    let jobs = jobs::read(&command.jobs, session.global.label.as_ref()).await?;
    let earlier = if command.resume { Earlier::read(&path)? } else { Earlier::default() };
    let head = earlier.head(&path, this_head(session)?)?;
    earlier.check(&jobs)?;
    let work: Vec<(Job, Left)> = jobs.iter().filter_map(|job| Some((job.clone(), earlier.left(job)?))).collect();
    let count = |state: State| jobs.iter().filter(|job| earlier.state(job) == Some(state)).count();
    let (skipped, unknown) = (count(State::Done), count(State::Unknown));
    let tally = Tally::of_earlier(&jobs, &earlier);
    let may_pay = work.iter().any(|(_, left)| may_be_sent(left));
    let estimate = price(&work)?;
    let words = in_words(&estimate, skipped, unknown);
    session.output.note(&format!("{}estimate: {words}", session.price_prefix()));
    if session.global.dry_run {
        check_max_spend(session, &work)?;
        let shown = json!({
            "dry_run": true,
            "lines": jobs.len(),
            "skipped": skipped,
            "unknown": unknown,
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
    let sender = or_interrupted(async {
        // The file is made last: one that a refusal left behind would be in the way of the next run.
        // `--max-spend` bounds this process alone, whoever began the batch.
        let client = session.client(Modality::Video, OperationId::mint().as_str()).await?;
        let mark = if may_pay {
            session.confirm(estimate.total.expected.map(Charge::total), "this batch").await?;
            mark::leave(&client, &earlier).await?
        } else {
            None
        };
        let results = Results::open(&path, command.resume, earlier, &head)?;
        Ok(Sender { client, results: Arc::new(results), limit: session.time_limit(), mark })
    })
    .await?;
    let (tally, dropped) = send_all(session, command, work, tally, &sender).await;
    let summary = Summary { lines: jobs.len(), skipped, estimate, path, tally };
    summary.show(session)?;
    summary.outcome(dropped.as_deref())
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

/// Whether a job may be sent by this run, so that it has a price.
const fn may_be_sent(left: &Left) -> bool {
    matches!(left, Left::All | Left::Begun { .. })
}

fn price(work: &[(Job, Left)]) -> Result<PlanEstimate, Failure> {
    let open = work.iter().filter(|(_, left)| may_be_sent(left));
    let plan = open.fold(Plan::new(), |plan, (job, _)| plan.with(job.name(), job.request.clone()));
    Estimator::new(Registry::built_in()).plan(&plan).map_err(|error| Failure::Call(error.into()))
}

/// Refuses what a run would refuse whatever the other lines cost: a line that is more than `--max-spend` by itself.
fn check_max_spend(session: &Session, work: &[(Job, Left)]) -> Result<(), Failure> {
    let estimator = Estimator::new(Registry::built_in());
    for (job, _) in work.iter().filter(|(_, left)| may_be_sent(left)) {
        let estimate = estimator.estimate(&job.request).map_err(Failure::from)?;
        session.check_max_spend(&job.request, &estimate)?;
    }
    Ok(())
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

/// Sends what is left, so many at once. Of a run that was interrupted, also what is to be said of the lines that were under way.
async fn send_all(
    session: &Session,
    command: &BatchCommand,
    work: Vec<(Job, Left)>,
    mut tally: Tally,
    sender: &Sender,
) -> (Tally, Option<Vec<String>>) {
    let bar = Bar::of_count(session.output, work.len() as u64);
    let mut tasks: JoinSet<Ended> = JoinSet::new();
    let mut under_way = HashMap::new();
    let mut waiting = work.into_iter();
    let mut ear = Ear::open();
    let mut is_interrupted = false;
    loop {
        while tasks.len() < usize::from(command.concurrency) && !tally.is_over() && !is_interrupted {
            let Some((job, left)) = waiting.next() else { break };
            let line = UnderWay::new(&job, &left, sender.results.operation(&job));
            let sender = sender.clone();
            let task = tasks.spawn(async move { sender.send(&job, left).await });
            under_way.insert(task.id(), line);
        }
        let joined = tokio::select! {
            biased;
            joined = tasks.join_next_with_id() => joined,
            () = ear.hears(), if !is_interrupted => {
                // Aborted calls are dropped, which enters in the ledger what is known of them. Those that have ended by now tell how.
                tasks.abort_all();
                is_interrupted = true;
                continue;
            }
        };
        match joined {
            None => break,
            Some(Ok((task, ended))) => {
                if let Some(UnderWay { line, .. }) = under_way.remove(&task) {
                    tally.count(line, ended);
                }
                bar.advance(format!("{}{} tokens spent", session.price_prefix(), tally.charge.total()));
            }
            // It stays among those under way.
            Some(Err(error)) if error.is_cancelled() => {}
            Some(Err(error)) => {
                if let Some(UnderWay { line, .. }) = under_way.remove(&error.id()) {
                    tally.count(line, Ended::Failed { is_unknown: true, code: code::UNKNOWN });
                }
            }
        }
    }
    drop(bar);
    for (job, left) in waiting {
        tally.pass_over(job.line, &left);
    }
    if !is_interrupted {
        return (tally, None);
    }
    let mut dropped: Vec<UnderWay> = under_way.into_values().collect();
    dropped.sort_unstable_by_key(|dropped| dropped.line);
    let words = dropped::account(&sender.client, &dropped, &mut tally).await;
    (tally, Some(words))
}
