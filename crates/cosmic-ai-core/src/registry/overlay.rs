//! Registry overlays: models, tiers and prices that an application adds or changes at run time, written in TOML.

mod apply;
mod locate;
mod rows;
mod twice;
mod value;

use std::borrow::Cow;
use std::path::Path;

use self::apply::Applying;
use self::locate::Locations;
use self::rows::Document;
use super::{Names, Registry};
use crate::error::{Error, ErrorKind, InvalidOverlay, Outcome};

impl Registry {
    /// This registry with an overlay on top: `toml` is its text, `file` the name that errors call it by.
    ///
    /// The keys are those of the built-in data files, described in `registry/README.md` of this crate. A row whose `id`
    /// is known changes just the keys it gives; any other adds a model. A `[[tier]]` changes a tier for all its models,
    /// or adds one. Nothing has two rows in one overlay. Figures of an overlay are [`Custom`](super::Basis::Custom) unless they say `assumed`.
    ///
    /// ```
    /// use cosmic_ai_core::{Multiplier, Registry};
    ///
    /// let registry = Registry::built_in().with_overlay(
    ///     r#"
    ///     [[text]]
    ///     id = "gpt-5.2-codex"
    ///     tier = "Premium"
    ///
    ///     [[text]]
    ///     id = "house-model-1"
    ///     name = "House Model"
    ///     provider = "in-house"
    ///     tier = "Budget"
    ///     "#,
    ///     "models.toml",
    /// )?;
    /// assert!(registry.find("House Model").is_some());
    /// # Ok::<(), cosmic_ai_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Overlay`], naming file, line and key, and what is allowed there.
    pub fn with_overlay(&self, toml: &str, file: &str) -> Result<Self, Error> {
        self.overlaid(toml, file).map_err(|overlay| Error::new(ErrorKind::Overlay(overlay), Outcome::NotSent))
    }

    /// This registry with the overlay in a file on top; see [`with_overlay`](Self::with_overlay).
    ///
    /// # Errors
    /// [`ErrorKind::File`] if it cannot be read, otherwise as [`with_overlay`](Self::with_overlay).
    pub fn with_overlay_file(&self, path: impl AsRef<Path>) -> Result<Self, Error> {
        let name = path.as_ref().display().to_string();
        let toml = std::fs::read_to_string(path).map_err(|error| {
            let kind =
                ErrorKind::File { path: name.clone(), message: "the registry overlay cannot be read".to_owned() };
            Error::new(kind, Outcome::NotSent).with_source(error)
        })?;
        self.with_overlay(&toml, &name)
    }

    fn overlaid(&self, toml: &str, file: &str) -> Result<Self, InvalidOverlay> {
        let locations = Locations::of(toml).map_err(|error| {
            let line = error.span().map_or(1, |span| locate::line_at(toml, span.start));
            InvalidOverlay::new(file, line, "(document)", error.message())
        })?;
        if let Some((line, section)) = locations.single(rows::SECTIONS) {
            return Err(InvalidOverlay::new(file, line, section, format!("is a list of tables; write [[{section}]]")));
        }
        let document: Document = toml::from_str(toml).map_err(|error| {
            let (line, key) = locations.at(error.span().map_or(0, |span| span.start));
            InvalidOverlay::new(file, line, key, plain(error.message()))
        })?;
        let wrong = |key: String, message: String| InvalidOverlay::new(file, locations.line_of(&key), key, message);
        if let Some((first, second)) = twice::twice(&document) {
            let line = locations.line_of(&first);
            return Err(wrong(second, format!("stands at {first} already, in line {line}; make one row of both")));
        }
        let mut applying = Applying::new(self, file);
        applying.apply(document).map_err(|(key, message)| wrong(key, message))?;
        let Applying { models, tiers, rows, .. } = applying;
        let names = Names::of(&models).map_err(|(name, first, second)| {
            // The row to blame is the later one, unless only the earlier model is in this overlay.
            let (own, other) = if rows.contains_key(&second) { (second, first) } else { (first, second) };
            let row = rows.get(&own).map_or("(document)", String::as_str);
            let field = models.get(own).map_or_else(String::new, |model| model.field_of(&name));
            let owner = models.get(other).map_or("", |model| model.id.as_str());
            wrong(format!("{row}.{field}"), format!("the name `{name}` already belongs to {owner}"))
        })?;
        Ok(Self { models: Cow::Owned(models), names, tiers: Cow::Owned(tiers), allows_unknown: self.allows_unknown })
    }
}

/// The message of an error in words of TOML where serde has those of Rust: `expected a list` for `expected a sequence`.
fn plain(message: &str) -> String {
    let (found, expected) = message.rsplit_once(", expected ").unwrap_or((message, ""));
    let found = match found {
        "invalid type: sequence" => "invalid type: list",
        "invalid type: map" => "invalid type: table",
        other => other,
    };
    match expected {
        "" => found.to_owned(),
        "f64" => format!("{found}, expected a number"),
        "u64" | "u32" | "u16" => format!("{found}, expected a whole number"),
        "a sequence" => format!("{found}, expected a list"),
        other => format!("{found}, expected {other}"),
    }
}
