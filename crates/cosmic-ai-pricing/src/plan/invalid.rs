//! What is wrong with a plan, all of it at once.

use std::collections::BTreeSet;
use std::fmt;

use cosmic_ai_core::{Error, InvalidRequest, Problem};

use super::PlanItem;

/// A plan with requests that were found wrong before anything was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct InvalidPlan {
    /// Every wrong item, in the order of the plan. At least one.
    pub items: Vec<InvalidItem>,
}

/// An item of a plan that was found wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidItem {
    /// Its name.
    pub name: String,
    /// What is wrong with it. A problem of the field `name` is one of the plan.
    pub problems: InvalidRequest,
}

/// What is wrong with the name of an item, given the names before it.
pub(super) fn problem_of_name<'p>(before: &mut BTreeSet<&'p str>, item: &'p PlanItem) -> Option<Problem> {
    if item.name.trim().is_empty() {
        return Some(Problem::new("name", "must not be blank"));
    }
    let is_new = before.insert(&item.name);
    (!is_new).then(|| Problem::new("name", "is the name of an earlier item too").given(&item.name))
}

impl fmt::Display for InvalidPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid plan: ")?;
        for (place, item) in self.items.iter().enumerate() {
            if place > 0 {
                f.write_str("; ")?;
            }
            item.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for InvalidItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item `{}`: ", self.name)?;
        for (place, problem) in self.problems.problems.iter().enumerate() {
            if place > 0 {
                f.write_str(", ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl From<InvalidPlan> for Error {
    /// An invalid request whose fields have the names of their items in front, such as `cover.size`.
    fn from(invalid: InvalidPlan) -> Self {
        let problems = invalid.items.into_iter().flat_map(|InvalidItem { name, problems }| {
            problems.problems.into_iter().map(move |mut problem| {
                problem.field = format!("{name}.{}", problem.field).into();
                problem
            })
        });
        Self::invalid(InvalidRequest::new(problems.collect()))
    }
}
