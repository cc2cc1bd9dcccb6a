//! Every target on its samples, and on inputs made of them by chance: the same ones in each run. More of them
//! and others with `cargo xtask fuzz`.

use fuzzing::campaign::{self, Until};
use fuzzing::{TARGETS, corpus};

fn hold(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target");
    let executions = campaign::run(target, Until::Executions(target.executions), 7);
    assert!(executions.expect("it runs") >= target.executions as u64);
}

macro_rules! holds {
    ($($name:ident)*) => {
        $(#[test] fn $name() { hold(stringify!($name)); })*

        const TESTED: &[&str] = &[$(stringify!($name)),*];
    };
}

holds!(archive cbor json names policy query route rows service xml);

#[test]
fn every_target_is_tested_here_and_has_a_file_for_the_fuzzer() {
    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(names, TESTED);
    let manifest = corpus::home().join("Cargo.toml");
    let manifest = String::from_utf8(corpus::read(&manifest).expect("a manifest")).expect("text");
    for name in names {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
        let file = corpus::home().join(format!("fuzz_targets/{name}.rs"));
        let text = String::from_utf8(corpus::read(&file).expect("a target")).expect("text");
        assert!(text.contains(&format!("targets::{name}::run(data)")), "{text}");
    }
}
