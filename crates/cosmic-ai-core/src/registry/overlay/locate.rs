//! Where in a TOML document a key stands: what turns an error into file, line and key.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// Every key of a document with the bytes it spans, parents before children.
pub(super) struct Locations<'t> {
    toml: &'t str,
    keys: Vec<(String, Range<usize>)>,
    /// What is no list at the top, with where it starts.
    singles: Vec<(String, usize)>,
}

impl<'t> Locations<'t> {
    /// The keys of `toml`.
    ///
    /// # Errors
    /// The parser's, if it is no TOML.
    pub(super) fn of(toml: &'t str) -> Result<Self, toml::de::Error> {
        let document = DeTable::parse(toml)?;
        let mut keys = Vec::new();
        collect_table("", document.get_ref(), &mut keys);
        let top = document.get_ref().iter().filter(|(_, value)| !matches!(value.get_ref(), DeValue::Array(_)));
        let singles = top.map(|(key, _)| (key.get_ref().to_string(), key.span().start)).collect();
        Ok(Self { toml, keys, singles })
    }

    /// The first of these sections that is no list, as if there could be but one row of it.
    pub(super) fn single(&self, sections: &[&'static str]) -> Option<(usize, &'static str)> {
        let single = |section: &&'static str| self.singles.iter().find(|(name, _)| name == *section);
        sections.iter().find_map(|section| single(section).map(|(_, start)| (line_at(self.toml, *start), *section)))
    }

    /// Line and key of what stands at `offset`: the innermost key that spans it.
    pub(super) fn at(&self, offset: usize) -> (usize, String) {
        let spans = |span: &Range<usize>| span.start <= offset && offset <= span.end;
        // Of keys with the same span, as of a list and its only row, the later one is the inner one.
        let inner_first = self.keys.iter().rev();
        let innermost = inner_first.filter(|(_, span)| spans(span)).min_by_key(|(_, span)| span.end - span.start);
        let key = innermost.map_or("(document)", |(key, _)| key);
        (line_at(self.toml, offset), key.to_owned())
    }

    /// The line of `key`, or of the nearest parent that is in the document.
    pub(super) fn line_of(&self, key: &str) -> usize {
        let holds =
            |known: &str| key.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        let nearest = self.keys.iter().filter(|(known, _)| holds(known)).max_by_key(|(known, _)| known.len());
        nearest.map_or(1, |(_, span)| line_at(self.toml, span.start))
    }
}

/// The line, counted from 1, that `offset` is in.
pub(super) fn line_at(toml: &str, offset: usize) -> usize {
    toml.bytes().take(offset).filter(|&byte| byte == b'\n').count() + 1
}

fn collect_table(parent: &str, table: &DeTable<'_>, keys: &mut Vec<(String, Range<usize>)>) {
    for (key, value) in table {
        let path = if parent.is_empty() { key.get_ref().to_string() } else { format!("{parent}.{}", key.get_ref()) };
        // An array of tables spans its rows, not the header of the first, so only rows themselves are taken from it.
        let own = if matches!(value.get_ref(), DeValue::Array(_)) {
            value.span()
        } else {
            key.span().start..value.span().end
        };
        keys.push((path.clone(), own));
        collect_value(&path, value.get_ref(), keys);
    }
}

fn collect_value(path: &str, value: &DeValue<'_>, keys: &mut Vec<(String, Range<usize>)>) {
    match value {
        DeValue::Table(table) => collect_table(path, table, keys),
        DeValue::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                let path = format!("{path}[{place}]");
                keys.push((path.clone(), item.span()));
                collect_value(&path, item.get_ref(), keys);
            }
        }
        _ => {}
    }
}
