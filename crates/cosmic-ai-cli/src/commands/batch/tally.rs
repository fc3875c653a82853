//! What became of the lines, counted.

use std::path::Path;

use cosmic_ai::{Charge, Outcome, Tokens};

use super::earlier::{Earlier, Left, State};
use super::jobs::Job;
use super::send::Ended;
use crate::failure::{Failure, code};

/// What became of the lines.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) done: usize,
    pub(super) failed: usize,
    pub(super) unknown: usize,
    /// Lines of which nothing has left, and nothing is known to be wrong: the next run begins them.
    pub(super) not_begun: usize,
    pub(super) charge: Charge,
    /// The line and exit code of the failure that comes first in the file.
    first: Option<(usize, u8)>,
    /// The first line that could not be looked up, and why: that stands nowhere else.
    begun: Option<(usize, String)>,
    /// Why the results cannot be written, once they cannot.
    broken: Option<String>,
    /// The line whose answer says that the service would refuse every other one too, and what it said.
    refused: Option<(usize, String)>,
}

impl Tally {
    /// Begins with what earlier runs left unknown and is not looked for again: nobody has to be told that all is well.
    pub(super) fn of_earlier(jobs: &[Job], earlier: &Earlier) -> Self {
        let mut tally = Self::default();
        let is_closed = |job: &&Job| earlier.state(job) == Some(State::Unknown) && earlier.left(job).is_none();
        for job in jobs.iter().filter(is_closed) {
            tally.fail(job.line, true, code::UNKNOWN);
        }
        tally
    }

    /// Counts a line that this run did not come to: what an earlier one may have sent is as unknown as before.
    pub(super) fn pass_over(&mut self, line: usize, left: &Left) {
        match left {
            Left::All => self.not_begun += 1,
            Left::Begun { .. } | Left::Unknown => self.fail(line, true, code::UNKNOWN),
        }
    }

    /// Whether no more lines are to be begun.
    pub(super) const fn is_over(&self) -> bool {
        self.broken.is_some() || self.refused.is_some()
    }

    /// Counts what became of a line.
    pub(super) fn count(&mut self, line: usize, ended: Ended) {
        match ended {
            Ended::Done(charge) => {
                self.done += 1;
                self.charge(charge);
            }
            Ended::Failed { is_unknown, code } => self.fail(line, is_unknown, code),
            Ended::AllRefused { code, reason } => {
                self.fail(line, false, code);
                self.refused.get_or_insert((line, reason));
            }
            Ended::Cut(charge) => {
                self.fail(line, true, code::UNKNOWN);
                self.charge(charge);
            }
            Ended::StaysBegun(failure) => {
                self.fail(line, true, failure.exit_code());
                if self.begun.as_ref().is_none_or(|(first, _)| line < *first) {
                    self.begun = Some((line, failure.to_string()));
                }
            }
            Ended::Unrecorded { failure, may_be_billed, charge } => {
                self.fail(line, may_be_billed, failure.exit_code());
                self.charge(charge);
                self.broken.get_or_insert_with(|| failure.to_string());
            }
        }
    }

    fn charge(&mut self, charge: Option<Charge>) {
        if let Some(sum) = charge.and_then(|charge| self.charge.checked_add(charge)) {
            self.charge = sum;
        }
    }

    fn fail(&mut self, line: usize, is_unknown: bool, code: u8) {
        if is_unknown {
            self.unknown += 1;
        } else {
            self.failed += 1;
        }
        if self.first.is_none_or(|(first, _)| line < first) {
            self.first = Some((line, code));
        }
    }

    /// What is known of the money.
    pub(super) const fn outcome(&self) -> Outcome {
        if self.unknown > 0 {
            Outcome::UNKNOWN
        } else if self.done > 0 {
            Outcome::Billed { charge: Some(self.charge) }
        } else if self.failed > 0 {
            Outcome::Refused
        } else {
            Outcome::NotSent
        }
    }

    /// How the batch fails, if it does.
    pub(super) fn failure(&self, path: &Path) -> Option<Failure> {
        let (_, code) = self.first?;
        let outcome = self.outcome();
        if let Some(broken) = &self.broken {
            let message = format!("{broken}; nothing more was sent, go on with --resume -o {}", path.display());
            return Some(Failure::Batch { code: code::LOCAL, message, outcome });
        }
        let of = Tokens((self.failed + self.unknown) as u64);
        let mut message = format!("{of} lines were not done; why stands in {}", path.display());
        if let Some((line, reason)) = &self.refused {
            message = format!(
                "{message}; the service would refuse every line as it did line {line} ({reason}): {} lines were not begun, go on with --resume -o {}",
                self.not_begun,
                path.display()
            );
        }
        if let Some((line, reason)) = &self.begun {
            message = format!(
                "{message}; line {line} was sent by an earlier run and could not be looked up, try again with --resume: {reason}"
            );
        }
        Some(Failure::Batch { code, message, outcome })
    }
}
