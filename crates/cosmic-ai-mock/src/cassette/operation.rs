//! Ids of operations differ at each run, so a cassette has a placeholder in their place.

use cosmic_ai_core::OperationId;
use serde_json::Value;

/// What every placeholder begins with. What people wrote of the same form is marked by [`LITERAL`].
const BEGINNING: &str = "{operation id";
/// Stands for the id of the call that the interaction belongs to.
const PLACEHOLDER: &str = "{operation id}";
/// Stands for [`BEGINNING`] itself.
const LITERAL: &str = "{operation id~";
/// Ids at least so long are found inside of longer texts too. Shorter ones are words that may be there by chance.
const UNMISTAKABLE: usize = 16;

/// Puts the placeholder in the place of `id`, wherever it is. `None` only marks what looks like a placeholder.
pub(super) fn hide(value: &mut Value, id: Option<&OperationId>) {
    each_text(value, &|text| {
        if id.is_some_and(|id| id.as_str() == text) {
            return Some(PLACEHOLDER.to_owned());
        }
        let marked = text.contains(BEGINNING).then(|| text.replace(BEGINNING, LITERAL));
        match id.map(OperationId::as_str).filter(|id| id.len() >= UNMISTAKABLE && text.contains(id)) {
            Some(id) => Some(marked.as_deref().unwrap_or(text).replace(id, PLACEHOLDER)),
            None => marked,
        }
    });
}

/// Puts `id` in the place of the placeholder. `None` leaves the placeholder as it is.
pub(super) fn show(value: &mut Value, id: Option<&OperationId>) {
    each_text(value, &|text| {
        let own = id.map_or(PLACEHOLDER, OperationId::as_str);
        text.contains(BEGINNING).then(|| text.replace(PLACEHOLDER, own).replace(LITERAL, BEGINNING))
    });
}

/// Has `change` look at each text within a value, keys apart.
pub(super) fn each_text(value: &mut Value, change: &impl Fn(&str) -> Option<String>) {
    match value {
        Value::String(text) => {
            if let Some(changed) = change(text) {
                *text = changed;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| each_text(value, change)),
        Value::Object(fields) => fields.values_mut().for_each(|value| each_text(value, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn there_and_back(id: &str, text: &str, hidden: &str) {
        let id: OperationId = id.parse().unwrap();
        let mut value = json!({ "deep": [text] });
        hide(&mut value, Some(&id));
        assert_eq!(value, json!({ "deep": [hidden] }));
        show(&mut value, Some(&id));
        assert_eq!(value, json!({ "deep": [text] }));
    }

    #[test]
    fn ids_are_hidden_and_shown_again() {
        there_and_back("job-1", "job-1", "{operation id}");
        there_and_back("job-1", "of job-1", "of job-1");
        there_and_back("0199aaaa-0199-7000", "see 0199aaaa-0199-7000.", "see {operation id}.");
    }

    #[test]
    fn what_looks_like_a_placeholder_comes_back_as_it_was() {
        there_and_back("job-1", "{operation id}", "{operation id~}");
        there_and_back("job-1", "{operation id~} {operation id", "{operation id~~} {operation id~");
        there_and_back("0199aaaa-0199-7000", "{operation id}0199aaaa-0199-7000", "{operation id~}{operation id}");
    }
}
