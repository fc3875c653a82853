//! Does an operation as it is meant to go, through the meter, as a program would.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use cosmic_ai::pricing::{Meter, Metered, Plan, Verdict};
use cosmic_ai::{Call, Charge, Error, ErrorKind, ImageGenerator, TextGenerator, Tokens};
use cosmic_ai_pricing::ledger::failpoint::reached;

use crate::backend::Backend;
use crate::ending::Ending;
use crate::journal::{Journal, verb};
use crate::plot::{Deed, Operation};

/// How often a plan is asked for again that was refused and fits by now.
const TRIES: u32 = 20;

/// What operations are done with.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    pub(crate) meter: Arc<Meter>,
    pub(crate) journal: Arc<Journal>,
    /// Whether the journal has to be on the disk before the backend answers.
    pub(crate) is_durable: bool,
}

impl Stage {
    /// Does an operation and tells the journal how it ended.
    pub(crate) async fn perform(&self, operation: &Operation) -> Result<Ending, Error> {
        let ending = match operation.deed {
            Deed::Plan => self.plan(operation).await?,
            _ => self.one(operation, &operation.call()).await?,
        };
        self.ended(operation, ending);
        Ok(ending)
    }

    pub(crate) fn backend(&self, operation: &Operation) -> Backend {
        Backend::new(operation, &self.journal, self.is_durable)
    }

    pub(crate) fn metered(&self, backend: Backend) -> Metered<Arc<Backend>> {
        Metered::new(Arc::new(backend), self.meter.clone())
    }

    fn ended(&self, operation: &Operation, ending: Ending) {
        self.journal.tell(verb::END, format_args!("{} {ending}", operation.id));
    }

    async fn one(&self, operation: &Operation, call: &Call) -> Result<Ending, Error> {
        let metered = self.metered(self.backend(operation));
        let (text, image) = (operation.text(), operation.image());
        Ok(match operation.deed {
            Deed::Stream | Deed::BrokenStream | Deed::DroppedStream => {
                let stream = metered.stream_text(call, &text).await;
                let Ok(mut stream) = stream else { return Ok(Ending::of(&stream, true)) };
                if operation.deed == Deed::DroppedStream {
                    for _ in 0..operation.dice % 4 {
                        if let Some(Err(error)) = stream.next().await {
                            return Err(error);
                        }
                    }
                    return Ok(Ending::Dropped);
                }
                Ending::of(&stream.collect().await, true)
            }
            Deed::Image | Deed::LostImage => Ending::of(&metered.generate_image(call, &image).await, false),
            Deed::FoundImage => match Ending::of(&metered.generate_image(call, &image).await, false) {
                Ending::Unknown => self.resolve(operation).await,
                other => other,
            },
            Deed::DroppedEarly => {
                let result = within(1 + operation.dice % 2, metered.generate_text(call, &text)).await;
                result.map_or(Ending::Dropped, |result| Ending::of(&result, true))
            }
            Deed::DroppedText => until_arrived(&metered, metered.generate_text(call, &text), true).await,
            Deed::DroppedImage => until_arrived(&metered, metered.generate_image(call, &image), false).await,
            Deed::Text | Deed::Refused | Deed::LostText | Deed::Plan => {
                let ending = Ending::of(&metered.generate_text(call, &text).await, true);
                reached("worker/settled");
                ending
            }
        })
    }

    async fn resolve(&self, operation: &Operation) -> Ending {
        let charge = Charge::new(Tokens::ZERO, Tokens(u64::from(operation.used)));
        let verdict = if operation.turns_out_unbilled() { Verdict::NotBilled } else { Verdict::Charged(charge) };
        match self.meter.resolve(&operation.id, verdict).await {
            Ok(_) => Ending::Resolved,
            Err(error) => {
                eprintln!("{}: {error}", operation.id);
                Ending::Unknown
            }
        }
    }

    async fn plan(&self, operation: &Operation) -> Result<Ending, Error> {
        let parts = [operation.part(1), operation.part(2)];
        let plan = parts.iter().fold(Plan::new(), |plan, part| plan.with(part.id.as_str(), part.text()));
        let mut reserved = self.meter.reserve(&operation.call(), &plan).await;
        for _ in 0..TRIES {
            // It fits by the time that the meter looks for what would fit.
            let Err(error) = &reserved else { break };
            if !matches!(error.kind(), ErrorKind::Ledger { message } if message.contains("fits by now")) {
                break;
            }
            reserved = self.meter.reserve(&operation.call(), &plan).await;
        }
        let Ok(reserved) = reserved else { return Ok(Ending::of(&reserved, true)) };
        reached("worker/reserved");
        // The second part is left out at times, so that there is something to give back.
        for part in parts.iter().take(1 + operation.dice as usize % 2) {
            let ending = self.one(part, &reserved.call_of(part.id.clone())).await?;
            self.ended(part, ending);
        }
        if operation.dice.is_multiple_of(4) {
            drop(reserved);
            return Ok(Ending::Dropped);
        }
        let released = reserved.release().await;
        Ok(if released.is_ok() { Ending::Released } else { Ending::Dropped })
    }
}

/// Polls a future so many times at most, and drops it.
async fn within<T>(polls: u32, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending if left <= 1 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// Drops a call as soon as its request has arrived.
async fn until_arrived<T>(
    metered: &Metered<Arc<Backend>>,
    call: impl Future<Output = Result<T, Error>>,
    is_text: bool,
) -> Ending {
    tokio::select! {
        result = call => Ending::of(&result, is_text),
        () = metered.backend().arrived.notified() => Ending::Dropped,
    }
}
