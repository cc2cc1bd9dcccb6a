//! What is noted, and where, for shapes that use every constraint.

use super::*;
use crate::pattern::Pattern;
use crate::schema::{Member, Number, Text};

/// A value to read.
#[derive(Clone)]
enum Tree {
    Text(&'static str),
    Number(i64),
    List(Vec<Tree>),
    Map(Vec<(&'static str, Tree)>),
}

use Tree::{List, Map};

/// Reads trees; what a test does not need is malformed.
struct TreeReader(Tree);

fn unused<T>() -> Result<T, Malformed> {
    Err(Malformed("not in this test".to_owned()))
}

impl Reader for TreeReader {
    fn boolean(&mut self) -> Result<bool, Malformed> {
        unused()
    }
    fn integer(&mut self) -> Result<i32, Malformed> {
        unused()
    }
    fn long(&mut self) -> Result<i64, Malformed> {
        if let Tree::Number(number) = self.0 { Ok(number) } else { unused() }
    }
    fn float(&mut self) -> Result<f32, Malformed> {
        unused()
    }
    fn double(&mut self) -> Result<f64, Malformed> {
        if let Tree::Number(number) = self.0 { Ok(number as f64) } else { unused() }
    }
    fn string(&mut self) -> Result<String, Malformed> {
        if let Tree::Text(text) = self.0 { Ok(text.to_owned()) } else { unused() }
    }
    fn blob(&mut self) -> Result<Bytes, Malformed> {
        self.string().map(Bytes::from)
    }
    fn timestamp(&mut self, _format: TimestampFormat) -> Result<Timestamp, Malformed> {
        unused()
    }
    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut EachMember,
    ) -> Result<(), Malformed> {
        let Map(members) = self.0.clone() else { return unused() };
        for (name, value) in members {
            let index = schema.members.iter().position(|member| member.name == name);
            each(index.expect("a member"), &mut TreeReader(value))?;
        }
        Ok(())
    }
    fn list(&mut self, _schema: &'static ListSchema, each: &mut EachItem) -> Result<(), Malformed> {
        let List(items) = self.0.clone() else { return unused() };
        items.into_iter().try_for_each(|item| each(&mut TreeReader(item)))
    }
    fn map(&mut self, _schema: &'static MapSchema, each: &mut EachEntry) -> Result<(), Malformed> {
        let Map(entries) = self.0.clone() else { return unused() };
        entries.into_iter().try_for_each(|(key, value)| each(key.into(), &mut TreeReader(value)))
    }
}

const fn member(name: &'static str, required: bool, target: Target) -> Member {
    let member = Member::new(name, target);
    if required { member.required() } else { member }
}

static LETTERS: Pattern = Pattern::new("[a-z]*");
static THING: Schema = Schema {
    name: "Thing",
    xml_name: "Thing",
    members: &[
        member("Name", true, Target::String(Text { pattern: Some(&LETTERS), ..NAME_LENGTH })),
        member("Size", false, Target::Long(Number { min: Some(1), max: Some(9) })),
        member("Weight", false, Target::Double(Number { min: Some(0), max: Some(1) })),
        member("Colour", false, Target::String(Text { values: &["red", "blue"], ..Text::ANY })),
        member("Parts", false, Target::List(&PARTS)),
        member("Tags", false, Target::Map(&TAGS)),
        member("Data", false, Target::Blob(Text { max: Some(3), ..Text::ANY })),
    ],
};
const NAME_LENGTH: Text = Text { min: Some(2), max: Some(4), pattern: None, values: &[] };
static PARTS: ListSchema = ListSchema {
    member: Target::Structure(|| &THING),
    wire_name: "member",
    flattened: false,
    length: (None, Some(2)),
};
static TAGS: MapSchema = MapSchema {
    key: Text { max: Some(3), ..Text::ANY },
    value: Target::String(NAME_LENGTH),
    key_name: "key",
    value_name: "value",
    flattened: false,
    length: (Some(1), None),
};

/// Reads everything the schema says, as generated code does.
fn thing(reader: &mut dyn Reader) -> Result<(), Malformed> {
    reader.structure(&THING, &mut |index, reader| match index {
        0 | 3 => reader.string().map(drop),
        1 => reader.long().map(drop),
        2 => reader.double().map(drop),
        4 => reader.list(&PARTS, &mut |reader| thing(reader)),
        5 => reader.map(&TAGS, &mut |_, reader| reader.string().map(drop)),
        _ => reader.blob().map(drop),
    })
}

fn violations(tree: Tree) -> Vec<Violation> {
    let mut notes = Notes::default();
    thing(&mut Validated::new(&mut TreeReader(tree), &mut notes)).expect("well-formed");
    notes.into_violations()
}

fn check(members: Vec<(&'static str, Tree)>, expected: &str) {
    let found = violations(Map(members));
    let text = if found.is_empty() { String::new() } else { describe(&found) };
    assert_eq!(text, expected);
}

fn named(name: &'static str) -> Vec<(&'static str, Tree)> {
    vec![("Name", Tree::Text(name))]
}

fn with(name: &'static str, value: Tree) -> Vec<(&'static str, Tree)> {
    let mut members = named("abc");
    members.push((name, value));
    members
}

fn one(what: &str) -> String {
    format!("1 validation error detected: {what}")
}

#[test]
fn what_a_model_allows_is_handed_on_in_silence() {
    check(named("ab"), "");
    check(with("Size", Tree::Number(9)), "");
    check(with("Weight", Tree::Number(1)), "");
    check(with("Colour", Tree::Text("blue")), "");
    check(with("Parts", List(vec![Map(named("abcd"))])), "");
    check(with("Tags", Map(vec![("k", Tree::Text("vv"))])), "");
}

#[test]
fn every_constraint_is_said_in_the_words_of_aws() {
    let failed = "failed to satisfy constraint: Member must";
    check(vec![], &one(&format!("Value null at 'name' {failed} not be null")));
    for (members, value, place, rule) in [
        (named("a"), "a", "name", "have length greater than or equal to 2"),
        (named("abcde"), "abcde", "name", "have length less than or equal to 4"),
        (named("AB"), "AB", "name", "satisfy regular expression pattern: [a-z]*"),
        (with("Size", Tree::Number(0)), "0", "size", "have value greater than or equal to 1"),
        (with("Size", Tree::Number(10)), "10", "size", "have value less than or equal to 9"),
        (with("Weight", Tree::Number(2)), "2", "weight", "have value less than or equal to 1"),
        (with("Colour", Tree::Text("b")), "b", "colour", "satisfy enum value set: [red, blue]"),
        (with("Tags", Map(vec![])), "[map]", "tags", "have length greater than or equal to 1"),
        (
            with("Data", Tree::Text("1234")),
            "[bytes]",
            "data",
            "have length less than or equal to 3",
        ),
    ] {
        check(members, &one(&format!("Value '{value}' at '{place}' {failed} {rule}")));
    }
}

#[test]
fn a_violation_names_its_place_however_deep() {
    let wrong = Map(vec![("Name", Tree::Text("x")), ("Tags", Map(vec![("k", Tree::Text("v"))]))]);
    let tree = with("Parts", List(vec![Map(named("abc")), wrong]));
    let places: Vec<String> = violations(Map(tree)).into_iter().map(|v| v.path).collect();
    assert_eq!(places, ["parts.2.member.name", "parts.2.member.tags.k.member"]);
}

#[test]
fn violations_and_the_values_they_show_are_bounded() {
    let missing = List(vec![Map(vec![]); 100]);
    assert_eq!(violations(Map(with("Parts", missing))).len(), 10);
    let long: &'static str = Box::leak("é".repeat(5000).into_boxed_str());
    let shown = violations(Map(named(long))).remove(0).value.expect("a value");
    assert_eq!(shown.chars().count(), 1024);
}
