//! What came of a row.

use crate::sample::Sample;
use crate::statistics::Spread;

/// What came of a row.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// It could not be measured, and why.
    Absent(String),
    /// It was.
    Measured(Measured),
}

/// A row that was measured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured {
    /// What was measured beside each other, each with its rounds; what the row is about comes last.
    pub sides: Vec<Side>,
    /// What follows from them.
    pub figures: Vec<Figure>,
}

/// One of those that were measured beside each other.
#[derive(Clone, Debug)]
pub(crate) struct Side {
    pub name: String,
    pub rounds: Vec<Sample>,
}

/// A number that follows from each round.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Figure {
    /// Its name, as in the bars: words with underscores, the unit last.
    pub name: &'static str,
    pub rounds: Vec<f64>,
}

impl Measured {
    /// Adds a round's sample to a side.
    pub(crate) fn sample(&mut self, side: &str, sample: Sample) {
        match self.sides.iter_mut().find(|other| other.name == side) {
            Some(side) => side.rounds.push(sample),
            None => self.sides.push(Side { name: side.to_owned(), rounds: vec![sample] }),
        }
    }

    /// Adds a round's number to a figure.
    pub(crate) fn figure(&mut self, name: &'static str, value: f64) {
        match self.figures.iter_mut().find(|figure| figure.name == name) {
            Some(figure) => figure.rounds.push(value),
            None => self.figures.push(Figure { name, rounds: vec![value] }),
        }
    }

    /// What the row is about.
    pub(crate) fn subject(&self) -> Option<&Side> {
        self.sides.last()
    }
}

impl Figure {
    /// The middle of its rounds, and how far they lie apart.
    pub(crate) fn spread(&self) -> Option<Spread> {
        Spread::of(self.rounds.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_gather_under_their_names_in_the_order_of_the_first_round() {
        let mut measured = Measured::default();
        for round in [1.0, 3.0] {
            measured.sample("ceiling", Sample { operations: 2.0 * round, ..Sample::default() });
            measured.sample("server", Sample { operations: round, ..Sample::default() });
            measured.figure("share", round);
        }
        assert_eq!(measured.subject().unwrap().name, "server");
        assert_eq!(measured.sides[0].rounds.len(), 2);
        assert_eq!(measured.figures, [Figure { name: "share", rounds: vec![1.0, 3.0] }]);
        assert_eq!(measured.figures[0].spread().unwrap().median, 2.0);
    }
}
