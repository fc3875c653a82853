//! The rules in their order: which of them answers a call, and why none does.

use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cosmic_ai_core::RequestRef;

use super::answer::{Answer, Content, Fragments, Reply, Step};
use super::when::{Asked, When};

/// How much of a request a message shows, in characters.
const SHOWN_CHARACTERS: usize = 240;

/// A rule and how often it was used.
#[derive(Debug, Clone)]
struct Rule {
    when: When,
    answer: Answer,
    used: u64,
}

impl Rule {
    fn is_used_up(&self) -> bool {
        self.answer.limit().is_some_and(|limit| self.used >= limit)
    }

    /// Such as `text containing "mug" (used 1 of 2 times)`.
    fn state(&self) -> String {
        match self.answer.limit() {
            Some(limit) => format!("{} (used {} of {limit} times)", self.when, self.used),
            None => format!("{} (used {} times)", self.when, self.used),
        }
    }
}

/// The rules of a mock.
#[derive(Debug, Default)]
pub(crate) struct Script {
    book: Mutex<Book>,
}

#[derive(Debug, Clone, Default)]
struct Book {
    rules: Vec<Rule>,
    is_in_order: bool,
    is_strict: bool,
    /// The rule that was used last, where they are in order.
    place: usize,
    /// What was asked that no rule was for, where that is a failure.
    unmatched: Vec<String>,
}

impl Clone for Script {
    fn clone(&self) -> Self {
        Self { book: Mutex::new(self.book().clone()) }
    }
}

impl Script {
    pub(crate) fn add(&self, when: When, answer: Answer) {
        self.book().rules.push(Rule { when, answer, used: 0 });
    }

    pub(crate) fn set_in_order(&self) {
        self.book().is_in_order = true;
    }

    pub(crate) fn set_strict(&self) {
        self.book().is_strict = true;
    }

    /// The answer to a call: that of the rule for it, or else the generated one.
    ///
    /// # Errors
    /// Where every call must have its rule, and this one has none: why not.
    pub(crate) fn answer(&self, asked: &Asked<'_>) -> Result<Step, String> {
        let mut book = self.book();
        match book.choose(asked) {
            Some(step) => Ok(step),
            None if book.is_strict => {
                let message = book.explain(asked);
                book.unmatched.push(message.clone());
                Err(message)
            }
            None => Ok(Step {
                reply: Reply::Content(Content::Generated),
                delay: None,
                fragments: Fragments::Usual,
                usage: None,
            }),
        }
    }

    /// What is wrong with how the rules were used, a line each; empty if nothing is.
    pub(crate) fn unmet(&self) -> Vec<String> {
        let book = self.book();
        let unused = book.rules.iter().zip(1..).filter(|(rule, _)| match rule.answer.limit() {
            Some(limit) => rule.used < limit,
            None => rule.used == 0,
        });
        let unused = unused.map(|(rule, number)| format!("rule {number} was not used up: {}", rule.state()));
        unused.chain(book.unmatched.iter().cloned()).collect()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // A predicate that panics changes nothing.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn choose(&mut self, asked: &Asked<'_>) -> Option<Step> {
        let from = if self.is_in_order { self.place } else { 0 };
        for (place, rule) in self.rules.iter_mut().enumerate().skip(from) {
            if rule.is_used_up() {
                continue;
            }
            if rule.when.matches(asked) {
                let step = rule.answer.step(rule.used).cloned();
                rule.used += 1;
                self.place = place;
                return step;
            }
            // In order, what is counted must be used up first; what is not is over when the next has its turn.
            if self.is_in_order && rule.answer.limit().is_some() {
                return None;
            }
        }
        None
    }

    /// The call, the rule that is nearest to it, and why that did not answer.
    fn explain(&self, asked: &Asked<'_>) -> String {
        let mut message = format!("no rule for the call {}", shown(asked.request));
        let mut nearest: Option<(usize, String)> = None;
        let mut turn: Option<usize> = None;
        for (place, rule) in self.rules.iter().enumerate() {
            let mut reasons = Vec::new();
            if rule.is_used_up() {
                reasons.push("it is used up".to_owned());
            } else if self.is_in_order {
                if let Some(first) = turn {
                    reasons.push(format!("rule {} comes first", first + 1));
                } else if place < self.place {
                    reasons.push(format!("rule {} was used already", self.place + 1));
                } else if rule.answer.limit().is_some() {
                    turn = Some(place);
                }
            }
            let misses = rule.when.misses(asked);
            // A rule for the call whose turn it is not is nearer than one that is not for it.
            let distance = 2 * misses.len() + reasons.len();
            reasons.extend(misses);
            if nearest.as_ref().is_none_or(|(least, _)| distance < *least) {
                let text = format!("rule {}, {}: {}", place + 1, rule.state(), reasons.join("; "));
                nearest = Some((distance, text));
            }
        }
        // Writing to a String cannot fail.
        let _ = match nearest {
            Some((_, nearest)) => write!(message, "; nearest is {nearest}"),
            None => write!(message, "; there are no rules"),
        };
        message
    }
}

/// A request as messages show it: its kind and its JSON, cut where it is long.
pub(crate) fn shown(request: RequestRef<'_>) -> String {
    let body = match request {
        RequestRef::Text(request) => serde_json::to_string(request),
        RequestRef::Image(request) => serde_json::to_string(request),
        RequestRef::Video(request) => serde_json::to_string(request),
        RequestRef::Extend(request) => serde_json::to_string(request),
        RequestRef::Speech(request) => serde_json::to_string(request),
        _ => return request.to_string(),
    };
    let body = body.unwrap_or_default();
    match body.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{request} {}…", body.get(..end).unwrap_or_default()),
        None => format!("{request} {body}"),
    }
}
