//! The rules in their order: which of them answers a call, and why none does.

use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cosmic_ai_core::RequestRef;

use super::answer::Answer;
use super::rule::{Rule, Use};
use super::step::{Content, Fragments, Reply, Step};
use super::when::{Asked, When};

/// How much of a request a message shows, in characters.
const SHOWN_CHARACTERS: usize = 240;
/// Of how many calls without an answer it is kept what was asked.
const KEPT_MESSAGES: usize = 100;

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
    /// The calls that failed for want of an answer: no rule was for them where that is a failure, or one answered that
    /// does not suit them.
    unmatched: Unmatched,
}

/// What was said of calls without an answer: of the first, so that a mock which serves for days does not grow.
#[derive(Debug, Clone, Default)]
struct Unmatched {
    first: Vec<String>,
    further: u64,
}

impl Unmatched {
    fn push(&mut self, message: String) {
        if self.first.len() < KEPT_MESSAGES {
            self.first.push(message);
        } else {
            self.further += 1;
        }
    }
}

impl Clone for Script {
    fn clone(&self) -> Self {
        Self { book: Mutex::new(self.book().clone()) }
    }
}

impl Script {
    pub(crate) fn add(&self, when: When, answer: Answer) {
        self.book().rules.push(Rule::new(when, answer));
    }

    pub(crate) fn set_in_order(&self) {
        self.book().is_in_order = true;
    }

    pub(crate) fn set_strict(&self) {
        self.book().is_strict = true;
    }

    /// The answer to a call: that of the rule for it, with its use, or else the generated one.
    ///
    /// # Errors
    /// Where every call must have its rule, and this one has none: why not.
    pub(crate) fn answer(&self, asked: &Asked<'_>) -> Result<(Step, Option<Use>), String> {
        let mut book = self.book();
        match book.choose(asked) {
            Some((step, used)) => Ok((step, Some(used))),
            None if book.is_strict => {
                let message = book.explain(asked);
                book.unmatched.push(message.clone());
                Err(message)
            }
            None => {
                let reply = Reply::Content(Content::Generated);
                Ok((Step { reply, delay: None, fragments: Fragments::Usual, usage: None }, None))
            }
        }
    }

    /// A call got nothing by the rule that it used: the rule is as it was before.
    pub(crate) fn give_back(&self, used: Option<Use>) {
        let Some(Use { place, count, before }) = used else { return };
        let mut book = self.book();
        if let Some(rule) = book.rules.get_mut(place) {
            rule.give_back(count);
        }
        if book.place == place {
            book.place = before;
        }
    }

    /// A rule answered what does not suit its call.
    pub(crate) fn misfit(&self, used: Option<Use>, message: &str) {
        self.give_back(used);
        self.book().unmatched.push(message.to_owned());
    }

    /// What is wrong with how the rules were used, a line each; empty if nothing is.
    pub(crate) fn unmet(&self) -> Vec<String> {
        let book = self.book();
        let unused = book.rules.iter().zip(1..).filter(|(rule, _)| rule.is_unmet());
        let unused = unused.map(|(rule, number)| format!("rule {number} was not used up: {}", rule.state()));
        let further = match book.unmatched.further {
            0 => None,
            further => Some(format!("and {further} further calls without an answer")),
        };
        unused.chain(book.unmatched.first.iter().cloned()).chain(further).collect()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // A predicate that panics changes nothing.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn choose(&mut self, asked: &Asked<'_>) -> Option<(Step, Use)> {
        let from = if self.is_in_order { self.place } else { 0 };
        for (place, rule) in self.rules.iter_mut().enumerate().skip(from) {
            if rule.is_used_up() {
                continue;
            }
            if rule.when.matches(asked) {
                let (count, step) = rule.take()?;
                let before = std::mem::replace(&mut self.place, place);
                return Some((step, Use { place, count, before }));
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
