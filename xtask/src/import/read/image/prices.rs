//! Which image costs what, and which of them the page leaves open.

use crate::import::facts::{Key, Value};
use crate::import::reading::{Listed, Reading};
use crate::import::spelling::grouped;

/// The least of the prices that rows state of a model: whatever has none is decided about by it.
fn least(model: &Listed, reading: &Reading) -> Option<u64> {
    let of_model =
        reading.facts.iter().filter(|(key, _)| key.subject == model.subject() && key.field.starts_with("price/"));
    let numbers = of_model.flat_map(|(_, all)| all).filter_map(|one| match one.value {
        Value::Number(tokens) => Some(tokens),
        _ => None,
    });
    numbers.min()
}

/// A price without a size is that of the default one; what has none of its own is left open by the page.
pub(super) fn read(model: &Listed, reading: &mut Reading) {
    let list = |reading: &Reading, field: &str| match reading.facts.value(&model.key(field)) {
        Some(Value::List(list)) => list.clone(),
        _ => Vec::new(),
    };
    let (sizes, qualities) = (list(reading, "sizes"), list(reading, "qualities"));
    let default = reading.facts.value(&model.key("default_size")).map(ToString::to_string).unwrap_or_default();
    let flat = reading.facts.take(&model.key("price"));
    let mut only = None;
    for statement in flat {
        if let Value::Number(tokens) = &statement.value {
            only = Some(format!("no price of its own; the one of the model is {}", grouped(*tokens, ',')));
        }
        reading.state(model.key(format!("price/{default}/standard")), statement.value, statement.line);
    }
    // A row such as `1K/2K` is of models that make only one of them as well.
    let priced =
        reading.facts.iter().filter(|(key, _)| key.subject == model.subject() && key.field.starts_with("price/"));
    let is_made = |field: &str| field.split('/').nth(1).is_some_and(|size| sizes.iter().any(|made| made == size));
    let others: Vec<Key> = priced.filter(|(key, _)| !is_made(&key.field)).map(|(key, _)| key.clone()).collect();
    for key in others {
        reading.facts.take(&key);
    }
    let least = least(model, reading).map_or_else(
        || "no price of its own".to_owned(),
        |least| format!("no price of its own; the least of the model is {}", grouped(least, ',')),
    );
    let open = only.unwrap_or(least);
    for quality in &qualities {
        for size in &sizes {
            let key = model.key(format!("price/{size}/{quality}"));
            if reading.facts.value(&key).is_none() {
                reading.contradict(key, open.clone(), &[model.line]);
            }
        }
    }
}
