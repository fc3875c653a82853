//! Rules of `Ledger`.

mod admit;
mod advance;
mod count;
mod enqueue;
mod expire;
mod keep;
mod list;
mod plan;
mod prune;
mod race;
mod scene;

use std::sync::Arc;

use cosmic_ai_pricing::ledger::{Ledger, LedgerError};

use self::scene::Desk;
use super::report::{Checks, Flaw, Verdict, ensure};

/// Handles on one new, empty ledger: several are as many processes that share it.
pub type Handles = Vec<Arc<dyn Ledger>>;

/// How many handles share a ledger where checks race.
const HANDLES: usize = 4;

pub(super) async fn run<M, F>(checks: &mut Checks, make: M)
where
    M: Fn(usize) -> F,
    F: Future<Output = Result<Handles, LedgerError>>,
{
    let mut run = Run { checks, make };
    admit::run(&mut run).await;
    advance::run(&mut run).await;
    enqueue::run(&mut run).await;
    expire::run(&mut run).await;
    plan::run(&mut run).await;
    count::run(&mut run).await;
    list::run(&mut run).await;
    keep::run(&mut run).await;
    prune::run(&mut run).await;
    race::run(&mut run).await;
}

/// Runs each check on a ledger of its own.
struct Run<'c, M> {
    checks: &'c mut Checks,
    make: M,
}

impl<M, F> Run<'_, M>
where
    M: Fn(usize) -> F,
    F: Future<Output = Result<Handles, LedgerError>>,
{
    /// A check of one handle.
    async fn one<C: Future<Output = Verdict>>(&mut self, name: &'static str, check: impl FnOnce(Desk) -> C) {
        let make = &self.make;
        let checked = async {
            let handles = make(1).await?;
            let Some(ledger) = handles.first() else { return Err("there is no handle".to_owned().into()) };
            let desk = Desk(Arc::clone(ledger));
            check(desk.clone()).await?;
            is_whole(&desk).await
        };
        self.checks.run(name, checked).await;
    }

    /// A check of several handles on one ledger.
    async fn several<C: Future<Output = Verdict>>(&mut self, name: &'static str, check: impl FnOnce(Vec<Desk>) -> C) {
        let make = &self.make;
        let checked = async {
            let desks: Vec<Desk> = make(HANDLES).await?.into_iter().map(Desk).collect();
            ensure!(desks.len() == HANDLES, "there are {} handles instead of {HANDLES}", desks.len());
            check(desks.clone()).await?;
            for desk in &desks {
                is_whole(desk).await?;
            }
            Ok(())
        };
        self.checks.run(name, checked).await;
    }
}

/// Whatever a check did, the totals equal their entries afterwards.
async fn is_whole(desk: &Desk) -> Verdict {
    let found = desk.reconcile().await?;
    ensure!(
        found.is_whole(),
        "it kept the rule, but afterwards totals are not the sums of their entries: {:?}",
        found.drift
    );
    Ok(())
}

impl From<LedgerError> for Flaw {
    fn from(error: LedgerError) -> Self {
        Self::Failed(format!("the ledger failed: {error:?}"))
    }
}
