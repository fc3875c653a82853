//! JSON as people review it: keys in one order on every machine, one line for each event of a stream.

use std::fmt::Write as _;

use serde_json::Value;

/// The keys of an interaction, in reading order. All others are sorted by name, because the order of a JSON object depends
/// on the features that other crates give `serde_json`.
const READING_ORDER: [&str; 7] = ["kind", "request", "answer", "error", "events", "dropped", "file"];
/// What each level is indented by.
const INDENT: &str = "  ";

/// How a value is laid out.
#[derive(Clone, Copy)]
enum Layout {
    /// Over several lines, this many levels deep.
    Lines(usize),
    /// The elements of the outermost list on a line each.
    Events(usize),
    /// On one line.
    Line,
}

/// An interaction, `depth` levels deep.
pub(super) fn interaction(value: &Value, depth: usize) -> String {
    let mut text = INDENT.repeat(depth);
    write_object(value, &READING_ORDER, Layout::Lines(depth), &mut text);
    text
}

/// Any other value, `depth` levels deep; its first line is not indented.
pub(super) fn value(value: &Value, depth: usize) -> String {
    let mut text = String::new();
    write(value, Layout::Lines(depth), &mut text);
    text
}

fn write(value: &Value, layout: Layout, out: &mut String) {
    match value {
        Value::Object(_) => write_object(value, &[], layout, out),
        Value::Array(values) => write_list(values, layout, out),
        other => {
            // Writing to a String cannot fail.
            let _ = write!(out, "{other}");
        }
    }
}

fn write_object(value: &Value, first: &[&str], layout: Layout, out: &mut String) {
    let mut fields: Vec<(&String, &Value)> = value.as_object().into_iter().flatten().collect();
    if fields.is_empty() {
        return out.push_str("{}");
    }
    let rank = |key: &str| first.iter().position(|known| *known == key).unwrap_or(first.len());
    fields.sort_by_key(|(key, _)| (rank(key), *key));
    out.push('{');
    for (place, (key, value)) in fields.into_iter().enumerate() {
        separate(place, layout, " ", out);
        let _ = write!(out, "{}: ", Value::from(key.as_str()));
        let inner = match layout {
            Layout::Lines(depth) if !first.is_empty() && key == "events" => Layout::Events(depth + 1),
            Layout::Lines(depth) | Layout::Events(depth) => Layout::Lines(depth + 1),
            Layout::Line => Layout::Line,
        };
        write(value, inner, out);
    }
    end(layout, " ", out);
    out.push('}');
}

fn write_list(values: &[Value], layout: Layout, out: &mut String) {
    if values.is_empty() {
        return out.push_str("[]");
    }
    out.push('[');
    for (place, value) in values.iter().enumerate() {
        separate(place, layout, "", out);
        let inner = match layout {
            Layout::Lines(depth) => Layout::Lines(depth + 1),
            Layout::Events(_) | Layout::Line => Layout::Line,
        };
        write(value, inner, out);
    }
    end(layout, "", out);
    out.push(']');
}

fn separate(place: usize, layout: Layout, space: &str, out: &mut String) {
    match layout {
        Layout::Lines(depth) | Layout::Events(depth) => {
            out.push_str(if place > 0 { ",\n" } else { "\n" });
            out.push_str(&INDENT.repeat(depth + 1));
        }
        Layout::Line => out.push_str(if place > 0 { ", " } else { space }),
    }
}

fn end(layout: Layout, space: &str, out: &mut String) {
    match layout {
        Layout::Lines(depth) | Layout::Events(depth) => {
            out.push('\n');
            out.push_str(&INDENT.repeat(depth));
        }
        Layout::Line => out.push_str(space),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_interaction_reads_from_top_to_bottom() {
        let events = json!([{ "delta": "Hel", "after_ms": 3 }, { "end": { "b": [1, 2], "a": {} } }]);
        let stream = json!({ "events": events, "request": { "prompt": "a\nb" }, "kind": "stream" });
        let expected = r#"  {
    "kind": "stream",
    "request": {
      "prompt": "a\nb"
    },
    "events": [
      { "after_ms": 3, "delta": "Hel" },
      { "end": { "a": {}, "b": [1, 2] } }
    ]
  }"#;
        assert_eq!(interaction(&stream, 1), expected);
        assert_eq!(serde_json::from_str::<Value>(expected).unwrap(), stream);
    }
}
