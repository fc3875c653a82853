//! Which interaction answers a call.

use serde_json::Value;

use super::super::interaction::{Interaction, Kind};
use super::difference::{Difference, differences};

/// Which interaction a call may be answered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Order {
    /// The next of its kind: whole texts, streams, images, clips, extensions and speech each come in the order in which
    /// they were recorded. Uploads come in any.
    #[default]
    PerKind,
    /// The first unused one with the same request: for calls that run side by side in no certain order.
    Anywhere,
}

/// The interactions, and what was given of them.
#[derive(Debug)]
pub(super) struct Script {
    entries: Vec<Entry>,
    order: Order,
    with_repeats: bool,
    unexpected: Vec<String>,
}

#[derive(Debug)]
struct Entry {
    interaction: Interaction,
    is_used: bool,
}

impl Entry {
    fn fits(&self, kind: Kind, request: &Value) -> bool {
        self.interaction.kind == kind && self.interaction.request == *request
    }
}

impl Script {
    pub(super) fn new(interactions: Vec<Interaction>, order: Order, with_repeats: bool) -> Self {
        let entries = interactions.into_iter().map(|interaction| Entry { interaction, is_used: false }).collect();
        Self { entries, order, with_repeats, unexpected: Vec::new() }
    }

    /// The interaction that answers a call, or why there is none.
    pub(super) fn take(&mut self, kind: Kind, request: &Value) -> Result<Interaction, String> {
        let order = self.order_of(kind);
        let mut unused = self.entries.iter_mut().filter(|entry| !entry.is_used && entry.interaction.kind == kind);
        let fitting = match order {
            Order::PerKind => unused.next().filter(|entry| entry.fits(kind, request)),
            Order::Anywhere => unused.find(|entry| entry.fits(kind, request)),
        };
        if let Some(entry) = fitting {
            entry.is_used = true;
            return Ok(entry.interaction.clone());
        }
        let mut used = self.entries.iter().rev().filter(|entry| entry.is_used && entry.fits(kind, request));
        if let (true, Some(entry)) = (self.with_repeats, used.next()) {
            return Ok(entry.interaction.clone());
        }
        let message = self.explain(kind, request);
        self.unexpected.push(message.clone());
        Err(message)
    }

    /// Uploads have no order of their own: what is stored does not depend on it.
    fn order_of(&self, kind: Kind) -> Order {
        if kind == Kind::Put { Order::Anywhere } else { self.order }
    }

    /// The first unused interaction that fits a call, whatever the order.
    pub(super) fn take_fitting(&mut self, kind: Kind, request: &Value) -> Option<Interaction> {
        let entry = self.entries.iter_mut().find(|entry| !entry.is_used && entry.fits(kind, request))?;
        entry.is_used = true;
        Some(entry.interaction.clone())
    }

    pub(super) fn unused(&self) -> Vec<String> {
        let unused = self.entries.iter().enumerate().filter(|(_, entry)| !entry.is_used);
        unused.map(|(place, entry)| format!("interactions[{place}] ({})", entry.interaction.kind)).collect()
    }

    pub(super) fn unexpected(&self) -> &[String] {
        &self.unexpected
    }

    /// In what a call differs from the nearest interaction that might have answered it.
    fn explain(&self, kind: Kind, request: &Value) -> String {
        let of_kind = || self.entries.iter().enumerate().filter(|(_, entry)| entry.interaction.kind == kind);
        let unused = of_kind().filter(|(_, entry)| !entry.is_used);
        let compared = |(place, entry): (usize, &Entry)| (place, differences(&entry.interaction.request, request));
        let (which, nearest) = match self.order_of(kind) {
            Order::PerKind => ("next", unused.map(compared).next()),
            Order::Anywhere => ("nearest", unused.map(compared).min_by_key(|(_, differences)| differences.len())),
        };
        let Some((place, differences)) = nearest else {
            return match of_kind().rfind(|(_, entry)| entry.fits(kind, request)) {
                Some((place, _)) => {
                    format!("the {kind} call is that of interactions[{place}], which was given already")
                }
                None => {
                    format!("the {kind} call was not recorded: all {} of its kind are given already", of_kind().count())
                }
            };
        };
        let differences: Vec<String> = differences.iter().map(Difference::to_string).collect();
        format!("the {kind} call is not the {which} of its kind, interactions[{place}]: {}", differences.join("; "))
    }
}
