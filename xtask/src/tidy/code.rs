//! What holds for every file of Rust.

use proc_macro2::Span;
use syn::token::Brace;
use syn::visit::{self, Visit};

use super::Findings;
use super::files::Source;

/// When a file passes this, look for the second thing in it.
const LONGEST_FILE: usize = 300;

/// A function of so many lines is two functions.
const LONGEST_FUNCTION: usize = 70;

/// Never, outside tests.
const BANNED: [&str; 3] = ["todo", "unimplemented", "dbg"];

/// Only where a program speaks to the person who started it.
const PRINTING: [&str; 4] = ["println", "print", "eprintln", "eprint"];

/// Where time, chance, threads and files live: only here may the ban on their methods be lifted.
const ROOMS: [&str; 13] = [
    "crates/base/src/clock.rs",
    "crates/base/src/deadline.rs",
    "crates/base/src/random.rs",
    "crates/runtime/src/timers.rs",
    "crates/runtime/src/tasks.rs",
    "crates/store/src/",
    "crates/net/",
    "crates/process/",
    "crates/server/",
    "crates/web/src/tests/",
    // Here nobody signs: in tests, and in what bytes of others are tried on.
    "crates/identity/src/",
    "crates/fuzzing/src/targets/node.rs",
    "xtask/src/",
];

/// Looks at the file's beginning, its length and its code.
pub(super) fn check(source: &Source, findings: &mut Findings) {
    if source.is_generated() {
        return;
    }
    if !source.text.starts_with("//!") {
        findings.at(&source.path, "does not begin with //! and what it is there for");
    }
    let file = match syn::parse_file(&source.text) {
        Ok(file) => file,
        Err(error) => return findings.at(&source.path, format!("is not Rust: {error}")),
    };
    let mut look = Look { source, findings, in_test: source.is_test(), test_lines: 0 };
    look.visit_file(&file);
    let lines = source.text.lines().count() - look.test_lines;
    if lines > LONGEST_FILE && !source.is_test() {
        let what = format!("has {lines} lines without its tests; {LONGEST_FILE} are enough");
        findings.at(&source.path, what);
    }
}

/// Goes through one file.
struct Look<'a> {
    source: &'a Source,
    findings: &'a mut Findings,
    in_test: bool,
    test_lines: usize,
}

impl Look<'_> {
    fn found(&mut self, span: Span, what: impl Into<String>) {
        self.findings.at_line(&self.source.path, span.start().line, what);
    }

    fn measure(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let lines = lines_between(signature.fn_token.span, &body.brace_token);
        if lines > LONGEST_FUNCTION && !self.in_test {
            let name = &signature.ident;
            let what = format!("{name} has {lines} lines; {LONGEST_FUNCTION} are enough");
            self.found(name.span(), what);
        }
    }

    /// Whether this file may print: programs and tools speak to people, services do not.
    fn may_print(&self) -> bool {
        self.source.is_tool() || self.source.path == "crates/server/src/main.rs"
    }
}

impl<'ast> Visit<'ast> for Look<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let outside = self.in_test;
        if module.attrs.iter().any(is_cfg_test) {
            self.in_test = true;
            let braces = module.content.as_ref().map(|(braces, _)| braces);
            self.test_lines += braces.map_or(1, |end| lines_between(module.mod_token.span, end));
        }
        visit::visit_item_mod(self, module);
        self.in_test = outside;
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if call.method == "unwrap" && call.args.is_empty() && !self.in_test {
            self.found(call.method.span(), "unwrap outside tests: answer an error");
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        if let Some(last) = called.path.segments.last().filter(|_| !self.in_test) {
            let name = last.ident.to_string();
            if BANNED.contains(&name.as_str()) {
                self.found(last.ident.span(), format!("{name}! must not stay"));
            }
            if PRINTING.contains(&name.as_str()) && !self.may_print() {
                self.found(last.ident.span(), format!("{name}!: the program speaks by tracing"));
            }
        }
        visit::visit_macro(self, called);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        let lifts = ["allow", "expect"].iter().any(|name| attribute.path().is_ident(name));
        let in_room = ROOMS.iter().any(|room| self.source.path.starts_with(room));
        if lifts && says(attribute, "disallowed_methods") && !in_room && !self.source.is_tool() {
            self.found(attribute.pound_token.span, "this is not the room for it: see clippy.toml");
        }
        visit::visit_attribute(self, attribute);
    }
}

/// How many lines there are from a word to a closing brace, both included.
fn lines_between(start: Span, end: &Brace) -> usize {
    end.span.close().end().line - start.start().line + 1
}

fn is_cfg_test(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("cfg") && says(attribute, "test")
}

/// Whether a word stands between an attribute's parentheses.
fn says(attribute: &syn::Attribute, word: &str) -> bool {
    let syn::Meta::List(list) = &attribute.meta else { return false };
    list.tokens.to_string().split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let mut findings = Findings::default();
        let text = format!("//! A file.\n{text}");
        check(&Source { path: path.into(), text }, &mut findings);
        findings.0.into_iter().map(|broken| broken.what).collect()
    }

    fn check_count(path: &str, text: &str, expected: usize) {
        let found = found(path, text);
        assert_eq!(found.len(), expected, "{text}: {found:?}");
    }

    #[test]
    fn what_must_not_stay_is_found_outside_tests() {
        let text = "fn f() { g().unwrap(); todo!(); println!(); }";
        check_count("services/sqs/src/a.rs", text, 3);
        check_count("services/sqs/src/a.rs", &format!("#[cfg(test)] mod tests {{ {text} }}"), 0);
        check_count("services/sqs/src/tests/a.rs", text, 0);
        check_count("xtask/src/a.rs", "fn f() { println!(); }", 0);
        check_count("crates/server/src/main.rs", "fn f() { println!(); }", 0);
    }

    #[test]
    fn words_in_comments_and_strings_are_no_code() {
        check_count(
            "crates/base/src/a.rs",
            "fn f() -> &'static str { \".unwrap()\" } // todo!()",
            0,
        );
    }

    #[test]
    fn long_functions_are_found() {
        let long = |lines| format!("fn f() {{\n{}}}", "g();\n".repeat(lines));
        check_count("crates/base/src/a.rs", &long(68), 0);
        check_count("crates/base/src/a.rs", &long(69), 1);
        check_count("crates/base/src/a.rs", &format!("impl T {{ {} }}", long(69)), 1);
    }

    #[test]
    fn long_files_are_found_but_their_tests_do_not_count() {
        let lines = "const A: u8 = 0;\n".repeat(299); // and one that says what the file is
        check_count("crates/base/src/a.rs", &lines, 0);
        check_count("crates/base/src/a.rs", &format!("{lines}const B: u8 = 0;\n"), 1);
        check_count("crates/base/src/a.rs", &format!("{lines}#[cfg(test)] mod t {{\n}}\n"), 0);
        check_count("crates/base/src/tests.rs", &lines.repeat(2), 0);
    }

    #[test]
    fn bans_are_lifted_in_their_rooms_only() {
        let text = "#[expect(clippy::disallowed_methods, reason = \"why\")] fn f() {}";
        check_count("crates/base/src/clock.rs", text, 0);
        check_count("services/sqs/src/a.rs", text, 1);
        check_count("services/sqs/src/a.rs", "#[expect(clippy::all)] fn f() {}", 0);
    }

    #[test]
    fn generated_files_are_left_alone() {
        let mut findings = Findings::default();
        let text = "// Generated by `cargo xtask codegen` from x.\nfn f() { todo!() }\n".into();
        check(&Source { path: "api/a/src/lib.rs".into(), text }, &mut findings);
        assert_eq!(findings.0, []);
    }

    #[test]
    fn a_file_says_first_what_it_is_there_for() {
        let mut findings = Findings::default();
        check(&Source { path: "a.rs".into(), text: "fn f() {}\n".into() }, &mut findings);
        assert_eq!(findings.0.len(), 1);
    }
}
