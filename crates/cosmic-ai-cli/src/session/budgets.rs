//! Budgets that outlive a run: a file of their own beside the configuration file.
//!
//! A budget is configuration: the ledger holds what was spent, and every process brings the limits that it keeps to. Whoever shares
//! a ledger with others sets the same budgets on each machine.

use std::path::Path;

use cosmic_ai::pricing::{Budget, Period, Scope};
use cosmic_ai::{Problem, Tokens};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::target;

/// The budgets that were set.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Budgets {
    #[serde(default, rename = "budget")]
    pub(crate) kept: Vec<Kept>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    /// The most tokens of both pools.
    pub(crate) tokens: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) output: Option<u64>,
    pub(crate) per: Per,
    /// `NAME=VALUE` of a label, or `NAME` for each value by itself.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) time_zone: Option<String>,
}

/// When a budget begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Per {
    Day,
    Month,
    All,
}

impl Per {
    /// By its name, which the command line has judged.
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "day" => Self::Day,
            "all" => Self::All,
            _ => Self::Month,
        }
    }
}

impl Kept {
    pub(crate) fn budget(&self) -> Result<Budget, Failure> {
        let mut period = match self.per {
            Per::Day => Period::day(),
            Per::Month => Period::month(),
            Per::All => Period::forever(),
        };
        if let Some(zone) = &self.time_zone {
            period = period.in_time_zone(zone)?;
        }
        let mut budget = Budget::new(period).with_total(Tokens(self.tokens));
        if let Some(input) = self.input {
            budget = budget.with_input(Tokens(input));
        }
        if let Some(output) = self.output {
            budget = budget.with_output(Tokens(output));
        }
        Ok(match self.scope.as_deref().map(|scope| scope.split_once('=').ok_or(scope)) {
            None => budget,
            Some(Ok((name, _)) | Err(name)) if name.trim().is_empty() => {
                return Err(Failure::invalid(Problem::new("for", "names no label").allowed(["NAME", "NAME=VALUE"])));
            }
            Some(Ok((name, value))) => budget.for_scope(Scope::label(name, value)),
            Some(Err(name)) => budget.for_scope(Scope::each(name)),
        })
    }

    /// Whether it is the budget of this period and scope.
    pub(crate) fn is_of(&self, per: Per, scope: Option<&str>) -> bool {
        self.per == per && self.scope.as_deref() == scope
    }
}

impl Budgets {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        match std::fs::read_to_string(path) {
            Ok(text) => toml::from_str(&text)
                .map_err(|error| Failure::settings(format!("{}: {}", path.display(), error.message()))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Failure::file(path.display(), "cannot be read", error)),
        }
    }

    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = toml::to_string(self).map_err(|error| Failure::settings(error.to_string()))?;
        let text = format!("# Written by `cosmic-ai budget`. Limits on what is spent from this machine.\n{text}");
        target::write_atomically(path, text.as_bytes())
            .map_err(|error| Failure::file(path.display(), "cannot be written", error))
    }

    pub(crate) fn budgets(&self) -> Result<Vec<Budget>, Failure> {
        self.kept.iter().map(Kept::budget).collect()
    }
}

/// The budget of one run alone.
pub(super) fn of_run(label: &str, run: &str, most: u64) -> Budget {
    Budget::once(Tokens(most)).for_scope(Scope::label(label, run)).named(format!("--max-spend {}", Tokens(most)))
}
