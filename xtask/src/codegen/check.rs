//! Checks that concern all models together: no name means two of them, one default per modality.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::registry::{Model, Registry};

pub(super) fn all(registry: &Registry) -> Result<()> {
    names(registry)?;
    constants(registry)?;
    defaults(registry)?;
    if u16::try_from(registry.models.len()).is_err() {
        bail!("more models than an index of 16 bits can count");
    }
    Ok(())
}

/// Every id, alias and display name in lower case with the index of its model, sorted by bytes.
///
/// # Errors
///
/// When a name means two models, or the aliases of one model repeat a name of its own.
pub(super) fn names(registry: &Registry) -> Result<BTreeMap<String, usize>> {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for (index, model) in registry.models.iter().enumerate() {
        let aliases = model.aliases.iter().map(|alias| ("aliases", alias));
        for (key, name) in [("id", &model.id), ("name", &model.name)].into_iter().chain(aliases) {
            if !name.is_ascii() {
                bail!("{}: `{key}`: `{name}` is not ASCII, which look-ups compare without case", model.place);
            }
            match names.insert(name.to_ascii_lowercase(), index) {
                // A display name such as `o1` may repeat the id.
                Some(known) if known == index && key == "name" => {}
                Some(known) => {
                    let other = registry.models.get(known).map_or("", |model| model.id.as_str());
                    bail!("{}: `{key}`: `{name}` already means {other}", model.place)
                }
                None => {}
            }
        }
    }
    Ok(names)
}

/// The name of a model's constant: its display name in capitals, `CLAUDE_OPUS_4_8`.
pub(super) fn constant(model: &Model) -> String {
    let capital = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' };
    model.name.chars().map(capital).collect()
}

fn constants(registry: &Registry) -> Result<()> {
    let mut constants: BTreeMap<String, &str> = BTreeMap::new();
    for model in &registry.models {
        let constant = constant(model);
        if !constant.starts_with(|letter: char| letter.is_ascii_uppercase()) {
            bail!("{}: `name`: `{}` does not start with a letter, as its constant must", model.place, model.name);
        }
        if let Some(other) = constants.insert(constant, &model.id) {
            bail!("{}: `name`: `{}` has the same constant as {other}", model.place, model.name);
        }
    }
    Ok(())
}

fn defaults(registry: &Registry) -> Result<()> {
    for modality in ["text", "image", "video", "speech"] {
        let of_modality = registry.models.iter().filter(|model| model.spec.modality() == modality);
        let defaults: Vec<&Model> = of_modality.filter(|model| model.default).collect();
        match defaults.as_slice() {
            [_] => {}
            [] => bail!("no {modality} model has `default = true`"),
            [_, second, ..] => bail!("{}: `default`: a second default for {modality}", second.place),
        }
    }
    Ok(())
}
