//! Runs a target on its samples and on as many inputs made of them as are asked for.

use std::cell::RefCell;
use std::panic;
use std::sync::Once;

use anyhow::Result;
use base::clock::Stopwatch;

use crate::mutate::Mutator;
use crate::{Target, corpus};

thread_local! {
    /// What this thread is trying, so that it can be kept when it fails.
    static TRYING: RefCell<Option<(&'static str, Vec<u8>)>> = const { RefCell::new(None) };
}

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Until {
    /// After so many inputs.
    Executions(usize),
    /// After so many seconds.
    Seconds(f64),
}

/// Runs a target; answers how many inputs it has read. A panic is the target's; the input is kept.
///
/// # Errors
/// When there are no samples.
pub fn run(target: &Target, until: Until, seed: u64) -> Result<u64> {
    keep_what_fails();
    let samples = corpus::samples(target.name)?;
    let mut executions = 0;
    for sample in &samples {
        attempt(target, sample.clone());
        executions += 1;
    }
    let mut mutator = Mutator::new(samples, seed);
    let watch = Stopwatch::start();
    let goes_on = |executions: u64| match until {
        Until::Executions(most) => executions < most as u64,
        Until::Seconds(seconds) => watch.seconds() < seconds,
    };
    while goes_on(executions) {
        attempt(target, mutator.input());
        executions += 1;
    }
    TRYING.with_borrow_mut(|trying| *trying = None);
    Ok(executions)
}

fn attempt(target: &Target, input: Vec<u8>) {
    let bytes = TRYING.with_borrow_mut(|trying| {
        let (_, kept) = trying.insert((target.name, input));
        kept.clone()
    });
    (target.run)(&bytes);
}

/// Also where a panic ends the process at once.
fn keep_what_fails() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            usual(info);
            TRYING.with_borrow(|trying| {
                let Some((target, input)) = trying else { return };
                match corpus::keep(target, input) {
                    Ok(path) => eprintln!("{target} failed; the input is {}", path.display()),
                    Err(error) => eprintln!("{target} failed; {error:#}"),
                }
            });
        }));
    });
}
