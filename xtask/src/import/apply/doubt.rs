//! Figures that are likely to be misread, so that a person has to look at the page first.

use super::Order;
use crate::import::facts::{Facts, Key, Value};
use crate::import::report::Item;
use crate::import::spelling::{number, thousandths};

/// By how many times a price or a multiplier may change without being asked about.
const MOST: u64 = 3;

/// Why someone should look before a change is written.
pub(super) fn about(item: &Item, order: &Order<'_>) -> Option<String> {
    of_others(item, order).or_else(|| far_off(item, &order.reading.facts))
}

/// A row that prices models whose prices differed: the row of one of them may be gone, and this one is not meant for it.
fn of_others(item: &Item, order: &Order<'_>) -> Option<String> {
    let field = item.key.field.as_str();
    let before = order.known.facts.value(&item.key)?;
    let rows = item.lines.iter().filter_map(|line| order.reading.sharing.get(line)).flatten();
    let differs = |other: &&String| {
        let price = order.known.facts.value(&Key::new(other.as_str(), field));
        price.is_some_and(|price| !price.is_same(before))
    };
    let other = rows.filter(|_| field.starts_with("price")).find(differs)?;
    Some(format!("its row is also of {other}, whose price was another: look at the page, then `--accept {}`", item.key))
}

fn far_off(item: &Item, stated: &Facts) -> Option<String> {
    let field = item.key.field.as_str();
    let known = item.registry.as_deref()?.trim_end_matches(" (assumed)");
    let (before, after) = match item.value.as_ref()? {
        Value::Number(after) => (number(known), *after),
        Value::Thousandths(after) => (thousandths(known), *after),
        // What a model costs is what its tier does.
        Value::Text(tier) if field == "tier" => (multiplier(known, stated), multiplier(tier, stated)?),
        Value::Flag(_) | Value::Text(_) | Value::List(_) => return None,
    };
    let (before, page) = (before?, &item.page);
    let is_price = field.starts_with("price") || matches!(field, "multiplier" | "tier");
    if is_price && (after > before.saturating_mul(MOST) || before > after.saturating_mul(MOST)) {
        let key = &item.key;
        return Some(format!(
            "{known} and {page} are more than {MOST} times apart: look at the page, then `--accept {key}`"
        ));
    }
    let is_less = field == "context_window" && after < before;
    is_less.then(|| format!("{page} is less than {known}: look at the page, then `--accept {}`", item.key))
}

fn multiplier(tier: &str, stated: &Facts) -> Option<u64> {
    match stated.value(&Key::new(format!("tier/{tier}"), "multiplier"))? {
        Value::Thousandths(many) => Some(*many),
        Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => None,
    }
}
