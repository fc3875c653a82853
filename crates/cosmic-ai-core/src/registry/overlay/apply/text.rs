//! Text rows.

use super::super::rows::{TextRow, TierChoice};
use super::{Applying, Wrong, common, missing, other_modality};
use crate::registry::{Spec, TextSpec, TierPrice};

impl Applying {
    pub(super) fn text(&mut self, key: String, row: TextRow) -> Result<(), Wrong> {
        let (tier, window, most) = (row.tier, row.context_window, row.max_output);
        self.place(common!(row, key), |applying, key, old| {
            let tier = tier.map(|choice| applying.chosen_tier(key, choice)).transpose()?;
            let mut spec = match (old, tier) {
                (Some(Spec::Text(old)), Some(tier)) => TextSpec { tier, ..old },
                (Some(Spec::Text(old)), None) => old,
                (Some(other), _) => return Err(other_modality(key, &other)),
                (None, Some(tier)) => TextSpec { tier, context_window: None, max_output: None },
                (None, None) => return Err(missing(key, "tier")),
            };
            spec.context_window = window.map(|row| applying.figure(row)).or(spec.context_window);
            spec.max_output = most.map(|row| applying.figure(row)).or(spec.max_output);
            Ok(Spec::Text(spec))
        })
    }

    /// The tier that a row names, with the multiplier that it has by now.
    fn chosen_tier(&self, key: &str, choice: TierChoice) -> Result<TierPrice, Wrong> {
        let (name, high, assumed, source, date) = match choice {
            TierChoice::Name(name) => (name, None, None, None, None),
            TierChoice::Assumed { name, high, assumed, source, date } => (name, high, assumed, source, date),
        };
        let multiplier = self.known_tier(key, &name)?.multiplier;
        let high = high.map_or(Ok(multiplier), |high| self.known_tier(key, &high).map(|tier| tier.multiplier))?;
        if high < multiplier {
            return Err((format!("{key}.tier"), "`high` must not be cheaper than the tier itself".to_owned()));
        }
        Ok(TierPrice { name: name.into(), multiplier, high, provenance: self.provenance(assumed, source, date) })
    }

    fn known_tier(&self, key: &str, name: &str) -> Result<&TierPrice, Wrong> {
        self.tiers.iter().find(|tier| tier.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.tiers.iter().map(|tier| tier.name.as_ref()).collect();
            (format!("{key}.tier"), format!("`{name}` is not a tier (allowed: {})", known.join(", ")))
        })
    }
}
