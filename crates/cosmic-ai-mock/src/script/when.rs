//! Which calls a rule or a fault is for.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use cosmic_ai_core::{ModelId, Registry, RequestRef};
use regex_lite::Regex;

/// Which calls are meant. Conditions add up.
///
/// Conditions on the prompt of a chat hold if one of its messages meets them.
///
/// ```
/// use cosmic_ai_core::RequestRef;
/// use cosmic_ai_mock::When;
///
/// let when = When::text().containing("mug").that("is bounded", |request: RequestRef<'_>| match request {
///     RequestRef::Text(text) => text.max_tokens.is_some(),
///     _ => false,
/// });
/// assert_eq!(when.to_string(), r#"text containing "mug", that is bounded"#);
/// ```
#[derive(Clone)]
#[must_use]
pub struct When {
    /// The call's name as [`RequestRef`] displays it; `None` is any.
    kind: Option<&'static str>,
    conditions: Vec<Condition>,
}

/// Why a condition does not hold.
type Judge = dyn Fn(&Asked<'_>) -> Result<(), String> + Send + Sync;

#[derive(Clone)]
struct Condition {
    /// As it follows the kind of call, such as `containing "mug"`.
    text: String,
    judge: Arc<Judge>,
}

/// What a call is judged by.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) request: RequestRef<'a>,
    pub(crate) labels: &'a BTreeMap<String, String>,
    pub(crate) registry: &'a Registry,
}

impl When {
    const fn kind(kind: Option<&'static str>) -> Self {
        Self { kind, conditions: Vec::new() }
    }

    /// Every call.
    pub const fn any() -> Self {
        Self::kind(None)
    }

    /// Texts, whole and streamed.
    pub const fn text() -> Self {
        Self::kind(Some("text"))
    }

    /// Images.
    pub const fn image() -> Self {
        Self::kind(Some("image"))
    }

    /// Clips, but not extensions of clips.
    pub const fn video() -> Self {
        Self::kind(Some("video"))
    }

    /// Extensions of clips.
    pub const fn extend() -> Self {
        Self::kind(Some("extend"))
    }

    /// Speech.
    pub const fn speech() -> Self {
        Self::kind(Some("speech"))
    }

    /// Only calls of a model, by id, alias or display name; calls that name none are of their modality's default.
    pub fn with_model(self, model: impl Into<ModelId>) -> Self {
        let model = model.into();
        self.on(format!("with model {model}"), move |asked| {
            let meant = asked.registry.find(model.as_str()).map_or(&model, |model| &model.id);
            let default = || asked.registry.default_model(asked.request.modality()).map(|model| &model.id);
            match asked.request.model().or_else(default) {
                Some(actual) if actual == meant => Ok(()),
                Some(actual) => Err(format!("its model is {actual}")),
                None => Err("it has no model".to_owned()),
            }
        })
    }

    /// Only calls of exactly this prompt.
    pub fn with_prompt(self, prompt: impl Into<String>) -> Self {
        let prompt = prompt.into();
        self.on_prompt(format!("with prompt {prompt:?}"), "is another", move |text| text == prompt)
    }

    /// Only calls whose prompt contains this, letter for letter.
    pub fn containing(self, part: impl Into<String>) -> Self {
        let part = part.into();
        let problem = format!("does not contain {part:?}");
        self.on_prompt(format!("containing {part:?}"), problem, move |text| text.contains(&part))
    }

    /// Only calls whose prompt matches a regular expression somewhere, in the syntax of
    /// [`regex-lite`](https://docs.rs/regex-lite).
    ///
    /// # Panics
    /// If the pattern is not a regular expression: a mistake in a test is told where it was made.
    #[track_caller]
    #[expect(clippy::panic, reason = "a wrong pattern that never matches would hide a test's mistake")]
    pub fn matching(self, pattern: &str) -> Self {
        let regex = match Regex::new(pattern) {
            Ok(regex) => regex,
            Err(error) => panic!("`{pattern}` is not a regular expression: {error}"),
        };
        let problem = format!("does not match /{pattern}/");
        self.on_prompt(format!("matching /{pattern}/"), problem, move |text| regex.is_match(text))
    }

    /// Only calls with a label.
    pub fn labelled(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        self.on(format!("labelled {name}={value}"), move |asked| match asked.labels.get(&name) {
            Some(actual) if *actual == value => Ok(()),
            Some(actual) => Err(format!("its label {name} is {actual:?}")),
            None => Err(format!("it has no label {name}")),
        })
    }

    /// Only calls that a function holds for; `description` is what they then are, such as `is short`. The function runs
    /// while rules are looked through and must not use the mock.
    pub fn that(
        self,
        description: impl Into<String>,
        holds: impl Fn(RequestRef<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        let description = description.into();
        self.on(format!("that {description}"), move |asked| {
            if holds(asked.request) { Ok(()) } else { Err(format!("not so: {description}")) }
        })
    }

    fn on(mut self, text: String, judge: impl Fn(&Asked<'_>) -> Result<(), String> + Send + Sync + 'static) -> Self {
        self.conditions.push(Condition { text, judge: Arc::new(judge) });
        self
    }

    fn on_prompt(
        self,
        text: String,
        problem: impl Into<String>,
        holds: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        let problem = problem.into();
        self.on(text, move |asked| {
            let met = texts(asked.request).into_iter().any(&holds);
            if met { Ok(()) } else { Err(format!("its prompt {problem}")) }
        })
    }

    /// Whether a call is meant.
    pub(crate) fn matches(&self, asked: &Asked<'_>) -> bool {
        self.is_of_kind(asked) && self.conditions.iter().all(|condition| (condition.judge)(asked).is_ok())
    }

    /// Why a call is not meant; empty if it is.
    pub(crate) fn misses(&self, asked: &Asked<'_>) -> Vec<String> {
        let kind = (!self.is_of_kind(asked)).then(|| format!("the call is of {}", asked.request));
        kind.into_iter().chain(self.conditions.iter().filter_map(|one| (one.judge)(asked).err())).collect()
    }

    fn is_of_kind(&self, asked: &Asked<'_>) -> bool {
        self.kind.is_none_or(|kind| kind == kind_of(asked.request))
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.unwrap_or("any call"))?;
        for (place, condition) in self.conditions.iter().enumerate() {
            f.write_str(if place == 0 { " " } else { ", " })?;
            f.write_str(&condition.text)?;
        }
        Ok(())
    }
}

impl fmt::Debug for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "When({self})")
    }
}

/// The name of a call, as [`RequestRef`] displays it.
fn kind_of(request: RequestRef<'_>) -> &'static str {
    match request {
        RequestRef::Extend(_) => "extend",
        other => other.modality().as_str(),
    }
}

/// The prompts of a request: several of a chat.
pub(crate) fn texts(request: RequestRef<'_>) -> Vec<&str> {
    match request {
        RequestRef::Text(request) => request.texts().collect(),
        RequestRef::Image(request) => vec![&request.prompt],
        RequestRef::Video(request) => vec![&request.prompt],
        RequestRef::Extend(request) => vec![&request.prompt],
        RequestRef::Speech(request) => vec![&request.prompt],
        _ => Vec::new(),
    }
}
