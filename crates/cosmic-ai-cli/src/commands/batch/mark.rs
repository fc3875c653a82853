//! Which ledger it is: a mark in the ledger itself. Its name does not tell, as a file may have been removed and made anew.
//!
//! Each line that is about to be sent names the mark that the ledger holds. Only a ledger that holds the mark can prove, by not
//! knowing an operation, that it was never sent.

use cosmic_ai::pricing::ledger::LedgerError;
use cosmic_ai::pricing::{Meter, Plan};
use cosmic_ai::{Call, Client, OperationId};

use super::earlier::Earlier;
use crate::failure::Failure;

/// The mark that the ledger holds by now: the last one of the batch, if it is still there.
///
/// # Errors
/// When the ledger cannot be read or written.
pub(super) async fn leave(client: &Client, earlier: &Earlier) -> Result<Option<OperationId>, Failure> {
    let Some(meter) = client.meter() else { return Ok(None) };
    if let Some(mark) = &earlier.mark
        && is_in(meter, mark).await?
    {
        return Ok(Some(mark.clone()));
    }
    let call = Call::new();
    // A plan of nothing holds nothing and is in no report.
    meter.reserve(&call, &Plan::new()).await?.release().await?;
    Ok(Some(call.operation_id().clone()))
}

/// Whether the ledger holds a mark. One that was pruned of old entries may not.
pub(super) async fn is_in(meter: &Meter, mark: &OperationId) -> Result<bool, Failure> {
    let entry = meter.ledger().entry(mark).await;
    Ok(entry.map_err(|error: LedgerError| Failure::Call(error.into()))?.is_some())
}
