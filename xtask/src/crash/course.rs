//! One kill after the other, and after each of them a process that tries everything again.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::edges::EDGES;
use super::report::{Report, Verdict};
use super::schedule::{Kill, schedule};
use crate::race::{self, Dice, Options, Patience, Place, Worker};

/// How many operations each process that is to be killed has for itself: each kind once.
const NEW: u64 = 13;
/// How long a process may take that tries everything again.
const PATIENCE: Duration = Duration::from_mins(2);
/// So many processes may end before they could be killed, for each kill.
const ESCAPES: u64 = 20;
/// In this time after its start of work a process has done what is new to it.
const WORK: Duration = Duration::from_millis(60);

pub(super) fn run(options: &Options, place: &Place) -> Result<Report> {
    let program = race::build(options.is_optimised)?;
    let mut course = Course {
        options,
        place,
        program: &program,
        operations: 0,
        usual: Duration::from_millis(100),
        dice: Dice::new(options.seed),
        at_edges: EDGES.iter().map(|edge| (edge.name, 0)).collect(),
        at_random: 0,
        drift: 0,
    };
    let start = Instant::now();
    for kill in schedule(options.kills, &mut Dice::new(options.seed)) {
        course.carry_out(kill)?;
        course.recover()?;
    }
    let words = [course.words(), vec!["--operations".to_owned(), course.operations.to_string()]].concat();
    let verdict: Verdict =
        Worker::start(&program, place.address(), "verdict", &words, None)?.last_words(Patience::lasting(PATIENCE))?;
    let Course { operations, at_edges, at_random, drift, .. } = course;
    Ok(Report { verdict, operations, at_edges, at_random, drift, took: start.elapsed() })
}

struct Course<'c> {
    options: &'c Options,
    place: &'c Place,
    program: &'c Path,
    /// How many operations were tried so far.
    operations: u64,
    /// How long the last process took that tried everything.
    usual: Duration,
    dice: Dice,
    at_edges: BTreeMap<&'static str, u64>,
    at_random: u64,
    drift: u64,
}

impl Course<'_> {
    /// Starts processes until one is killed.
    fn carry_out(&mut self, kill: Kill) -> Result<()> {
        for escapes in 0..ESCAPES {
            let is_killed = match kill {
                Kill::Edge(edge) => {
                    // What was not reached that often is taken the first time.
                    let times = if escapes == 0 { 1 + self.dice.below(edge.at_most) } else { 1 };
                    let is_killed = self.stop_at(&format!("{}:{times}", edge.name), edge.name)?;
                    *self.at_edges.entry(edge.name).or_default() += u64::from(is_killed);
                    is_killed
                }
                Kill::Random => {
                    let is_killed = self.stop_at_random()?;
                    self.at_random += u64::from(is_killed);
                    is_killed
                }
            };
            if is_killed {
                return Ok(());
            }
        }
        if let Kill::Edge(edge) = kill {
            eprintln!("{} was not reached by any of {ESCAPES} processes", edge.name);
        }
        Ok(())
    }

    fn stop_at(&mut self, failpoint: &str, edge: &str) -> Result<bool> {
        let worker = self.start(NEW, Some(failpoint))?;
        let patience = Patience::lasting(PATIENCE);
        while let Some(line) = worker.line(patience)? {
            if line.strip_prefix("failpoint ") == Some(edge) {
                return worker.kill();
            }
        }
        succeeded(worker)?;
        Ok(false)
    }

    /// Half of the times at any moment from its start on, the others while it does what is new.
    fn stop_at_random(&mut self) -> Result<bool> {
        let whole = self.usual;
        let worker = self.start(NEW, None)?;
        let time = if self.dice.below(2) == 0 {
            whole
        } else {
            worker.line(Patience::lasting(PATIENCE))?;
            WORK
        };
        let time = Duration::from_micros(self.dice.below(u64::try_from(time.as_micros())?));
        let until = Instant::now() + time;
        loop {
            match worker.line_within(until.saturating_duration_since(Instant::now())) {
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return worker.kill(),
                Err(RecvTimeoutError::Disconnected) => {
                    succeeded(worker)?;
                    return Ok(false);
                }
            }
        }
    }

    /// Tries everything again.
    fn recover(&mut self) -> Result<()> {
        let start = Instant::now();
        let worker = self.start(0, None)?;
        let patience = Patience::lasting(PATIENCE);
        while let Some(line) = worker.line(patience)? {
            if let Some(drift) = line.strip_prefix("drift ") {
                self.drift += drift.parse::<u64>().context("a drift that is no number")?;
            }
        }
        succeeded(worker)?;
        self.usual = start.elapsed();
        Ok(())
    }

    fn start(&mut self, new: u64, failpoint: Option<&str>) -> Result<Worker> {
        let mut words = self.words();
        for (name, value) in [("--old", self.operations), ("--new", new)] {
            words.extend([name.to_owned(), value.to_string()]);
        }
        self.operations += new;
        Worker::start(self.program, self.place.address(), "crash", &words, failpoint)
    }

    fn words(&self) -> Vec<String> {
        let journal = self.place.folder().join("journal");
        let mut words = self.options.words();
        words.extend(["--journal".to_owned(), journal.to_string_lossy().into_owned()]);
        words
    }
}

fn succeeded(worker: Worker) -> Result<()> {
    let status = worker.ended()?;
    if status.success() { Ok(()) } else { bail!("a process failed: {status}") }
}
