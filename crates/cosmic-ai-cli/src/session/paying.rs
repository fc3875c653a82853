//! What goes before every paid call: the price, the question, the files; and what goes after an interruption.

use std::time::Duration;

use cosmic_ai::pricing::ledger::State;
use cosmic_ai::pricing::{Estimate, Estimator, Meter};
use cosmic_ai::{
    Amount, Asked, BudgetRefusal, Call, Charge, Client, Error, LargestFit, Modality, OperationId, Outcome, Pool,
    Registry, Request, RequestRef, Tokens,
};
use serde_json::json;

use super::{Kind, RUN_LABEL, Session, budgets};
use crate::draft::Draft;
use crate::failure::Failure;
use crate::interrupt::{Ear, Progress, or_told};

/// How long an interrupted run waits for its ledger.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// A call that may be sent: priced, allowed, its files uploaded.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) client: Client,
    pub(crate) request: Request,
    pub(crate) estimate: Estimate,
    pub(crate) operation: OperationId,
    pub(crate) call: Call,
}

impl Session {
    /// Prices a call and says so; fills in what `--max-spend` leaves to fill in.
    pub(crate) fn price(&self, request: &mut Request) -> Result<Estimate, Failure> {
        let estimator = Estimator::new(Registry::built_in());
        if let (Some(most), Request::Text(text)) = (self.global.max_spend, &mut *request)
            && text.max_tokens.is_none()
            && let Some(LargestFit::MaxTokens(tokens)) =
                estimator.largest_that_fits(&*text, |charge| charge.total() <= Tokens(most))
        {
            text.max_tokens = Some(tokens);
            self.output.note(&format!(
                "max_tokens {}: the largest that fits --max-spend {}",
                Tokens(tokens.into()),
                Tokens(most)
            ));
        }
        let estimate = estimator.estimate(&*request)?;
        self.output.note(&format!("{}estimate: {}", self.price_prefix(), in_words(&estimate)));
        for assumption in &estimate.assumptions {
            self.output.detail(&format!("  assuming: {assumption}"));
        }
        Ok(estimate)
    }

    /// Everything up to sending: the price, the credentials, the question, the files. `None` for a dry run, which is done then. If it is
    /// interrupted it says what had left by then.
    pub(crate) async fn ready(&self, draft: Draft) -> Result<Option<Ready>, Failure> {
        let progress = Progress::default();
        or_told(&progress, self.prepared(draft, &progress)).await
    }

    async fn prepared(&self, mut draft: Draft, progress: &Progress) -> Result<Option<Ready>, Failure> {
        let estimate = self.price(&mut draft.request)?;
        if self.global.dry_run {
            self.check_max_spend(&draft.request, &estimate)?;
            for (path, placeholder) in &draft.uploads {
                self.output
                    .note(&format!("{placeholder} stands for {}, which would be uploaded first", path.display()));
            }
            self.show_dry_run(&draft.request, &estimate)?;
            return Ok(None);
        }
        let operation = OperationId::mint();
        progress.is_of(&operation);
        let client = self.client(draft.request.as_ref().modality(), operation.as_str()).await?;
        self.confirm(estimate.expected().map(Charge::total), "this call").await?;
        let call = self.call(operation.clone());
        if !draft.uploads.is_empty() {
            admitted(&client, &call, &estimate).await?;
            self.upload(&client, &mut draft, progress).await.map_err(|failure| failure.of(&operation))?;
        }
        self.output.detail(&format!("operation: {operation}"));
        Ok(Some(Ready { client, request: draft.request, estimate, operation, call }))
    }

    /// A client whose every call is metered. `run` names what `--max-spend` bounds.
    pub(crate) async fn client(&self, modality: Modality, run: &str) -> Result<Client, Failure> {
        let generators = self.generators(modality).await?;
        let meter = self.meter(run).await?;
        Ok(Client::builder(generators).with_meter(meter).build())
    }

    /// A call under the limits of this run.
    pub(crate) fn call(&self, operation: OperationId) -> Call {
        let call = Call::of(operation);
        match self.time_limit() {
            Some(limit) => call.with_time_limit(limit),
            None => call,
        }
    }

    /// How long a call may take, if that was said.
    pub(crate) fn time_limit(&self) -> Option<Duration> {
        self.global.timeout.or(self.settings.limits().0).map(Duration::from_secs)
    }

    /// Asks if what is expected is above the threshold, or nobody knows what to expect.
    pub(crate) async fn confirm(&self, expected: Option<Tokens>, what: &str) -> Result<(), Failure> {
        let threshold = Tokens(self.settings.confirm_above());
        if self.global.yes || expected.is_some_and(|expected| expected <= threshold) {
            return Ok(());
        }
        let cost = expected.map_or_else(|| "nobody knows how many".to_owned(), |tokens| tokens.to_string());
        if self.output.is_interactive() {
            let yes = self.output.ask(&format!("Spend {cost} tokens on {what}?")).await?;
            return if yes { Ok(()) } else { Err(Failure::Declined) };
        }
        // Nothing is paid on the mock, so a script may rehearse on it as it is.
        if self.kind()? == Kind::Mock {
            return Ok(());
        }
        Err(Failure::Usage(format!(
            "{what} is expected to cost {cost} tokens, more than {threshold}, and nobody can be asked: say --yes (nothing was sent)"
        )))
    }

    /// Refuses what `--max-spend` would refuse. The budgets of the ledger are not asked: only what the call itself says counts.
    pub(crate) fn check_max_spend(&self, request: &Request, estimate: &Estimate) -> Result<(), Failure> {
        let Some(limit) = self.global.max_spend.map(Tokens) else { return Ok(()) };
        let asked = match estimate.most().map(Charge::total) {
            Some(most) if most <= limit => return Ok(()),
            Some(most) => Asked::Amount(Amount::Tokens(most)),
            None if estimate.has_known_price() => Asked::Unbounded,
            None => Asked::Unpriced,
        };
        let budget = budgets::of_run(RUN_LABEL, RUN_LABEL, limit.get()).to_string();
        let mut refusal = BudgetRefusal::new(budget, Pool::Total, asked, Amount::Tokens(limit));
        refusal.largest =
            Estimator::new(Registry::built_in()).largest_that_fits(request, |charge| charge.total() <= limit);
        Err(Error::new(cosmic_ai::ErrorKind::Budget(refusal), Outcome::NotSent).into())
    }

    fn show_dry_run(&self, request: &Request, estimate: &Estimate) -> Result<(), Failure> {
        let shown = json!({ "dry_run": true, "request": request, "estimate": estimate });
        if self.output.json {
            self.output.object(&shown, Outcome::NotSent)?;
        } else {
            self.output.lines(&format!("nothing was sent; this would be: {}", json!(request)))?;
        }
        Ok(())
    }

    /// Does paid work until it is done or interrupted; then says what may have been billed.
    pub(crate) async fn watched<T>(
        &self,
        client: &Client,
        operation: &OperationId,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        // Before the work begins: what it sends at once may be under way when the signal comes.
        let mut ear = Ear::open();
        let done = tokio::select! {
            biased;
            done = work => Some(done),
            () = ear.hears() => None,
        };
        match (done, client.meter()) {
            (Some(done), _) => done,
            // The work is dropped by now, which has entered in the ledger what is known.
            (None, Some(meter)) => Err(interrupted(meter, operation).await),
            (None, None) => Err(Failure::Interrupted {
                message: "interrupted".to_owned(),
                outcome: Outcome::UNKNOWN,
                operation: Some(operation.clone()),
            }),
        }
    }
}

/// Whether the budgets have room for a call, before its files are stored for nothing. They are asked again when it is sent.
async fn admitted(client: &Client, call: &Call, estimate: &Estimate) -> Result<(), Failure> {
    // What has no known price the meter refuses or admits as it was told to.
    let Some(meter) = client.meter().filter(|_| estimate.has_known_price()) else { return Ok(()) };
    let most = estimate.most();
    for standing in meter.standings(call).await? {
        let pools = [
            (Pool::Total, standing.left.total, most.map(Charge::total)),
            (Pool::Input, standing.left.input, most.map(|most| most.input)),
            (Pool::Output, standing.left.output, most.map(|most| most.output)),
        ];
        for (pool, left, asked) in pools {
            let Some(left) = left.filter(|left| asked.is_none_or(|asked| asked > *left)) else { continue };
            let asked = asked.map_or(Asked::Unbounded, |asked| Asked::Amount(Amount::Tokens(asked)));
            let mut refusal = BudgetRefusal::new(standing.budget, pool, asked, Amount::Tokens(left));
            refusal.renews_at = standing.until;
            let error = Error::new(cosmic_ai::ErrorKind::Budget(refusal), Outcome::NotSent);
            return Err(error.with_operation_id(call.operation_id()).into());
        }
    }
    Ok(())
}

/// What the ledger knows of a call that was interrupted.
async fn interrupted(meter: &Meter, operation: &OperationId) -> Failure {
    let entry = tokio::time::timeout(LAST_WORDS, async {
        meter.ledger().flush().await.ok()?;
        meter.ledger().entry(operation).await.ok()?
    });
    let entry = entry.await.ok().flatten();
    let (message, outcome) = match entry {
        None => ("interrupted: nothing was sent".to_owned(), Outcome::NotSent),
        Some(entry) => match entry.state {
            State::Released | State::Reserved => ("interrupted: nothing was sent".to_owned(), Outcome::NotSent),
            State::Settled => {
                let charge = entry.charge.map_or_else(|| "an unknown charge".to_owned(), |charge| charge.to_string());
                let message =
                    format!("interrupted: settled by what had come, {charge} (estimated); operation {operation}");
                (message, Outcome::Billed { charge: entry.charge })
            }
            _ => {
                let held = entry.held.map_or_else(|| "an unknown number of tokens".to_owned(), |held| held.to_string());
                let message = format!(
                    "interrupted: the request had left and may have been billed, {held} stay held; look for operation {operation} with `cosmic-ai unresolved find` before sending it again"
                );
                (message, Outcome::UNKNOWN)
            }
        },
    };
    Failure::Interrupted { message, outcome, operation: Some(operation.clone()) }
}

/// An estimate in one line, with what is expected where that is another figure than the bound.
pub(crate) fn in_words(estimate: &Estimate) -> String {
    let (expected, high) = (estimate.deducted_tokens.expected, estimate.deducted_tokens.high);
    match (expected, high) {
        (Some(expected), Some(high)) if expected != high => format!("{estimate}, {expected} expected"),
        _ => estimate.to_string(),
    }
}

/// What a charge is, in JSON; `null` where it is not known.
pub(crate) fn charge_json(charge: Option<Charge>) -> serde_json::Value {
    charge.map_or(serde_json::Value::Null, |charge| {
        json!({ "input_tokens": charge.input, "output_tokens": charge.output, "total_tokens": charge.total() })
    })
}

/// What a call was charged: by its usage, or by the ledger where the service did not say.
pub(crate) async fn charged<'r>(
    client: &Client,
    operation: &OperationId,
    request: impl Into<RequestRef<'r>>,
    usage: Option<&cosmic_ai::Usage>,
) -> Option<Charge> {
    if let Some(charge) = client.cost(request, usage).charge() {
        return Some(charge);
    }
    client.meter()?.ledger().entry(operation).await.ok()??.charge
}
