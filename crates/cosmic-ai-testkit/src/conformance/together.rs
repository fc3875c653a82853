//! Futures side by side, and futures that are given up.

use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

/// How many calls run side by side.
pub(super) const CALLS: usize = 16;

/// Waits for all of them on one task, in any order, and answers in theirs.
pub(super) async fn all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    let mut outputs: Vec<Option<F::Output>> = running.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, output) in running.iter_mut().zip(&mut outputs).filter(|(_, output)| output.is_none()) {
            if let Poll::Ready(ready) = future.as_mut().poll(context) {
                *output = Some(ready);
            }
        }
        if outputs.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    outputs.into_iter().flatten().collect()
}

/// How long a future that is to be given up may take to ask for its next poll.
const HESITATION: Duration = Duration::from_millis(100);

/// Polls a future so often, each time that it asks for it, and then drops it; or when it does not ask for a while.
pub(super) async fn give_up_after<F: Future>(polls: usize, future: F) {
    let mut future = Box::pin(future);
    let mut left = polls;
    let polled = std::future::poll_fn(|context| {
        if left == 0 || future.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        left -= 1;
        if left == 0 { Poll::Ready(()) } else { Poll::Pending }
    });
    let _ = tokio::time::timeout(HESITATION, polled).await;
}
