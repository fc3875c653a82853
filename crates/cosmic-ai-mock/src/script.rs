//! What the mock is told to answer: rules of a [`When`] and an [`Answer`] each.

mod answer;
mod rule;
mod rules;
mod when;

pub use self::answer::Answer;
pub(crate) use self::answer::{Content, Fragments, Medium, Reply, Step};
pub(crate) use self::rule::Use;
pub(crate) use self::rules::{Script, shown};
pub use self::when::When;
pub(crate) use self::when::{Asked, texts};
