//! One row of a ledger: an operation, what is held for it, what it was charged, and where it stands.

use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use cosmic_ai_core::{Charge, ModelId, OperationId, RequestRef};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::labels::Labels;
use crate::clock::rfc3339;

/// An operation in a ledger. Entries are the truth; every total is a sum over them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// The operation.
    pub id: OperationId,
    /// The larger operation that it is a part of, such as a plan.
    pub parent: Option<OperationId>,
    /// What was asked for.
    pub kind: Kind,
    /// The model; `None` for a plan.
    pub model: Option<ModelId>,
    /// What tells spending apart: bucket, project, user or any label.
    pub labels: Labels,
    /// Where it stands.
    pub state: State,
    /// What is held back for it while it is open; of a plan, what its parts have not drawn yet. `None` where no upper
    /// bound is known: then nothing is held. Kept as it was once the entry is closed.
    pub held: Option<Charge>,
    /// How much of what is held was drawn from the parent.
    pub drawn: Charge,
    /// What it was expected to cost; `None` where the price is unknown.
    pub expected: Option<Charge>,
    /// What it was charged, once it is settled. `None` where that is not known: then it counts as nothing in totals, and
    /// reports say how many there are.
    pub charge: Option<Charge>,
    /// How the charge is known, once it is settled.
    pub basis: Option<Basis>,
    /// The hash of what was asked for, without the operation's id: the same id with another hash is another request.
    pub body: BodyHash,
    /// When it was reserved. It counts in the periods of this time, whenever it is settled.
    #[serde(with = "rfc3339")]
    pub at: SystemTime,
    /// When it is taken for lost: what is reserved is then released, what was sent becomes unknown and stays held.
    #[serde(with = "rfc3339")]
    pub deadline: SystemTime,
    /// When it was settled or released.
    #[serde(with = "rfc3339::option")]
    pub closed_at: Option<SystemTime>,
    /// What came of it, as JSON: the medium, and the text where that is recorded.
    pub result: Option<Value>,
    /// Tells this attempt from an earlier or later one under the same id.
    pub ticket: i64,
    /// How many calls it stands for: 1, or more for a summary of settled calls that were pruned.
    pub calls: u64,
}

impl Entry {
    /// An operation that is about to be sent, with nothing held. Times are 1970 until they are set.
    pub fn new(id: OperationId, kind: Kind, body: BodyHash) -> Self {
        Self {
            id,
            parent: None,
            kind,
            model: None,
            labels: Labels::default(),
            state: State::Sent,
            held: None,
            drawn: Charge::ZERO,
            expected: None,
            charge: None,
            basis: None,
            body,
            at: SystemTime::UNIX_EPOCH,
            deadline: SystemTime::UNIX_EPOCH,
            closed_at: None,
            result: None,
            ticket: 0,
            calls: 1,
        }
    }

    /// What it adds to totals.
    pub fn standing(&self) -> Standing {
        match self.state {
            State::Reserved | State::Sent | State::Unknown => {
                Standing { held: self.held.unwrap_or_default(), spent: Charge::ZERO }
            }
            State::Settled => Standing { held: Charge::ZERO, spent: self.charge.unwrap_or_default() },
            State::Released => Standing::default(),
        }
    }

    /// Whether it was charged more than was held for it.
    pub fn is_over_hold(&self) -> bool {
        match (self.charge, self.held) {
            (Some(charge), Some(held)) => charge.input > held.input || charge.output > held.output,
            _ => false,
        }
    }
}

/// What counts against limits: what is held for open operations, and what was spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Standing {
    /// Held for operations that are not closed.
    pub held: Charge,
    /// Charged to operations that are settled.
    pub spent: Charge,
}

impl Standing {
    /// What counts, from its two parts.
    pub const fn new(held: Charge, spent: Charge) -> Self {
        Self { held, spent }
    }

    /// The sum part by part, or `None` if a pool overflows.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match (self.held.checked_add(other.held), self.spent.checked_add(other.spent)) {
            (Some(held), Some(spent)) => Some(Self { held, spent }),
            _ => None,
        }
    }

    /// Both together, or `None` if that is larger than a pool can be.
    pub const fn committed(self) -> Option<Charge> {
        self.held.checked_add(self.spent)
    }
}

/// Names in a ledger: an enum with a text for each value.
macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant),*
        }

        impl $name {
            /// The name in lower case, as ledgers keep it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),*
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = super::LedgerError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    other => Err(super::LedgerError::corrupt(format!("`{other}` is no {}", stringify!($name).to_lowercase()))),
                }
            }
        }
    };
}

named! {
    /// Where an operation stands: `reserved → sent → settled | released | unknown`.
    State {
        /// Held for a plan, and not sent.
        Reserved = "reserved",
        /// Sent, or about to be: from here on it may be billed.
        Sent = "sent",
        /// Done, and its charge recorded.
        Settled = "settled",
        /// Over without a charge: it was refused or never left.
        Released = "released",
        /// Sent, and nobody knows whether it was billed. Stays held until someone finds out.
        Unknown = "unknown",
    }
}

named! {
    /// What an operation asks for.
    Kind {
        /// Text.
        Text = "text",
        /// An image.
        Image = "image",
        /// A clip.
        Video = "video",
        /// The continuation of a clip.
        Extend = "extend",
        /// Speech.
        Speech = "speech",
        /// Several operations, reserved as a whole.
        Plan = "plan",
    }
}

named! {
    /// How a charge is known.
    Basis {
        /// By the usage that the service reported, or by a price that does not depend on it.
        Reported = "reported",
        /// By an estimate, as of a text that was cut.
        Estimated = "estimated",
        /// By a person's word.
        Decided = "decided",
    }
}

impl From<RequestRef<'_>> for Kind {
    fn from(request: RequestRef<'_>) -> Self {
        match request {
            RequestRef::Image(_) => Self::Image,
            RequestRef::Video(_) => Self::Video,
            RequestRef::Extend(_) => Self::Extend,
            RequestRef::Speech(_) => Self::Speech,
            // Text, and what a later version of core may add, is what is bounded least.
            _ => Self::Text,
        }
    }
}

/// The SHA-256 of a request. `Display` and serde give it in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BodyHash(pub [u8; 32]);

impl BodyHash {
    /// The hash of a request, the call that it is for included.
    pub fn of(kind: Kind, body: &[u8]) -> Self {
        use sha2::{Digest, Sha256};
        let hash = Sha256::new().chain_update(kind.as_str()).chain_update([0]).chain_update(body);
        Self(hash.finalize().into())
    }
}

impl fmt::Display for BodyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl From<BodyHash> for String {
    fn from(hash: BodyHash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for BodyHash {
    type Error = super::LedgerError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = || super::LedgerError::corrupt(format!("`{text}` is no hash"));
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(wrong());
        }
        for (place, byte) in bytes.iter_mut().enumerate() {
            let digits = text.get(2 * place..2 * place + 2).ok_or_else(wrong)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}
