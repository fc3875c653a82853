//! JSON pointers with a wildcard.

use serde_json::Value;

/// Whether it points to a field; if not, why, and what would.
pub(super) fn check(pointer: &str) -> Result<(), String> {
    if pointer.trim_matches('/').is_empty() {
        return Err(format!("{pointer:?} points to no field: name one, such as \"/prompt\""));
    }
    if !pointer.starts_with('/') {
        // As of JSONPath or a URL's fragment, which people mistake it for.
        let right = pointer.trim_start_matches(['$', '#', '.', '/']).replace('.', "/");
        return Err(format!("{pointer:?} is no JSON pointer: write \"/{right}\""));
    }
    if pointer.split('~').skip(1).any(|rest| !rest.starts_with(['0', '1'])) {
        let right = pointer.replace('~', "~0");
        return Err(format!("{pointer:?} is no JSON pointer: `~` is written `~0` there, as in {right:?}"));
    }
    Ok(())
}

/// Does something with each value that a pointer points to. One that [`check`] refuses points to nothing.
pub(super) fn at(value: &mut Value, pointer: &str, change: &mut impl FnMut(&mut Value)) {
    if let Some(rest) = pointer.strip_prefix('/') {
        within(value, rest, change);
    }
}

fn within(value: &mut Value, path: &str, change: &mut impl FnMut(&mut Value)) {
    let (key, rest) = path.split_once('/').map_or((path, None), |(key, rest)| (key, Some(rest)));
    let mut go = |value: &mut Value| match rest {
        Some(rest) => within(value, rest, change),
        None => change(value),
    };
    let name = key.replace("~1", "/").replace("~0", "~");
    match value {
        Value::Object(fields) if key == "*" => fields.values_mut().for_each(go),
        Value::Object(fields) => fields.get_mut(&name).into_iter().for_each(go),
        Value::Array(values) if key == "*" => values.iter_mut().for_each(go),
        Value::Array(values) => {
            let place: Option<usize> = name.parse().ok();
            if let Some(value) = place.and_then(|place| values.get_mut(place)) {
                go(value);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_pointer_that_is_none_is_refused_with_the_right_one() {
        for (wrong, right) in [
            ("prompt", "\"/prompt\""),
            ("$.media.name", "\"/media/name\""),
            ("#/prompt", "\"/prompt\""),
            ("", "name one"),
            ("/", "name one"),
            ("/a~b", "\"/a~0b\""),
        ] {
            let message = check(wrong).unwrap_err();
            assert!(message.contains(right) && message.contains(&format!("{wrong:?}")), "{message}");
        }
        for right in ["/prompt", "/messages/*/content", "/a~0b~1c"] {
            check(right).unwrap();
        }
    }

    #[test]
    fn a_pointer_that_is_none_points_to_nothing() {
        let mut value = json!({ "prompt": "A", "list": [{ "a/b": 1 }] });
        let before = value.clone();
        for pointer in ["prompt", "", "/list/9", "/list/x", "/prompt/deeper"] {
            at(&mut value, pointer, &mut |value| *value = Value::Null);
        }
        assert_eq!(value, before);
        at(&mut value, "/list/*/a~1b", &mut |value| *value = Value::Null);
        assert_eq!(value, json!({ "prompt": "A", "list": [{ "a/b": null }] }));
    }
}
