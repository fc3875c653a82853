//! The sorted index of ids, aliases and display names.

use std::cmp::Ordering;

use super::entry::Model;

/// Names in ASCII lower case, sorted by byte, each with the position of its model.
#[derive(Debug, Clone)]
pub(super) enum Names {
    /// Compiled in.
    BuiltIn(&'static [(&'static str, u16)]),
    /// Built when an overlay was applied.
    Overlaid(Vec<(String, usize)>),
}

impl Names {
    /// The index of `models`.
    ///
    /// # Errors
    /// A name that two models bear, with the positions of both.
    pub(super) fn of(models: &[Model]) -> Result<Self, (String, usize, usize)> {
        let mut names: Vec<(String, usize)> = models
            .iter()
            .enumerate()
            .flat_map(|(position, model)| names_of(model).map(move |name| (name.to_ascii_lowercase(), position)))
            .collect();
        names.sort();
        // A model may bear one name twice: its id as display name.
        names.dedup();
        let doubled = names.windows(2).find_map(|pair| match pair {
            [(one, first), (other, second)] if one == other => Some((one.clone(), *first, *second)),
            _ => None,
        });
        doubled.map_or(Ok(Self::Overlaid(names)), Err)
    }

    /// The position of the model that bears `name`.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        match self {
            Self::BuiltIn(names) => {
                let at = names.binary_search_by(|(known, _)| compare(known, name)).ok()?;
                names.get(at).map(|(_, position)| usize::from(*position))
            }
            Self::Overlaid(names) => {
                let at = names.binary_search_by(|(known, _)| compare(known, name)).ok()?;
                names.get(at).map(|(_, position)| *position)
            }
        }
    }
}

/// All names that a model bears.
fn names_of(model: &Model) -> impl Iterator<Item = &str> {
    let aliases = model.aliases.iter().map(AsRef::as_ref);
    [model.id.as_str(), &model.name].into_iter().chain(aliases)
}

/// Compares a known name, in lower case, with one in any case.
fn compare(known: &str, name: &str) -> Ordering {
    known.bytes().cmp(name.bytes().map(|byte| byte.to_ascii_lowercase()))
}
