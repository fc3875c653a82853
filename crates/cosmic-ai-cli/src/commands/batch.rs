//! `batch`: many calls from a file. Priced as a whole first; results appended as they finish; nothing paid twice on `--resume`.

mod jobs;
mod results;
mod send;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cosmic_ai::pricing::{Estimator, Plan, PlanEstimate};
use cosmic_ai::{Charge, Client, Modality, Outcome, Registry, Tokens};
use serde_json::json;
use tokio::task::JoinSet;

use self::jobs::Job;
use self::results::{Earlier, Results};
use self::send::{Ended, Sender};
use crate::args::BatchCommand;
use crate::failure::{Failure, code};
use crate::interrupt::{Ear, or_interrupted};
use crate::output::Bar;
use crate::session::{Session, charge_json};

pub(super) async fn run(session: &Session, command: &BatchCommand) -> Result<(), Failure> {
    let jobs = jobs::read(&command.jobs)?;
    let path = command.output.clone().unwrap_or_else(|| beside(&command.jobs));
    let mut earlier = if command.resume { Earlier::read(&path)? } else { Earlier::default() };
    let open: Vec<&Job> = jobs.iter().filter(|job| !earlier.is_closed(job)).collect();
    earlier.check(&jobs)?;
    let estimate = price(&open)?;
    let skipped = jobs.len() - open.len();
    session.output.note(&format!("estimate: {}", in_words(&estimate, skipped)));
    if session.global.dry_run {
        let shown = json!({ "dry_run": true, "lines": jobs.len(), "skipped": skipped, "estimate": estimate });
        if session.output.json {
            session.output.object(&shown, Outcome::NotSent)?;
        } else {
            session.output.lines("nothing was sent")?;
        }
        return Ok(());
    }
    let (client, results) = or_interrupted(async {
        let ledger = session.ledger_name()?;
        let results = Results::open(&path, command.resume, &earlier, ledger.as_deref())?;
        let client = session.client(Modality::Video, results.run()).await?;
        let expected = estimate.total.expected.map(Charge::total);
        if !open.is_empty() {
            session.confirm(expected, "this batch").await?;
        }
        Ok((client, results))
    })
    .await?;
    let open = open.into_iter().cloned().collect();
    let sender = Sender { client, results: Arc::new(results), limit: session.time_limit() };
    let (tally, interrupted) = send_all(session, command, open, &earlier, &sender).await;
    if interrupted {
        flush(&sender.client).await;
    }
    let summary = Summary { lines: jobs.len(), skipped, estimate, path, tally };
    summary.show(session)?;
    summary.outcome(interrupted)
}

/// What was asked for when no place was: `jobs.jsonl` goes to `jobs.results.jsonl`.
fn beside(jobs: &Path) -> PathBuf {
    jobs.with_extension("results.jsonl")
}

fn price(open: &[&Job]) -> Result<PlanEstimate, Failure> {
    let plan = open.iter().fold(Plan::new(), |plan, job| plan.with(job.name(), job.request.clone()));
    Estimator::new(Registry::built_in()).plan(&plan).map_err(|error| Failure::Call(error.into()))
}

/// The price of the whole, in one line.
fn in_words(estimate: &PlanEstimate, skipped: usize) -> String {
    let skipped = if skipped == 0 { String::new() } else { format!("; {skipped} lines were done before") };
    format!("{}{skipped}", estimate.to_string().replace('\n', "; "))
}

/// What became of the lines.
#[derive(Debug, Default)]
struct Tally {
    done: usize,
    failed: usize,
    unknown: usize,
    charge: Charge,
    /// The line and exit code of the failure that comes first in the file.
    first: Option<(usize, u8)>,
}

impl Tally {
    fn count(&mut self, line: usize, ended: &Ended) {
        match ended {
            Ended::Done(charge) => {
                self.done += 1;
                if let Some(sum) = charge.and_then(|charge| self.charge.checked_add(charge)) {
                    self.charge = sum;
                }
            }
            Ended::Failed { is_unknown, code } => {
                if *is_unknown {
                    self.unknown += 1;
                } else {
                    self.failed += 1;
                }
                if self.first.is_none_or(|(first, _)| line < first) {
                    self.first = Some((line, *code));
                }
            }
        }
    }
}

/// Sends what is open, so many at once. Whether it was interrupted.
async fn send_all(
    session: &Session,
    command: &BatchCommand,
    open: Vec<Job>,
    earlier: &Earlier,
    sender: &Sender,
) -> (Tally, bool) {
    let bar = Bar::of_count(session.output, open.len() as u64);
    let mut tally = Tally::default();
    let mut under_way: JoinSet<(usize, Ended)> = JoinSet::new();
    let mut waiting = open.into_iter();
    let mut ear = Ear::open();
    loop {
        while under_way.len() < usize::from(command.concurrency) {
            let Some(job) = waiting.next() else { break };
            let (sender, was_begun) = (sender.clone(), earlier.begun(&job));
            under_way.spawn(async move { (job.line, sender.send(&job, was_begun).await) });
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
                tally.count(line, &ended);
                bar.advance(format!("{} tokens spent", tally.charge.total()));
            }
            Some(Err(_)) => tally.count(usize::MAX, &Ended::Failed { is_unknown: true, code: code::UNKNOWN }),
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
        match tally.first {
            None => Ok(()),
            Some((_, code)) => {
                let of = Tokens((tally.failed + tally.unknown) as u64);
                let message = format!("{of} lines were not done; why stands in {}", path.display());
                let outcome = if tally.unknown > 0 { Outcome::UNKNOWN } else { Outcome::Refused };
                Err(Failure::Batch { code, message, outcome })
            }
        }
    }
}
