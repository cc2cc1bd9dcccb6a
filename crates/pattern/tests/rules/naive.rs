//! A second evaluator, as simple as can be: it looks for one value for every field, by trying all, such
//! that no two of them lie in different elements of one array.

use serde_json::Value;

/// A value with the names that lead to it and the places in arrays of the objects around it: which array,
/// which element.
#[derive(Clone, Debug)]
struct Leaf {
    path: Vec<String>,
    places: Vec<(usize, usize)>,
    value: Value,
}

/// Returns true if a pattern, both given as JSON, matches. Numbers must be whole.
pub(crate) fn matches(pattern: &Value, event: &Value) -> bool {
    let mut leaves = Vec::new();
    flatten(event, &mut Vec::new(), &mut Vec::new(), 0, &mut 0, &mut leaves);
    let alternatives = expand(pattern, &[]);
    alternatives.iter().any(|fields| choose(fields, &leaves, &mut Vec::new()))
}

fn flatten(
    value: &Value,
    path: &mut Vec<String>,
    places: &mut Vec<(usize, usize)>,
    of_object: usize,
    arrays: &mut usize,
    leaves: &mut Vec<Leaf>,
) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                path.push(name.clone());
                flatten(value, path, places, places.len(), arrays, leaves);
                path.pop();
            }
        }
        Value::Array(items) => {
            *arrays += 1;
            let array = *arrays;
            for (element, item) in items.iter().enumerate() {
                let within = item.is_object() || item.is_array();
                if within {
                    places.push((array, element));
                }
                flatten(item, path, places, of_object, arrays, leaves);
                if within {
                    places.pop();
                }
            }
        }
        _ => leaves.push(Leaf {
            path: path.clone(),
            places: places[..of_object].to_vec(),
            value: value.clone(),
        }),
    }
}

type Fields<'p> = Vec<(Vec<String>, &'p Vec<Value>)>;

/// Every way to choose one branch of each `$or`.
fn expand<'p>(pattern: &'p Value, path: &[String]) -> Vec<Fields<'p>> {
    let mut all: Vec<Fields> = vec![Vec::new()];
    for (name, value) in pattern.as_object().expect("an object") {
        let below = [path, std::slice::from_ref(name)].concat();
        let choices: Vec<Fields> = match value {
            Value::Array(branches) if name == "$or" => {
                branches.iter().flat_map(|branch| expand(branch, path)).collect()
            }
            Value::Array(values) => vec![vec![(below, values)]],
            nested => expand(nested, &below),
        };
        all = all
            .iter()
            .flat_map(|fields| choices.iter().map(|more| [&fields[..], more].concat()))
            .collect();
    }
    all
}

fn choose(fields: &[(Vec<String>, &Vec<Value>)], leaves: &[Leaf], chosen: &mut Vec<Leaf>) -> bool {
    let Some(((path, values), rest)) = fields.split_first() else { return true };
    let may_miss = values.iter().any(|value| value["exists"] == Value::Bool(false));
    if may_miss && !leaves.iter().any(|leaf| leaf.path == *path) && choose(rest, leaves, chosen) {
        return true;
    }
    leaves.iter().filter(|leaf| leaf.path == *path).any(|leaf| {
        let holds = values.iter().any(|value| meets(value, &leaf.value));
        if !holds || !chosen.iter().all(|other| agree(other, leaf)) {
            return false;
        }
        chosen.push(leaf.clone());
        let found = choose(rest, leaves, chosen);
        chosen.pop();
        found
    })
}

fn agree(one: &Leaf, other: &Leaf) -> bool {
    let clash = |a: &(usize, usize), b: &(usize, usize)| a.0 == b.0 && a.1 != b.1;
    !one.places.iter().any(|a| other.places.iter().any(|b| clash(a, b)))
}

fn meets(rule: &Value, value: &Value) -> bool {
    let Some(expression) = rule.as_object() else { return rule == value };
    let (operator, operand) = expression.iter().next().expect("an operator");
    let small = |text: &Value| text.as_str().map(str::to_lowercase);
    match operator.as_str() {
        "exists" => operand == &Value::Bool(true),
        "anything-but" => match operand {
            Value::Array(not) => !not.contains(value),
            Value::Object(_) => !meets(operand, value),
            not => not != value,
        },
        "numeric" => value.as_i64().is_some_and(|number| within(operand, number)),
        "prefix" => both(operand, value).is_some_and(|(part, text)| text.starts_with(part)),
        "suffix" => both(operand, value).is_some_and(|(part, text)| text.ends_with(part)),
        "equals-ignore-case" => value.is_string() && small(operand) == small(value),
        "wildcard" => both(operand, value).is_some_and(|(glob, text)| star(glob, text)),
        other => panic!("{other}"),
    }
}

fn both<'v>(operand: &'v Value, value: &'v Value) -> Option<(&'v str, &'v str)> {
    Some((operand.as_str()?, value.as_str()?))
}

fn within(expression: &Value, number: i64) -> bool {
    expression.as_array().expect("an array").chunks(2).all(|bound| {
        let limit = bound[1].as_i64().expect("a number");
        match bound[0].as_str().expect("an operator") {
            "=" => number == limit,
            "<" => number < limit,
            "<=" => number <= limit,
            ">" => number > limit,
            _ => number >= limit,
        }
    })
}

fn star(glob: &str, text: &str) -> bool {
    match glob.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            (0..=text.len()).any(|skip| text.get(skip..).is_some_and(|t| star(&glob[1..], t)))
        }
        Some(first) => {
            text.strip_prefix(first).is_some_and(|rest| star(&glob[first.len_utf8()..], rest))
        }
    }
}
