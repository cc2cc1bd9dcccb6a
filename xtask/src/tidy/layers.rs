//! What may use what: so that services never see the wire, the wire never sees a service, and one
//! service never sees another.

use std::collections::BTreeMap;

use super::Findings;
use super::metadata::Metadata;

const SERVICE: &[&str] = &[
    "base", "shape", "policy", "pattern", "identity", "store", "runtime", "web", "net", "process",
];

/// What the generated API of a service is called: `api-sqs`.
const API: &str = "api-";

/// What each of our crates may use of our crates; `None` for one that has no place yet.
fn allowed(folder: &str) -> Option<&'static [&'static str]> {
    Some(match folder {
        "crates/base" => &[],
        "crates/shape" | "crates/pattern" => &["base"],
        "crates/wire" => &["base", "shape"],
        "crates/catalog" => &["shape"],
        // The clients' half of the protocols, for tests.
        "crates/conformance" => &["base", "catalog", "shape", "wire"],
        folder if folder.starts_with("api/") => &["base", "shape"],
        "crates/policy" | "crates/store" | "crates/net" | "crates/process" | "crates/web" => {
            &["base"]
        }
        "crates/identity" => &["base", "policy"],
        "crates/runtime" => &["base", "identity", "shape", "policy", "store", "web"],
        // The list of all services.
        "crates/modules" => &["runtime", "sns", "sqs", "sts"],
        // Clients and tools stand outside: they must work whatever the program's inside is.
        // (The benchmark measures the engine and the decisions of a queue by themselves.)
        "bench" => &["api-sqs", "base", "identity", "modules", "shape", "store", "runtime"],
        "bench/ceiling" | "xtask" => &[],
        // Feeds readers on every floor.
        "crates/fuzzing" => &[
            "api-sns", "api-sqs", "api-sts", "base", "catalog", "identity", "modules", "policy",
            "runtime", "shape", "store", "wire",
        ],
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

/// What a crate's tests may use besides.
fn allowed_in_tests(folder: &str) -> &'static [&'static str] {
    match folder {
        "crates/modules" => &["base", "identity", "store"],
        _ => &[],
    }
}

/// What a crate may use besides by its name: a service its own API, and the tests of the protocols all.
fn is_its_own(folder: &str, name: &str, in_tests: bool) -> bool {
    let Some(api) = name.strip_prefix(API) else { return false };
    folder.strip_prefix("services/") == Some(api) || in_tests && folder == "crates/conformance"
}

fn judge<'a>(folder: &str, uses: impl Iterator<Item = &'a str>, in_tests: bool) -> Option<String> {
    if folder == "crates/server" {
        return None; // it puts everything together
    }
    let Some(allowed) = allowed(folder) else {
        return Some("has no place in the layers yet: say there what it may use".into());
    };
    let for_tests = if in_tests { allowed_in_tests(folder) } else { &[] };
    let may_use = |name: &&str| {
        allowed.contains(name) || for_tests.contains(name) || is_its_own(folder, name, in_tests)
    };
    let wrong: Vec<&str> = uses.filter(|name| !may_use(name)).collect();
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
    fn a_service_uses_its_own_api_and_only_tests_of_the_protocols_use_all() {
        let in_tests = |folder| judge(folder, ["api-sqs"].into_iter(), true);
        assert_eq!(in_tests("crates/conformance"), None);
        assert!(in_tests("services/sns").unwrap().contains("in its tests"));
        assert_eq!(check("services/sqs", &["api-sqs"]), None);
        assert!(check("services/sqs", &["api-sns"]).is_some());
        assert!(check("crates/conformance", &["api-sqs"]).is_some());
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
