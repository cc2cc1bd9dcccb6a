//! A disk that takes no more.

use crate::body;
use crate::program::{Answer, Program};

/// In blocks of 512 bytes, or of 1024: depending on the shell.
const BLOCKS: u32 = 200;
const MOST: usize = 1_000;

#[test]
fn a_write_that_fails_ends_the_program_and_nothing_that_was_acknowledged_is_lost() {
    let directory = tempfile::tempdir().expect("a directory");
    // A new journal is as long at once as it may become.
    Program::start(directory.path()).expect("it starts").create_queue("q");
    let mut program = Program::start_limited(directory.path(), BLOCKS).expect("it starts");
    let acknowledged = (0..MOST).take_while(|number| program.try_send("q", &body(*number)));
    let acknowledged: Vec<String> = acknowledged.map(body).collect();
    assert!((10..MOST).contains(&acknowledged.len()), "{}", acknowledged.len());
    let (status, said) = program.last_words();
    assert!(status != Some(0) && said.contains("ERROR"), "{status:?} {said}");
    let program = Program::start(directory.path()).expect("it starts again");
    let mut missing = acknowledged;
    while !missing.is_empty() {
        let Answer::Bodies(bodies) = program.receive("q") else { panic!("no answer") };
        assert!(!bodies.is_empty(), "{} messages are missing", missing.len());
        missing.retain(|body| !bodies.contains(body));
    }
}
