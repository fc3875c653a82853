//! Bars for what takes minutes.

use std::time::Duration;

use cosmic_ai::registry::GenerationTime;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::task::JoinHandle;

use super::Output;

/// How often a bar is drawn anew.
const TICK: Duration = Duration::from_millis(200);

/// A bar on the terminal; nothing where there is none. Gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Bar {
    bar: ProgressBar,
    clock: Option<JoinHandle<()>>,
}

impl Bar {
    /// A bar that fills as the usual time passes.
    pub(crate) fn of_time(output: Output, what: &str, usual: Option<&GenerationTime>) -> Self {
        if !output.has_bars() {
            return Self { bar: ProgressBar::hidden(), clock: None };
        }
        let template = "{spinner} {msg} {elapsed} {prefix}{bar:24}";
        let bar = ProgressBar::new(u64::from(usual.map_or(1, |usual| usual.most_seconds)));
        match usual {
            Some(GenerationTime { least_seconds, most_seconds }) => {
                // A new style would forget a prefix that was set before.
                bar.set_style(style(template));
                bar.set_prefix(format!("(usually {least_seconds} to {most_seconds} s) "));
            }
            None => bar.set_style(style("{spinner} {msg} {elapsed}")),
        }
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(TICK);
        let ticking = bar.clone();
        let clock = tokio::spawn(async move {
            loop {
                tokio::time::sleep(TICK).await;
                // A bar that is full says that it takes longer than usual, not that it is done.
                ticking.set_position(ticking.elapsed().as_secs().min(ticking.length().unwrap_or(1)));
            }
        });
        Self { bar, clock: Some(clock) }
    }

    /// A bar that counts.
    pub(crate) fn of_count(output: Output, count: u64) -> Self {
        if !output.has_bars() {
            return Self { bar: ProgressBar::hidden(), clock: None };
        }
        let bar = ProgressBar::new(count);
        bar.set_style(style("{spinner} {pos}/{len} {bar:24} {elapsed} {msg}"));
        bar.enable_steady_tick(TICK);
        Self { bar, clock: None }
    }

    /// One more is done.
    pub(crate) fn advance(&self, message: String) {
        self.bar.set_message(message);
        self.bar.inc(1);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(clock) = &self.clock {
            clock.abort();
        }
        self.bar.finish_and_clear();
    }
}

/// A template that is written here is sound; were it not, the usual bar is shown.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
