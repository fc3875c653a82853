//! Named places at which a harness can stop a process, to kill it there: every edge between two states of an operation.
//!
//! Only with the feature `failpoints`, and only where the variable `COSMIC_AI_FAILPOINT` names one: `ledger/committed` stops
//! when that place is reached, `ledger/committed:3` when it is reached for the third time.

/// A place was reached.
#[cfg(not(feature = "failpoints"))]
pub(crate) const fn reached(_: &str) {}

/// A place was reached. If it is the one that is asked for, says so on standard output and stays there for ever.
#[cfg(feature = "failpoints")]
pub fn reached(place: &str) {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static WANTED: LazyLock<Option<(String, u64)>> = LazyLock::new(|| {
        let wanted = std::env::var("COSMIC_AI_FAILPOINT").ok()?;
        match wanted.split_once(':') {
            Some((place, times)) => Some((place.to_owned(), times.parse().ok()?)),
            None => Some((wanted, 1)),
        }
    });
    static REACHED: AtomicU64 = AtomicU64::new(0);

    let Some((wanted, times)) = &*WANTED else { return };
    if place == wanted && REACHED.fetch_add(1, Ordering::SeqCst) + 1 == *times {
        println!("failpoint {place}");
        loop {
            std::thread::park();
        }
    }
}
