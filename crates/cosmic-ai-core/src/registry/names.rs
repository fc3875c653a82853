//! The index of ids, aliases and display names.

use super::entry::Model;
use super::generated::NAMES;

/// Names in ASCII lower case, each with the position of its model, and a hash table of where each name is.
#[derive(Debug, Clone)]
pub(super) enum Names {
    /// Compiled in.
    BuiltIn,
    /// Built when an overlay was applied.
    Overlaid { names: Vec<(String, usize)>, slots: Vec<u32> },
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
        if let Some(doubled) = doubled {
            return Err(doubled);
        }
        let mut slots = vec![EMPTY; (names.len() * 2 + 1).next_power_of_two()];
        for (index, (name, _)) in (0..EMPTY).zip(&names) {
            insert(&mut slots, name, index);
        }
        Ok(Self::Overlaid { names, slots })
    }

    /// The position of the model that bears `name`, in whatever case. Does not allocate.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        match self {
            Self::BuiltIn => search(NAMES, &BUILT_IN, name).map(usize::from),
            Self::Overlaid { names, slots } => search(names, slots, name),
        }
    }
}

/// A slot without a name. At least half of a table is empty, so that searches end soon.
const EMPTY: u32 = u32::MAX;

static BUILT_IN: [u32; (NAMES.len() * 2 + 1).next_power_of_two()] = {
    let mut slots = [EMPTY; (NAMES.len() * 2 + 1).next_power_of_two()];
    let (mut names, mut index) = (NAMES, 0);
    while let [(name, _), rest @ ..] = names {
        insert(&mut slots, name, index);
        (names, index) = (rest, index + 1);
    }
    slots
};

#[expect(clippy::indexing_slicing, reason = "the remainder by the length is in range")]
const fn insert(slots: &mut [u32], name: &str, index: u32) {
    let mut at = hash(name);
    while slots[at % slots.len()] != EMPTY {
        at += 1;
    }
    let at = at % slots.len();
    slots[at] = index;
}

fn search<N: AsRef<str>, P: Copy>(names: &[(N, P)], slots: &[u32], name: &str) -> Option<P> {
    let start = hash(name);
    (start..start + slots.len())
        .map_while(|at| names.get(usize::try_from(*slots.get(at & (slots.len() - 1))?).ok()?))
        .find(|(known, _)| known.as_ref().eq_ignore_ascii_case(name))
        .map(|(_, position)| *position)
}

/// A number that is the same for names that differ by the case of ASCII letters alone. Reads eight bytes at a time.
const fn hash(name: &str) -> usize {
    const fn mix(hash: u64, bytes: u64) -> u64 {
        const LOWER_CASE: u64 = 0x2020_2020_2020_2020;
        (hash.rotate_left(5) ^ (bytes | LOWER_CASE)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
    let mut hash = name.len() as u64;
    let mut rest = name.as_bytes();
    while let Some((eight, tail)) = rest.split_first_chunk() {
        hash = mix(hash, u64::from_le_bytes(*eight));
        rest = tail;
    }
    let mut last = 0;
    while let [byte, tail @ ..] = rest {
        last = last << 8 | *byte as u64;
        rest = tail;
    }
    (mix(hash, last) >> 40) as usize
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
        let one = |known: &str| {
            let known = plain(known);
            // People also say a part of the name, such as `opus 4.8`, which is nothing like the whole by its letters.
            let is_part = name.len() >= 3 && known.contains(name);
            if is_part && known != name { 0.98 } else { strsim::jaro_winkler(name, &known) }
        };
        names_of(self).map(one).fold(0.0, f64::max)
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
