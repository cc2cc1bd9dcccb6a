//! What holds for every file of text.

use super::Findings;
use super::files::Source;

/// Paths that are somebody's own machine; the checkout's and the home folder's are added.
const TEMPORARY: &str = concat!("/", "tmp");

/// Looks at each line.
pub(super) fn check(source: &Source, findings: &mut Findings) {
    if source.is_as_it_must_be() {
        return;
    }
    let own_paths = own_paths();
    for (number, line) in (1..).zip(source.text.split('\n')) {
        if line.trim_end() != line {
            findings.at_line(&source.path, number, "white space at the end of the line");
        }
        let own_path = own_paths.iter().find(|path| names(line, path));
        if let Some(path) = own_path.filter(|_| !source.is_test()) {
            findings.at_line(&source.path, number, format!("{path} is there on one machine only"));
        }
    }
    if !source.text.is_empty() && !source.text.ends_with('\n') {
        findings.at(&source.path, "does not end with a line end");
    }
}

fn own_paths() -> Vec<String> {
    let mut paths = vec![TEMPORARY.to_owned()];
    paths.extend(crate::root().parent().map(|parent| parent.display().to_string()));
    paths.extend(std::env::var("HOME"));
    paths.retain(|path| path.len() > 1);
    paths
}

/// Whether a line names a path: not as the middle of a longer word or path.
fn names(line: &str, path: &str) -> bool {
    let is_word = |character: char| character.is_alphanumeric() || "_-.}".contains(character);
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + path.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(path: &str, text: &str) -> usize {
        let mut findings = Findings::default();
        check(&Source { path: path.into(), text: text.into() }, &mut findings);
        findings.0.len()
    }

    #[test]
    fn lines_end_where_their_text_ends() {
        assert_eq!(check_text("a.md", "one\ntwo\n"), 0);
        assert_eq!(check_text("a.md", "one \ntwo\t\n"), 2);
        assert_eq!(check_text("a.md", "one"), 1);
        assert_eq!(check_text("a.md", "one\r\n"), 1);
    }

    #[test]
    fn paths_of_one_machine_are_found() {
        let here = crate::root().display().to_string();
        assert_eq!(check_text("a.md", &format!("see {here}/x\n")), 1);
        assert_eq!(check_text("a.md", &format!("cd {TEMPORARY}\n")), 1);
        assert_eq!(check_text("a.md", &format!("target{TEMPORARY} {TEMPORARY}later\n")), 0);
        assert_eq!(check_text("tests/a.py", &format!("cd {TEMPORARY}\n")), 0);
    }
}
