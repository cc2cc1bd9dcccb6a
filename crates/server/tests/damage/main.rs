//! The program on a data directory that was damaged: it says so, or serves everything that it ever
//! acknowledged. It never serves less without a word.

mod files;
mod full;
mod journals;
mod program;
mod tables;

use std::path::Path;

use self::program::{Answer, Program};

/// How many messages there are in each queue.
const MESSAGES: usize = 40;
const QUEUES: [&str; 2] = ["q", "q.fifo"];

/// What came of starting the program and asking for everything.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    /// It did not start, or a request was answered with an error of the server: what it said.
    Refused(String),
    /// Everything was there, and nothing else.
    Whole,
    /// What was missing.
    Less(String),
}

/// A directory with messages in both queues, as a killed program left it. The last commit is a message
/// that nobody asks for: where the end of the newest journal is damaged, nobody can know that it was
/// not torn while it was written.
fn filled() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    fill(directory.path());
    directory
}

/// Fills a directory; the program runs on.
fn fill(directory: &Path) -> Program {
    let program = Program::start(directory).expect("it starts");
    for queue in QUEUES {
        program.create_queue(queue);
        for number in 0..MESSAGES {
            program.send(queue, &body(number));
        }
    }
    program.create_queue("last");
    program.send("last", "the last commit");
    program
}

/// Numbers below others, the same in each run.
fn dice(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| (next(&mut state) >> 16) as usize % below
}

fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state
}

/// A message's body: its number, and text that does not compress.
fn body(number: usize) -> String {
    let mut body = format!("{number:03} ");
    let mut state = number as u64;
    while body.len() < 2_000 {
        body += &format!("{:016x}", next(&mut state));
    }
    body
}

/// Starts the program on a directory and receives all messages.
fn look(directory: &Path) -> Outcome {
    let program = match Program::start(directory) {
        Ok(program) => program,
        Err(said) => return Outcome::Refused(said),
    };
    for queue in QUEUES {
        let mut missing: Vec<String> = (0..MESSAGES).map(body).collect();
        while !missing.is_empty() {
            match program.receive(queue) {
                Answer::Bodies(bodies) if bodies.is_empty() => {
                    let missing = missing.len();
                    return Outcome::Less(format!("{missing} messages of {queue} are missing"));
                }
                Answer::Bodies(bodies) => {
                    for body in bodies {
                        let Some(place) = missing.iter().position(|other| *other == body) else {
                            return Outcome::Less(format!("nobody sent {:.20} to {queue}", body));
                        };
                        missing.remove(place);
                    }
                }
                Answer::Failed(said) => return Outcome::Refused(said),
                Answer::Denied(said) => return Outcome::Less(said),
            }
        }
    }
    Outcome::Whole
}
