//! The parameters of a request, sorted.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use percent_encoding::percent_decode;
use shape::Malformed;

use crate::codec::Incoming;

/// Most parameters of one request. The largest batch of SQS, ten messages with ten attributes each,
/// has about three hundred.
pub(super) const MOST_PARAMETERS: usize = 4096;

/// A parameter: its name and its value, decoded.
type Parameter<'a> = (Cow<'a, str>, Cow<'a, str>);

/// All parameters, by name: those that belong to one member stand together.
#[derive(Debug)]
pub(crate) struct Parameters<'a>(Vec<Parameter<'a>>);

impl<'a> Parameters<'a> {
    /// Those of the query string and of the form. Of parameters with the same name the last one
    /// counts, and those of the form are after those of the query string.
    pub(crate) fn of(request: &Incoming<'a>) -> Result<Self, Malformed> {
        let mut parameters = Vec::new();
        for source in [request.query.as_bytes(), request.body] {
            for pair in source.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()) {
                if parameters.len() == MOST_PARAMETERS {
                    return Err(Malformed(format!(
                        "A request has at most {MOST_PARAMETERS} parameters."
                    )));
                }
                parameters.push(parameter(pair)?);
            }
        }
        // Stable: of the same name, the later stays the later.
        parameters.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(Parameters(parameters))
    }

    /// The value of the parameter with this name.
    pub(crate) fn take(&self, name: &str) -> Option<Cow<'a, str>> {
        let end = self.0.partition_point(|(known, _)| known.as_ref() <= name);
        let (found, value) = self.0.get(end.checked_sub(1)?)?;
        (found == name).then(|| value.clone())
    }

    /// The place that holds all of them.
    pub(super) fn all(&self) -> Place {
        Place { value: None, inside: 0..self.0.len(), at: 0 }
    }

    /// The value of a place, if it is one text.
    pub(super) fn value(&self, place: &Place) -> Option<&str> {
        Some(self.0.get(place.value?)?.1.as_ref())
    }

    /// The place of a member, an element or an entry of another place.
    pub(super) fn child(&self, place: &Place, name: &str) -> Place {
        let (start, inside) = (place.inside.start, &self.0[place.inside.clone()]);
        let own = |parameter: &Parameter, order| parameter.0[place.at..].cmp(name) == order;
        let after = inside.partition_point(|parameter| !own(parameter, Ordering::Greater));
        let last = after.checked_sub(1).filter(|&last| own(&inside[last], Ordering::Equal));
        let below = |parameter: &Parameter| against(&parameter.0[place.at..], name);
        let from = inside.partition_point(|parameter| below(parameter) == Ordering::Less);
        let to = inside.partition_point(|parameter| below(parameter) != Ordering::Greater);
        Place {
            value: last.map(|last| start + last),
            inside: start + from..start + to,
            at: place.at + name.len() + 1,
        }
    }

    /// The places in a place that are called by numbers, in the order of these. Gaps between them do
    /// not matter.
    pub(super) fn numbered(&self, place: &Place) -> Result<Vec<Place>, Malformed> {
        let mut places: Vec<(u32, Place)> = Vec::new();
        let mut rest = place.inside.clone();
        while !rest.is_empty() {
            let segment = self.segment(place, rest.start);
            let number = number(segment)?;
            let others = rest.clone().take_while(|&index| self.segment(place, index) == segment);
            let end = rest.start + others.count();
            let same = Place { value: None, inside: rest.start..end, at: place.at };
            places.push((number, self.child(&same, segment)));
            rest.start = end;
        }
        places.sort_by_key(|(number, _)| *number);
        Ok(places.into_iter().map(|(_, place)| place).collect())
    }

    /// What a parameter of a place is called up to the next dot.
    fn segment(&self, place: &Place, index: usize) -> &str {
        let name = &self.0[index].0[place.at..];
        name.split_once('.').map_or(name, |(segment, _)| segment)
    }
}

/// The parameters of one value: the one that is called like it, and those whose names begin with its
/// name and a dot.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The one that is called like it; of several the last.
    value: Option<usize>,
    /// The others. Their names are the same up to `at`.
    inside: Range<usize>,
    at: usize,
}

impl Place {
    /// Whether there are any.
    pub(super) fn is_present(&self) -> bool {
        self.value.is_some() || !self.inside.is_empty()
    }

    /// The same without those that are in it.
    pub(super) fn alone(&self) -> Place {
        Place { value: self.value, inside: 0..0, at: self.at }
    }
}

fn parameter(pair: &[u8]) -> Result<Parameter<'_>, Malformed> {
    let equals = pair.iter().position(|&byte| byte == b'=').unwrap_or(pair.len());
    let value = pair.get(equals + 1..).unwrap_or_default();
    Ok((decoded(&pair[..equals])?, decoded(value)?))
}

fn decoded(text: &[u8]) -> Result<Cow<'_, str>, Malformed> {
    let not_utf8 = |_| Malformed("A parameter is not UTF-8.".to_owned());
    if !text.contains(&b'+') {
        return percent_decode(text).decode_utf8().map_err(not_utf8);
    }
    let spaced: Vec<u8> = text.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    let text = percent_decode(&spaced).decode_utf8().map_err(not_utf8)?;
    Ok(Cow::Owned(text.into_owned()))
}

fn number(segment: &str) -> Result<u32, Malformed> {
    let digits = segment.bytes().all(|byte| byte.is_ascii_digit());
    let number = segment.parse().ok().filter(|_| digits);
    number.ok_or_else(|| {
        let shown: String = segment.chars().take(64).collect();
        Malformed(format!("{shown} is not the number of an element."))
    })
}

/// Where a name stands relative to those that begin with `segment` and a dot.
fn against(name: &str, segment: &str) -> Ordering {
    let (name, segment) = (name.as_bytes(), segment.as_bytes());
    let head = &name[..name.len().min(segment.len())];
    let dot = || name.get(segment.len()).map_or(Ordering::Less, |byte| byte.cmp(&b'.'));
    head.cmp(segment).then_with(dot)
}
