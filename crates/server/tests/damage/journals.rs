//! Damage while everything is in the journal.

use std::path::Path;

use crate::program::Program;
use crate::{Outcome, dice, files, fill, filled, look};

const JOURNAL: &str = "data/0.jnl";

/// A message of the last commit, which may be torn for all that anybody can know.
const LAST: &[u8] = b"the last commit";
/// Longer than what stands before it in its commit.
const BEFORE_LAST: usize = 2_000;

#[test]
fn a_bit_that_flipped_in_the_journal_is_an_error_that_names_the_place() {
    let directory = filled();
    assert_eq!(look(files::copy_of(directory.path()).path()), Outcome::Whole);
    let bytes = files::bytes(&directory.path().join(JOURNAL));
    let last = bytes.windows(LAST.len()).position(|part| part == LAST).expect("the last commit");
    let mut dice = dice(1);
    for _ in 0..8 {
        let place = dice(last - BEFORE_LAST);
        let copy = files::copy_of(directory.path());
        files::flip(&copy.path().join(JOURNAL), place);
        match look(copy.path()) {
            Outcome::Refused(said) => {
                assert!(said.contains("is damaged") && said.contains("0.jnl"), "{said}");
            }
            other => panic!("a bit flipped at {place}: {other:?}"),
        }
    }
}

#[test]
fn a_journal_that_lost_its_end_is_an_error_that_says_how_much_is_missing_and_what_to_do() {
    let directory = tempfile::tempdir().expect("a directory");
    fill(directory.path()).stop();
    assert_eq!(look(files::copy_of(directory.path()).path()), Outcome::Whole);
    let bytes = files::bytes(&directory.path().join(JOURNAL));
    let last = bytes.windows(LAST.len()).position(|part| part == LAST).expect("the last commit");
    let mut dice = dice(4);
    for place in [last, last - BEFORE_LAST, dice(last), dice(last), 0] {
        let copy = files::copy_of(directory.path());
        files::truncate(&copy.path().join(JOURNAL), place);
        let Outcome::Refused(said) = look(copy.path()) else { panic!("cut at {place}") };
        assert!(said.contains("changes that were on disk are missing"), "{said}");
        let witness = copy.path().join("WITNESS");
        assert!(said.contains(&format!("remove {}", witness.display())), "{said}");
        // What it says is what helps.
        std::fs::remove_file(witness).expect("it is removed");
        assert!(Program::start(copy.path()).is_ok(), "cut at {place}");
    }
}

#[test]
fn a_file_that_is_missing_is_an_error_that_names_it() {
    let directory = filled();
    for missing in [JOURNAL, "data/keyspaces/1/current"] {
        let copy = files::copy_of(directory.path());
        std::fs::remove_file(copy.path().join(missing)).expect("it is removed");
        let Outcome::Refused(said) = look(copy.path()) else { panic!("{missing} is not missed") };
        let folder = Path::new(missing).parent().expect("a folder").display().to_string();
        assert!(said.contains("is damaged") && said.contains(&folder), "{said}");
    }
}

#[test]
fn data_of_a_newer_program_is_an_error_that_names_both_formats() {
    let directory = tempfile::tempdir().expect("a directory");
    let newer = "millpond data, format 2, 256 slots\n";
    std::fs::File::create(directory.path().join("FORMAT"))
        .and_then(|mut file| std::io::Write::write_all(&mut file, newer.as_bytes()))
        .expect("a file");
    let Outcome::Refused(said) = look(directory.path()) else { panic!("it was opened") };
    assert!(said.contains("format 2, 256 slots; this program reads format 1"), "{said}");
}
