//! Text rows.

use super::super::rows::{FigureRow, TextRow};
use super::super::value::Value;
use super::{Applying, Wrong, common, missing, other_modality};
use crate::registry::{Figure, Spec, TextSpec};
use crate::tokens::Tokens;

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
            let figure =
                |field, row: Option<Value<FigureRow>>| row.map(|row| applying.limit(key, field, row)).transpose();
            spec.context_window = figure("context_window", window)?.or(spec.context_window);
            spec.max_output = figure("max_output", most)?.or(spec.max_output);
            Ok(Spec::Text(spec))
        })
    }

    /// A number of tokens that bounds something, and so is at least 1.
    fn limit(&self, key: &str, field: &str, row: Value<FigureRow>) -> Result<Figure<Tokens>, Wrong> {
        let figure = self.figure(row);
        if figure.value == Tokens::ZERO {
            return Err((format!("{key}.{field}"), "must be at least 1; leave it out where it is unknown".to_owned()));
        }
        Ok(figure)
    }
}
