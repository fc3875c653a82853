//! Which steps are run, one after the other, and how each ended.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::steps::{STEPS, Step};
use crate::root::root;

pub(crate) struct Plan {
    steps: Vec<&'static Step>,
    keep_going: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Passed(Duration),
    Failed(Duration),
    NotRun,
}

impl Plan {
    /// Reads the words after `ci`. No step is every step but those that only run when they are named.
    ///
    /// # Errors
    ///
    /// What is wrong with a word, for the one who wrote it.
    pub(crate) fn parse(words: &[&str]) -> Result<Self, String> {
        let mut plan = Self { steps: Vec::new(), keep_going: false };
        for word in words {
            match STEPS.iter().find(|step| step.name == *word) {
                Some(step) => plan.steps.push(step),
                None if *word == "--keep-going" => plan.keep_going = true,
                None => return Err(format!("`ci` knows no step or option `{word}`")),
            }
        }
        if plan.steps.is_empty() {
            plan.steps = STEPS.iter().filter(|step| step.is_in_all).collect();
        }
        Ok(plan)
    }

    /// Runs the steps, each under a heading, and ends with a table of them.
    ///
    /// # Errors
    ///
    /// When a step failed.
    pub(crate) fn run(&self) -> Result<()> {
        let root = root()?;
        let mut endings: Vec<Ending> = Vec::new();
        for step in &self.steps {
            let has_failed = endings.iter().any(|ending| matches!(ending, Ending::Failed(_)));
            if has_failed && !self.keep_going {
                endings.push(Ending::NotRun);
                continue;
            }
            println!("\n=== {}: {}", step.name, step.about);
            let start = Instant::now();
            let outcome = (step.run)(&root);
            let took = start.elapsed();
            endings.push(if let Err(error) = outcome {
                println!("=== {} FAILED after {:.1} s: {error:#}", step.name, took.as_secs_f64());
                Ending::Failed(took)
            } else {
                println!("=== {} passed in {:.1} s", step.name, took.as_secs_f64());
                Ending::Passed(took)
            });
        }
        println!("\n{}", self.summary(&endings));
        self.verdict(&endings)
    }

    fn summary(&self, endings: &[Ending]) -> String {
        let line = |(step, ending): (&&Step, &Ending)| match ending {
            Ending::Passed(took) => format!("  {:<11}passed  {:>7.1} s\n", step.name, took.as_secs_f64()),
            Ending::Failed(took) => format!("  {:<11}FAILED  {:>7.1} s\n", step.name, took.as_secs_f64()),
            Ending::NotRun => format!("  {:<11}not run\n", step.name),
        };
        let lines: String = self.steps.iter().zip(endings).map(line).collect();
        format!("=== summary\n{lines}")
    }

    fn verdict(&self, endings: &[Ending]) -> Result<()> {
        let is_failed = |(_, ending): &(&&Step, &Ending)| matches!(ending, Ending::Failed(_));
        let failed: Vec<&str> = self.steps.iter().zip(endings).filter(is_failed).map(|(step, _)| step.name).collect();
        if failed.is_empty() {
            return Ok(());
        }
        let failed = failed.join(" ");
        bail!("failed: {failed}; run it alone with `cargo xtask ci {failed}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(plan: &Plan) -> Vec<&str> {
        plan.steps.iter().map(|step| step.name).collect()
    }

    #[test]
    fn no_word_is_every_step_but_those_that_measure_what_is_optimised() {
        let plan = Plan::parse(&[]).unwrap();
        assert_eq!(plan.steps.len(), STEPS.len() - 2);
        assert!(!names(&plan).contains(&"bench") && !names(&plan).contains(&"terminal"));
    }

    #[test]
    fn named_steps_are_run_in_the_order_they_are_named() {
        let plan = Plan::parse(&["test", "--keep-going", "fmt"]).unwrap();
        assert_eq!(names(&plan), ["test", "fmt"]);
        assert!(plan.keep_going);
    }

    #[test]
    fn an_unknown_word_is_refused() {
        assert_eq!(Plan::parse(&["tests"]).err().as_deref(), Some("`ci` knows no step or option `tests`"));
    }

    #[test]
    fn the_summary_and_the_verdict_name_what_failed() {
        let plan = Plan::parse(&["fmt", "test", "docs"]).unwrap();
        let second = Duration::from_secs(1);
        let endings = [Ending::Passed(second), Ending::Failed(second), Ending::NotRun];
        let summary = plan.summary(&endings);
        let words: Vec<Vec<&str>> = summary.lines().skip(1).map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(
            words,
            [vec!["fmt", "passed", "1.0", "s"], vec!["test", "FAILED", "1.0", "s"], vec!["docs", "not", "run"]]
        );
        let error = plan.verdict(&endings).unwrap_err().to_string();
        assert_eq!(error, "failed: test; run it alone with `cargo xtask ci test`");
        assert!(plan.verdict(&endings[..1]).is_ok());
    }
}
