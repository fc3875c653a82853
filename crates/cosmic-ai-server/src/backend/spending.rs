//! What kind of tokens a backend spends, as ledgers tell it.

use cosmic_ai::pricing::ledger::Entry;

/// The label of what kind of backend a call was made on. That of now says nothing of a call that stands open from before.
pub(crate) const BACKEND_LABEL: &str = "backend";

/// What kind of tokens a backend spends. The values of the label are those of the command line, which may share a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spending {
    /// None: the backend lives and dies with the server, as the mock does.
    MadeUp,
    /// Those of a service, which goes on when the server dies.
    Real,
}

impl Spending {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::MadeUp => "mock",
            Self::Real => "http",
        }
    }

    /// That of an entry. What has no label, or one that is not known, is taken to be real: it may have been billed.
    pub(crate) fn of(entry: &Entry) -> Self {
        match entry.labels.get(BACKEND_LABEL).map(String::as_str) {
            Some("mock") => Self::MadeUp,
            _ => Self::Real,
        }
    }
}
