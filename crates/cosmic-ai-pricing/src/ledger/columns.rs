//! An entry as the columns of a database: text, bytes and 64-bit integers.

use std::collections::BTreeMap;

use cosmic_ai_core::{Charge, ModelId, Tokens};
use serde_json::Value;

use super::LedgerError;
use super::entry::{BodyHash, Entry};
use crate::clock::{millis, time};

/// The columns of an entry, in the order of the tables. Times are milliseconds since 1970; labels and result are JSON.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    pub(crate) id: String,
    pub(crate) parent: Option<String>,
    pub(crate) kind: String,
    pub(crate) model: Option<String>,
    pub(crate) labels: String,
    pub(crate) state: String,
    pub(crate) held: Option<[i64; 2]>,
    pub(crate) drawn: [i64; 2],
    pub(crate) expected: Option<[i64; 2]>,
    pub(crate) charge: Option<[i64; 2]>,
    pub(crate) basis: Option<String>,
    pub(crate) body: Vec<u8>,
    pub(crate) at: i64,
    pub(crate) deadline: i64,
    pub(crate) closed_at: Option<i64>,
    pub(crate) result: Option<String>,
    pub(crate) ticket: i64,
    pub(crate) calls: i64,
}

impl Columns {
    pub(crate) fn of(entry: &Entry) -> Result<Self, LedgerError> {
        Ok(Self {
            id: entry.id.as_str().to_owned(),
            parent: entry.parent.as_ref().map(|id| id.as_str().to_owned()),
            kind: entry.kind.as_str().to_owned(),
            model: entry.model.as_ref().map(|id| id.as_str().to_owned()),
            labels: labels_text(&entry.labels)?,
            state: entry.state.as_str().to_owned(),
            held: entry.held.map(pools).transpose()?,
            drawn: pools(entry.drawn)?,
            expected: entry.expected.map(pools).transpose()?,
            charge: entry.charge.map(pools).transpose()?,
            basis: entry.basis.map(|basis| basis.as_str().to_owned()),
            body: entry.body.0.to_vec(),
            at: millis(entry.at),
            deadline: millis(entry.deadline),
            closed_at: entry.closed_at.map(millis),
            result: entry.result.as_ref().map(Value::to_string),
            ticket: entry.ticket,
            calls: i64::try_from(entry.calls).map_err(|_| LedgerError::Overflow)?,
        })
    }

    pub(crate) fn entry(self) -> Result<Entry, LedgerError> {
        let id = |text: String| text.parse().map_err(corrupt);
        let body = <[u8; 32]>::try_from(self.body.as_slice()).map_err(corrupt)?;
        let mut entry = Entry::new(id(self.id)?, self.kind.parse()?, BodyHash(body));
        entry.parent = self.parent.map(id).transpose()?;
        entry.model = self.model.map(ModelId::from);
        entry.labels = labels(&self.labels)?.into();
        entry.state = self.state.parse()?;
        entry.held = self.held.map(charge).transpose()?;
        entry.drawn = charge(self.drawn)?;
        entry.expected = self.expected.map(charge).transpose()?;
        entry.charge = self.charge.map(charge).transpose()?;
        entry.basis = self.basis.map(|basis| basis.parse()).transpose()?;
        (entry.at, entry.deadline) = (time(self.at), time(self.deadline));
        entry.closed_at = self.closed_at.map(time);
        entry.result = self.result.map(|json| serde_json::from_str(&json)).transpose().map_err(corrupt)?;
        entry.ticket = self.ticket;
        entry.calls = u64::try_from(self.calls).map_err(corrupt)?;
        Ok(entry)
    }
}

/// Labels as they are stored: JSON with sorted keys, so that equal labels are equal text.
pub(crate) fn labels_text(labels: &BTreeMap<String, String>) -> Result<String, LedgerError> {
    serde_json::to_string(labels).map_err(corrupt)
}

pub(crate) fn labels(text: &str) -> Result<BTreeMap<String, String>, LedgerError> {
    serde_json::from_str(text).map_err(corrupt)
}

/// A charge as two columns: input, output.
pub(crate) fn pools(charge: Charge) -> Result<[i64; 2], LedgerError> {
    let column = |tokens: Tokens| i64::try_from(tokens.get()).map_err(|_| LedgerError::Overflow);
    Ok([column(charge.input)?, column(charge.output)?])
}

pub(crate) fn charge([input, output]: [i64; 2]) -> Result<Charge, LedgerError> {
    let tokens = |column: i64| u64::try_from(column).map(Tokens).map_err(corrupt);
    Ok(Charge::new(tokens(input)?, tokens(output)?))
}

fn corrupt(error: impl std::fmt::Display) -> LedgerError {
    LedgerError::corrupt(error.to_string())
}
