//! Tier rows, and the tiers that text rows choose.

use super::super::rows::{TierChoice, TierRow};
use super::super::value::Value;
use super::{Applying, Wrong};
use crate::registry::{Spec, TierPrice};

impl Applying {
    /// Adds tiers, or changes them for all models that are in them or are reckoned with in them.
    pub(super) fn tiers(&mut self, rows: Vec<TierRow>) -> Result<(), Wrong> {
        let mut changed = Vec::with_capacity(rows.len());
        for (place, row) in rows.into_iter().enumerate() {
            let tier = self.tier(place, row)?;
            changed.push(tier.name.clone());
            match self.tiers.iter_mut().find(|known| known.name == tier.name) {
                Some(known) => *known = tier,
                None => self.tiers.push(tier),
            }
        }
        let tiers = &self.tiers;
        let named = |name: &str| tiers.iter().find(|tier| tier.name == name);
        // By name and after all rows: by its multiplier a tier could be taken for another on the way.
        for model in &mut self.models {
            let Spec::Text(spec) = &mut model.spec else { continue };
            let own = &mut spec.tier;
            if let Some(tier) = named(&own.name) {
                own.multiplier = tier.multiplier;
                // That a model is in the tier stays assumed, however sure the tier's own multiplier is.
                if changed.contains(&own.name) && own.provenance.assumption().is_none() {
                    own.provenance = tier.provenance.clone();
                }
            }
            let high = own.high_tier.as_deref().and_then(named);
            own.high = high.map_or(own.multiplier, |high| high.multiplier.max(own.multiplier));
        }
        Ok(())
    }

    fn tier(&self, place: usize, row: TierRow) -> Result<TierPrice, Wrong> {
        let wrong = |field: &str, message: String| Err((format!("tier[{place}].{field}"), message));
        let name = row.name.trim();
        if name.is_empty() {
            return wrong("name", "must not be blank".to_owned());
        }
        let is_other_spelling =
            |known: &&TierPrice| known.name != row.name && known.name.to_lowercase() == name.to_lowercase();
        if let Some(known) = self.tiers.iter().find(is_other_spelling) {
            let message = format!("`{}` is another spelling of a tier; write name = \"{}\"", row.name, known.name);
            return wrong("name", message);
        }
        // A slip on a tier of the API would make its models free. A tier of one's own may be: of models that one runs oneself.
        if row.multiplier.thousandths() == 0 && self.tiers.iter().any(|tier| tier.name == row.name) {
            let message = "must be above 0: this tier is not free of charge; name one of your own for models that are";
            return wrong("multiplier", message.to_owned());
        }
        Ok(TierPrice::new(row.name, row.multiplier, self.provenance(row.assumed, row.source, row.date)))
    }

    /// The tier that a row names, with the multiplier that it has by now.
    pub(super) fn chosen_tier(&self, key: &str, Value(choice): Value<TierChoice>) -> Result<TierPrice, Wrong> {
        let TierChoice { name, high, assumed, source, date } = choice;
        let multiplier = self.known_tier(key, &name)?.multiplier;
        let high = high.map(|high| self.known_tier(key, &high)).transpose()?.filter(|high| high.name != name);
        if high.is_some_and(|high| high.multiplier < multiplier || assumed.is_none()) {
            let message = "`high` is a tier that is not cheaper, and `assumed` says why it is needed".to_owned();
            return Err((format!("{key}.tier"), message));
        }
        Ok(TierPrice {
            name: name.into(),
            multiplier,
            high_tier: high.map(|high| high.name.clone()),
            high: high.map_or(multiplier, |high| high.multiplier),
            provenance: self.provenance(assumed, source, date),
        })
    }

    fn known_tier(&self, key: &str, name: &str) -> Result<&TierPrice, Wrong> {
        self.tiers.iter().find(|tier| tier.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.tiers.iter().map(|tier| tier.name.as_ref()).collect();
            (format!("{key}.tier"), format!("`{name}` is not a tier (allowed: {})", known.join(", ")))
        })
    }
}
