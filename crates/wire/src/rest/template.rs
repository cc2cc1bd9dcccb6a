//! Path patterns: `/{Bucket}/{Key+}?acl`.

use percent_encoding::percent_decode_str;

/// The order in which patterns are tried: constant parts before labels, these before greedy ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part<'t> {
    /// A constant part.
    Literal(&'t str),
    /// One part of the path.
    Label(&'t str),
    /// One or more parts.
    Greedy(&'t str),
}

/// The parts of a pattern's path.
pub(crate) fn parts(template: &str) -> impl Iterator<Item = Part<'_>> {
    path(template).split('/').skip(1).filter(|part| !part.is_empty()).map(|part| {
        let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        match name {
            None => Part::Literal(part),
            Some(name) => name.strip_suffix('+').map_or(Part::Label(name), Part::Greedy),
        }
    })
}

/// The constant query parameters of a pattern: `list-type=2`, `acl`.
pub(crate) fn constants(template: &str) -> impl Iterator<Item = (&str, &str)> {
    let query = template.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn path(template: &str) -> &str {
    template.split_once('?').map_or(template, |(path, _)| path)
}

/// The labels in a path, as they came; `None` if the path is not of this pattern. A slash at the end
/// means nothing, but in a greedy label.
pub(crate) fn labels<'t, 'p>(template: &'t str, path: &'p str) -> Option<Vec<(&'t str, &'p str)>> {
    let mut rest = path.strip_prefix('/').unwrap_or(path);
    let mut found = Vec::new();
    for part in parts(template) {
        let (segment, after) = rest.split_once('/').unwrap_or((rest, ""));
        match part {
            Part::Literal(literal) if literal == segment => rest = after,
            Part::Label(name) if !segment.is_empty() => {
                found.push((name, segment));
                rest = after;
            }
            Part::Greedy(name) if !rest.is_empty() => {
                // What follows a greedy label is constant: it is at the end.
                let tail = template.split_once("+}").map_or("", |(_, tail)| self::path(tail));
                let value = rest.strip_suffix(tail).filter(|value| !value.is_empty())?;
                found.push((name, value));
                return Some(found);
            }
            _ => return None,
        }
    }
    rest.is_empty().then_some(found)
}

/// A label's value; what is not UTF-8 is replaced.
pub(crate) fn decoded(label: &str) -> String {
    percent_decode_str(label).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_found_where_a_pattern_fits() {
        let at = |path| labels("/{Bucket}/{Key+}", path);
        assert_eq!(at("/b/a/c/"), Some(vec![("Bucket", "b"), ("Key", "a/c/")]));
        assert_eq!(at("/b/"), None);
        assert_eq!(labels("/{Bucket}?acl", "/b/"), Some(vec![("Bucket", "b")]));
        assert_eq!(labels("/a/{B}/c", "/a/x/c"), Some(vec![("B", "x")]));
        assert_eq!(labels("/a/{B}/c", "/a//c"), None);
        assert_eq!(labels("/a/{B}/c", "/a/x/d"), None);
        assert_eq!(labels("/t/{Arn+}/end", "/t/a/b/end"), Some(vec![("Arn", "a/b")]));
        assert_eq!(labels("/", "/"), Some(vec![]));
        assert_eq!(labels("/", "/x"), None);
    }

    #[test]
    fn constants_are_told_from_patterns() {
        let found: Vec<_> = constants("/{Bucket}?list-type=2&acl").collect();
        assert_eq!(found, [("list-type", "2"), ("acl", "")]);
    }
}
