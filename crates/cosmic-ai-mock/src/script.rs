//! What the mock is told to answer: rules of a [`When`] and an [`Answer`] each.

mod answer;
mod rule;
mod rules;
mod step;
mod when;

pub use self::answer::Answer;
pub(crate) use self::rule::Use;
pub(crate) use self::rules::{Script, shown};
pub(crate) use self::step::{Content, Fragments, Medium, Reply, Step};
pub use self::when::When;
pub(crate) use self::when::{Asked, texts};
