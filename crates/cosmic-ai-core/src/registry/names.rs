//! The sorted index of ids, aliases and display names.

use std::cmp::Ordering;

use super::entry::Model;

/// Names up to this many bytes, which all built-in ones are, take the short way.
const USUAL_BYTES: usize = 64;

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

    /// The position of the model that bears `name`. Does not allocate.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        // Lower case once instead of at each step of the search.
        let mut buffer = [0; USUAL_BYTES];
        match buffer.get_mut(..name.len()) {
            Some(lower) => {
                lower.copy_from_slice(name.as_bytes());
                lower.make_ascii_lowercase();
                self.search(|known| known.as_bytes().cmp(lower))
            }
            None => self.search(|known| known.bytes().cmp(name.bytes().map(|byte| byte.to_ascii_lowercase()))),
        }
    }

    fn search(&self, compare: impl Fn(&str) -> Ordering) -> Option<usize> {
        match self {
            Self::BuiltIn(names) => {
                let at = names.binary_search_by(|(known, _)| compare(known)).ok()?;
                names.get(at).map(|(_, position)| usize::from(*position))
            }
            Self::Overlaid(names) => {
                let at = names.binary_search_by(|(known, _)| compare(known)).ok()?;
                names.get(at).map(|(_, position)| *position)
            }
        }
    }
}

/// All names that a model bears.
pub(super) fn names_of(model: &Model) -> impl Iterator<Item = &str> {
    let aliases = model.aliases.iter().map(AsRef::as_ref);
    [model.id.as_str(), &model.name].into_iter().chain(aliases)
}

impl Model {
    /// Whether `name` finds this model.
    pub(super) fn bears(&self, name: &str) -> bool {
        names_of(self).any(|known| known.eq_ignore_ascii_case(name))
    }

    /// How much the name most like the [`plain`] `name` is like it, from 0 to 1.
    pub(super) fn likeness(&self, name: &str) -> f64 {
        names_of(self).map(|known| strsim::jaro_winkler(name, &plain(known))).fold(0.0, f64::max)
    }

    /// The key of an overlay's row that gives this model the `name`.
    pub(super) fn field_of(&self, name: &str) -> String {
        match names_of(self).position(|known| known.eq_ignore_ascii_case(name)) {
            None | Some(0) => "id".to_owned(),
            Some(1) => "name".to_owned(),
            Some(place) => format!("aliases[{}]", place - 2),
        }
    }
}

/// The letters and digits of a name, in lower case: people guess these, and not the dots and dashes between.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|character| character.to_ascii_lowercase()).collect()
}
