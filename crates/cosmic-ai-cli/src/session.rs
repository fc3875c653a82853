//! One run of the program: its settings, its output, and the backend and ledger that they name.

mod backend;
mod budgets;
mod files;
mod ledger;
mod paying;

use std::sync::Arc;

use cosmic_ai::http::HttpBackend;
use cosmic_ai::pricing::Meter;
use cosmic_ai::pricing::ledger::Ledger;
use cosmic_ai::{Client, Generators, Modality};

pub(crate) use self::backend::Kind;
pub(crate) use self::budgets::{Budgets, Kept, Per};
pub(crate) use self::files::upload_of;
pub(crate) use self::paying::{Ready, charge_json, charged};
use crate::args::Global;
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::{self, Settings};

/// The label by which the ledger tells the mock's spending from the real one.
const BACKEND_LABEL: &str = "backend";
/// The label of a run whose spending is bounded for itself.
const RUN_LABEL: &str = "run";
/// The label that `--label` and the lines of a batch give.
pub(crate) const LABEL: &str = "label";

/// One run of the program.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) global: Global,
    pub(crate) settings: Settings,
    pub(crate) output: Output,
}

impl Session {
    pub(crate) fn new(global: Global, output: Output) -> Result<Self, Failure> {
        let settings = Settings::read(&global)?;
        Ok(Self { global, settings, output })
    }

    /// A run that goes on with the settings that can be read, and what is wrong with the others.
    pub(crate) fn of_what_can_be_read(global: Global, output: Output) -> Result<(Self, Vec<Failure>), Failure> {
        let (settings, broken) = Settings::read_what_can_be(&global)?;
        Ok((Self { global, settings, output }, broken))
    }

    /// What stands before a price that nobody has to pay.
    pub(crate) fn price_prefix(&self) -> &'static str {
        if matches!(self.kind(), Ok(Kind::Mock)) { "mock: " } else { "" }
    }

    /// Tells of a ledger that a folder has named, and refuses one that forgets.
    fn check_ledger(&self) -> Result<(), Failure> {
        if let Some(note) = self.settings.check_ledger()? {
            self.output.note(&note);
        }
        Ok(())
    }

    /// Who generates.
    pub(crate) fn kind(&self) -> Result<Kind, Failure> {
        backend::kind(&self.settings)
    }

    /// The generators; over HTTP with the limits of time that suit a modality.
    pub(crate) async fn generators(&self, modality: Modality) -> Result<Generators, Failure> {
        match self.kind()? {
            Kind::Http => Ok(self.http(modality)?.into()),
            Kind::Mock => backend::mock(self).await.map(Into::into),
        }
    }

    /// The service over HTTP.
    pub(crate) fn http(&self, modality: Modality) -> Result<HttpBackend, Failure> {
        backend::http(self, modality)
    }

    /// The ledger of the backend that is set, to be looked at.
    pub(crate) async fn ledger(&self) -> Result<Arc<dyn Ledger>, Failure> {
        self.check_ledger()?;
        ledger::open(&self.settings, self.kind()?, ledger::Purpose::Look).await
    }

    /// The ledger, by a name that stays the same; `None` if it is gone with the process.
    pub(crate) fn ledger_name(&self) -> Result<Option<String>, Failure> {
        Ok(ledger::Place::of(&self.settings, self.kind()?)?.name())
    }

    /// A meter over the ledger, with the budgets that were set and that of this run.
    pub(crate) async fn meter(&self, run: &str) -> Result<Meter, Failure> {
        let kind = self.kind()?;
        self.check_ledger()?;
        let ledger = ledger::open(&self.settings, kind, ledger::Purpose::Spend).await?;
        ledger::check_unmixed(&*ledger, kind).await?;
        let mut meter = Meter::new(ledger).with_label(BACKEND_LABEL, kind.as_str());
        if let Some(bucket) = self.settings.value(settings::BUCKET) {
            meter = meter.with_label("bucket", bucket);
        }
        if let Some(label) = &self.global.label {
            meter = meter.with_label(LABEL, label);
        }
        for budget in Budgets::read(&self.settings.places.budgets_file())?.budgets()? {
            meter = meter.with_budget(budget);
        }
        if let Some(most) = self.global.max_spend {
            meter = meter.with_label(RUN_LABEL, run).with_budget(budgets::of_run(RUN_LABEL, run, most));
        }
        Ok(meter)
    }

    /// A client that only looks: the media library.
    pub(crate) async fn looking(&self) -> Result<Client, Failure> {
        Ok(Client::new(self.generators(Modality::Video).await?))
    }
}
