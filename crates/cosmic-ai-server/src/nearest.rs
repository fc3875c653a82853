//! The name that was meant by one that is not known.

/// How alike a name must be to be what was meant.
const ALIKE: f64 = 0.7;

/// Of the names that are known, the one that is most like what was given, if any is.
pub(crate) fn nearest<'n>(given: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(name, given), name))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, name)| name)
}
