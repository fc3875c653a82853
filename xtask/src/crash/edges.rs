//! The edges between two states of an operation, at which a process can be stopped.

/// A place in the code that can be named by `COSMIC_AI_FAILPOINT`.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// Which of the times that it is reached at the latest: admissions and settlements share transactions, so which of them is
    /// hit is up to this.
    pub(super) at_most: u64,
}

pub(super) const EDGES: [Edge; 13] = [
    Edge { name: "worker/admitting", about: "an operation is about to be entered", at_most: 12 },
    Edge { name: "ledger/begun", about: "a transaction has begun", at_most: 12 },
    Edge { name: "ledger/applied", about: "what was asked is worked out, and nothing written", at_most: 12 },
    Edge { name: "ledger/stored", about: "it is written, and not committed", at_most: 12 },
    Edge { name: "ledger/committed", about: "it is durable, and nobody knows", at_most: 12 },
    Edge { name: "ledger/answered", about: "those who asked were told", at_most: 12 },
    Edge { name: "worker/reserved", about: "a plan is held, and no part of it sent", at_most: 1 },
    Edge { name: "worker/part-sent", about: "a part of a plan has reached the backend", at_most: 1 },
    Edge { name: "worker/sent", about: "an operation has reached the backend", at_most: 9 },
    Edge { name: "worker/streaming", about: "a stream is in the middle", at_most: 2 },
    Edge { name: "worker/refused", about: "the backend has refused, and nothing is released", at_most: 1 },
    Edge { name: "worker/answered", about: "the backend is about to answer, and nothing is settled", at_most: 5 },
    Edge { name: "worker/settled", about: "the answer is settled and handed over", at_most: 3 },
];
