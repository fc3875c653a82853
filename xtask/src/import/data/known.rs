//! What the data files state, in the form that a page's statements have.

use std::collections::BTreeSet;

use toml_edit::{Item, Table, TableLike};

use super::Data;
use crate::import::facts::{Facts, Key, Value};
use crate::import::reading::MODALITIES;
use crate::import::spelling::thousandths;

pub(in crate::import) struct Known {
    pub(in crate::import) facts: Facts,
    /// Makers of models.
    pub(in crate::import) providers: BTreeSet<String>,
    models: Vec<KnownModel>,
}

struct KnownModel {
    modality: &'static str,
    id: String,
    name: String,
    provider: String,
    is_listed: bool,
}

impl Known {
    pub(super) fn of(data: &Data) -> Self {
        let mut known = Self { facts: Facts::default(), providers: BTreeSet::new(), models: Vec::new() };
        for tier in data.rows("tier") {
            let subject = format!("tier/{}", text(tier, "name"));
            known.state(Key::whole(&subject), Value::text("listed"));
            let multiplier = tier.get("multiplier").and_then(|item| item.as_float().map(|many| many.to_string()));
            let multiplier = multiplier.or_else(|| tier.get("multiplier")?.as_integer().map(|many| many.to_string()));
            if let Some(many) = multiplier.and_then(|many| thousandths(&many)) {
                known.state(Key::new(&subject, "multiplier"), Value::Thousandths(many));
            }
        }
        for modality in MODALITIES {
            data.rows(modality).for_each(|row| known.model(modality, row));
        }
        // What a request without a quality asks for, wherever there is more than one.
        known.state(Key::new("image", "default_quality"), Value::text("standard"));
        for voice in data.rows("voice") {
            let subject = format!("voice/{}", text(voice, "name"));
            known.state(Key::whole(&subject), Value::text("listed"));
            known.state(Key::new(&subject, "group"), Value::text(text(voice, "group")));
        }
        known
    }

    fn state(&mut self, key: Key, value: Value) {
        self.facts.state(key, value, 0);
    }

    fn model(&mut self, modality: &'static str, row: &Table) {
        let (id, name) = (text(row, "id"), text(row, "name"));
        let subject = format!("{modality}/{id}");
        let is_listed = row.get("named_only").is_none();
        self.state(Key::whole(&subject), Value::text(if is_listed { "listed" } else { "named" }));
        self.state(Key::new(&subject, "name"), Value::text(&name));
        if is_listed {
            let provider = text(row, "provider");
            self.state(Key::new(&subject, "provider"), Value::text(&provider));
            self.state(Key::new(&subject, "recommended"), Value::Flag(flag(row, "recommended")));
            self.providers.insert(provider);
        }
        if flag(row, "default") {
            self.state(Key::new(modality, "default"), Value::text(&id));
        }
        for (field, value) in fields(modality, row) {
            self.state(Key::new(&subject, field), value);
        }
        self.models.push(KnownModel { modality, id, name, provider: text(row, "provider"), is_listed });
    }

    /// The text model of a display name.
    pub(in crate::import) fn text_by_name(&self, name: &str) -> Option<String> {
        let of_name = |model: &&KnownModel| model.modality == "text" && model.name.eq_ignore_ascii_case(name);
        self.models.iter().find(of_name).map(|model| format!("text/{}", model.id))
    }

    /// Who makes models of this kind that a page has listed.
    pub(in crate::import) fn listed_providers(&self, modality: &str) -> BTreeSet<&str> {
        let is_of = |model: &&KnownModel| model.modality == modality && model.is_listed;
        self.models.iter().filter(is_of).map(|model| model.provider.as_str()).collect()
    }
}

/// What is stated in the row of one model, by the fields of a page.
fn fields(modality: &str, row: &Table) -> Vec<(String, Value)> {
    let mut fields = Vec::new();
    let mut put = |field: String, value: Option<Value>| fields.extend(value.map(|value| (field, value)));
    let tokens = |table: &dyn TableLike, key: &str| table.get(key).and_then(price);
    match modality {
        "text" => {
            let tier = row.get("tier").and_then(|item| item.as_str().or_else(|| item.get("name")?.as_str()));
            put("tier".to_owned(), tier.map(|tier| unless_assumed(row.get("tier"), Value::text(tier))));
            put("context_window".to_owned(), row.get("context_window").and_then(figure).map(Value::Number));
        }
        "image" => {
            for key in ["sizes", "aspect_ratios"] {
                put(key.to_owned(), list(row, key));
            }
            let usual = || Value::List(vec!["standard".to_owned()]);
            put("qualities".to_owned(), list(row, "qualities").or_else(|| Some(usual())));
            put("default_size".to_owned(), word(row, "default_size"));
            for price in tables(row, "prices") {
                let field = format!("price/{}/{}", text(price, "size"), text(price, "quality"));
                put(field, tokens(price, "price"));
            }
        }
        "video" => {
            let durations: Vec<&dyn TableLike> = tables(row, "durations");
            let seconds =
                |table: &&dyn TableLike| table.get("duration").and_then(Item::as_integer).map(|many| many.to_string());
            put("durations".to_owned(), Some(Value::List(durations.iter().filter_map(seconds).collect())));
            for table in &durations {
                let field = format!("price/{}", seconds(table).unwrap_or_default());
                put(field, tokens(*table, "price"));
            }
            put("default_duration".to_owned(), row.get("default_duration").and_then(figure).map(Value::Number));
            put("resolutions".to_owned(), list(row, "resolutions"));
            put("default_resolution".to_owned(), word(row, "default_resolution"));
            let extension = |key: &str| row.get("extension").and_then(|table| table.get(key));
            put("extension/duration".to_owned(), extension("duration").and_then(figure).map(Value::Number));
            put("extension/resolution".to_owned(), extension("resolution").and_then(Item::as_str).map(Value::text));
            put("price/extension".to_owned(), extension("price").and_then(price));
            let time = |key: &str| row.get("generation_time").and_then(|table| table.get(key)?.as_integer());
            let time = time("least_seconds").zip(time("most_seconds"));
            put("generation_time".to_owned(), time.map(|(least, most)| Value::Text(format!("{least}-{most} s"))));
        }
        _ => {
            put("voices".to_owned(), list(row, "voices"));
            put("default_voice".to_owned(), word(row, "default_voice"));
            put("price_per_thousand".to_owned(), tokens(row, "price_per_thousand"));
            put("piece_characters".to_owned(), row.get("piece_characters").and_then(figure).map(Value::Number));
        }
    }
    if let Some(references) = row.get("reference_images") {
        let total = references.as_integer().or_else(|| references.get("total")?.as_integer());
        let parts = [
            ("total", total),
            ("objects", part(references, "objects")),
            ("characters", part(references, "characters")),
        ];
        for (name, many) in parts {
            let many = many.and_then(|many| u64::try_from(many).ok()).filter(|many| *many > 0);
            put(format!("reference_images/{name}"), many.map(Value::Number));
        }
    }
    fields
}

fn part(references: &Item, key: &str) -> Option<i64> {
    references.get(key)?.as_integer()
}

/// A number of tokens in its short or long form.
fn figure(item: &Item) -> Option<u64> {
    let number = item.as_integer().or_else(|| item.get("tokens")?.as_integer());
    number.and_then(|number| u64::try_from(number).ok())
}

fn price(item: &Item) -> Option<Value> {
    figure(item).map(|tokens| unless_assumed(Some(item), Value::Number(tokens)))
}

/// An assumption is never the same as what a page states, though the figure may be: it has become a fact.
fn unless_assumed(item: Option<&Item>, value: Value) -> Value {
    let is_assumed = item.is_some_and(|item| item.get("assumed").is_some());
    if is_assumed { Value::Text(format!("{value} (assumed)")) } else { value }
}

fn text(row: &dyn TableLike, key: &str) -> String {
    row.get(key).and_then(Item::as_str).unwrap_or_default().to_owned()
}

fn word(row: &Table, key: &str) -> Option<Value> {
    row.get(key).and_then(Item::as_str).map(Value::text)
}

fn flag(row: &Table, key: &str) -> bool {
    row.get(key).and_then(Item::as_bool).unwrap_or_default()
}

fn list(row: &Table, key: &str) -> Option<Value> {
    let list = row.get(key)?.as_array()?;
    Some(Value::List(list.iter().filter_map(toml_edit::Value::as_str).map(str::to_owned).collect()))
}

/// Tables in a list, whether they have headings or stand within it.
fn tables<'a>(row: &'a Table, key: &str) -> Vec<&'a dyn TableLike> {
    match row.get(key) {
        Some(Item::ArrayOfTables(tables)) => tables.iter().map(|table| table as &dyn TableLike).collect(),
        Some(Item::Value(list)) => {
            let tables = list.as_array().into_iter().flatten().filter_map(toml_edit::Value::as_inline_table);
            tables.map(|table| table as &dyn TableLike).collect()
        }
        _ => Vec::new(),
    }
}
