//! What may use what: so that services never see the wire, the wire never sees a service, and one
//! service never sees another.

use std::collections::BTreeMap;

use super::Findings;
use super::metadata::Metadata;

const SERVICE: &[&str] =
    &["base", "shape", "api", "policy", "pattern", "identity", "store", "runtime"];

/// What each of our crates may use of our crates; `None` for one that has no place yet.
fn allowed(folder: &str) -> Option<&'static [&'static str]> {
    Some(match folder {
        "crates/base" => &[],
        "crates/shape" | "crates/pattern" => &["base"],
        "crates/wire" | "crates/api" => &["base", "shape"],
        "crates/policy" | "crates/store" => &["base"],
        "crates/identity" => &["base", "policy"],
        "crates/runtime" => &["base", "identity", "shape", "policy", "store"],
        // The list of all services.
        "crates/modules" => &["runtime", "sns", "sqs", "sts"],
        // Clients and tools stand outside: they must work whatever the program's inside is.
        // (The benchmark measures the engine and the decisions of a queue by themselves.)
        "bench" => &["base", "shape", "api", "identity", "modules", "store", "runtime"],
        "bench/ceiling" | "xtask" => &[],
        // Feeds readers on every floor.
        "crates/fuzzing" => {
            &["api", "base", "identity", "modules", "policy", "runtime", "shape", "store", "wire"]
        }
        folder if folder.starts_with("services/") => SERVICE,
        _ => return None,
    })
}

/// Compares every one of our `Cargo.toml`s with the rules.
pub(super) fn check(metadata: &Metadata, findings: &mut Findings) {
    let own: BTreeMap<&str, &str> =
        metadata.own().map(|package| (package.name.as_str(), package.folder())).collect();
    for package in metadata.own() {
        let folder = package.folder();
        for in_tests in [false, true] {
            let uses = package.uses(in_tests).into_iter().filter(|name| own.contains_key(name));
            if let Some(what) = judge(folder, uses, in_tests) {
                findings.at(&format!("{folder}/Cargo.toml"), what);
            }
        }
    }
}

/// What a crate's tests may use besides: the generated shapes are tried with the real codecs.
fn allowed_in_tests(folder: &str) -> &'static [&'static str] {
    match folder {
        "crates/api" => &["wire"],
        "crates/modules" => &["base", "identity", "store"],
        _ => &[],
    }
}

fn judge<'a>(folder: &str, uses: impl Iterator<Item = &'a str>, in_tests: bool) -> Option<String> {
    if folder == "crates/server" {
        return None; // it puts everything together
    }
    let Some(allowed) = allowed(folder) else {
        return Some("has no place in the layers yet: say there what it may use".into());
    };
    let mut allowed = allowed.to_vec();
    if in_tests {
        allowed.extend(allowed_in_tests(folder));
    }
    let wrong: Vec<&str> = uses.filter(|name| !allowed.contains(name)).collect();
    if wrong.is_empty() {
        return None;
    }
    let may = if allowed.is_empty() { "none of ours".into() } else { allowed.join(", ") };
    let tests = if in_tests { " in its tests" } else { "" };
    Some(format!("uses {}{tests}, but may use {may}", wrong.join(" and ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(folder: &str, uses: &[&str]) -> Option<String> {
        judge(folder, uses.iter().copied(), false)
    }

    #[test]
    fn only_the_generated_shapes_tests_may_use_the_wire() {
        let in_tests = |folder| judge(folder, ["wire"].into_iter(), true);
        assert_eq!(in_tests("crates/api"), None);
        assert!(in_tests("services/sqs").unwrap().contains("in its tests"));
        assert!(check("crates/api", &["wire"]).is_some());
    }

    #[test]
    fn a_service_uses_neither_the_wire_nor_another_service() {
        assert_eq!(check("services/sqs", SERVICE), None);
        assert!(check("services/sqs", &["base", "wire"]).unwrap().contains("uses wire"));
        assert!(check("services/sqs", &["sts"]).unwrap().contains("uses sts"));
    }

    #[test]
    fn the_server_uses_everything_and_the_base_nothing() {
        assert_eq!(check("crates/server", &["base", "wire", "sqs"]), None);
        assert!(check("crates/base", &["shape"]).unwrap().contains("none of ours"));
    }

    #[test]
    fn a_new_crate_needs_a_place() {
        assert!(check("crates/new", &[]).is_some());
    }
}
