//! What a writer is asked for, and what it answers.

use std::sync::Arc;

use super::super::batch::{Answer, Command};
use super::chore::{Chore, Part};

/// What is to be done.
#[derive(Debug, Clone)]
pub(super) enum Work {
    Command(Arc<Command>),
    /// Nothing: all before it is done when this is.
    Flush,
    Chore(Chore),
}

impl Work {
    pub(super) fn command(&self) -> Option<&Command> {
        match self {
            Self::Command(command) => Some(command),
            Self::Flush | Self::Chore(_) => None,
        }
    }

    /// What became of an operation is not forgotten because nobody waits any longer.
    pub(super) fn outlives_patience(&self) -> bool {
        matches!(self, Self::Command(command) if matches!(**command, Command::Advance(_)))
    }
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Reply {
    Answer(Answer),
    Flushed,
    Part(Part),
}
