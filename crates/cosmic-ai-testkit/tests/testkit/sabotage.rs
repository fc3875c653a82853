//! A backend that is broken in one way.

mod library;
mod media;
mod text;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::Duration;

use cosmic_ai_core::{Call, Error, ErrorKind, Generators, OperationId, Outcome, Progress, TimeoutStage};
use cosmic_ai_mock::MockBackend;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sabotage {
    AnswersNothing,
    LosesUsage,
    IgnoresMaxTokens,
    AnswersInvalidRequests,
    CallsInvalidRequestsRefused,
    ErrorsNameNothing,
    DropsTheLastFragment,
    StreamLosesUsage,
    StreamNeverEnds,
    StreamNamesAnotherOperation,
    AllowsFourAtOnce,
    BlocksAfterADroppedStream,
    MakesAnotherSize,
    MakesAnotherFormat,
    OverwritesTheMedium,
    ForgetsTheOperation,
    ForgetsTheUsersMetadata,
    ChargesAnotherPrice,
    ChargesNothing,
    ExtendsWithoutSaying,
    NamesAnotherSource,
    LeavesUnknownSourcesOpen,
    SpeaksWithAnotherVoice,
    KeepsWhatWasDeleted,
    CutsFiles,
    IgnoresLimits,
    FindsEverything,
    FailsWhenNothingIsFound,
    LibraryErrorsMayBeBilled,
    AnswersWithAFieldTwice,
    TellsOneProblem,
    CountsTooMuch,
    CallsTimeoutsRefused,
    ReportsAfterTheEnd,
    MixesUpAnswers,
    MixesUpMetadata,
    IgnoresFolders,
    KeepsBrokenUploads,
    StoresTheFirstPiece,
    ForgetsChanges,
    ClearsWhatIsNotNamed,
    MergesMetadata,
    StaysInItsFolder,
    KeepsTheMoment,
    ChangesNothing,
}

/// The mock with one fault.
#[derive(Clone)]
pub(super) struct Broken {
    pub(super) mock: MockBackend,
    pub(super) how: Sabotage,
    pub(super) state: Arc<State>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) running: AtomicUsize,
    pub(super) is_blocked: AtomicBool,
}

impl fmt::Debug for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Broken").field("how", &self.how).finish_non_exhaustive()
    }
}

impl Broken {
    pub(super) fn generators(how: Sabotage) -> Generators {
        Generators::all(Arc::new(Self { mock: MockBackend::new(), how, state: Arc::default() }))
    }

    fn is(&self, how: Sabotage) -> bool {
        self.how == how
    }

    /// An error as this backend reports it.
    fn spoil(&self, call: &Call, error: &Error) -> Error {
        let outcome = match self.how {
            Sabotage::CallsInvalidRequestsRefused if error.outcome() == Outcome::NotSent => Outcome::Refused,
            Sabotage::LeavesUnknownSourcesOpen if error.outcome() == Outcome::Refused => Outcome::UNKNOWN,
            _ => error.outcome(),
        };
        let mut kind = error.kind().clone();
        if let (ErrorKind::Invalid(invalid), Sabotage::TellsOneProblem) = (&mut kind, self.how) {
            invalid.problems.truncate(1);
        }
        let spoilt = Error::new(kind, outcome);
        if self.is(Sabotage::ErrorsNameNothing) { spoilt } else { spoilt.with_operation_id(call.operation_id()) }
    }

    /// What goes wrong around any call, whatever it is answered.
    fn around(&self, call: &Call) -> Result<(), Error> {
        if self.is(Sabotage::ReportsAfterTheEnd) {
            call.report(&Progress::Done { elapsed: Duration::ZERO });
        }
        match call.time_limit() {
            Some(after) if self.is(Sabotage::CallsTimeoutsRefused) => {
                let kind = ErrorKind::Timeout { stage: TimeoutStage::Total, after };
                Err(Error::new(kind, Outcome::Refused).with_operation_id(call.operation_id()))
            }
            _ => Ok(()),
        }
    }

    /// The call that is passed on.
    fn call(&self, call: &Call) -> Call {
        if self.is(Sabotage::ForgetsTheOperation) { Call::of(OperationId::mint()) } else { call.clone() }
    }
}
