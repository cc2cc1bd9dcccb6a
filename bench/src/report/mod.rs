//! What is printed and written: each row as it comes, the table, and everything in JSON.

mod json;
mod table;
mod text;

use std::path::PathBuf;

use anyhow::Context;

use crate::args::{Options, Scale};
use crate::bars::Bar;
use crate::cpu;
use crate::outcome::{Figure, Outcome};
use crate::rows::Row;

/// Tasks that are ready to run, above which figures mean little: what was running before still is.
const BUSY: f64 = 0.5;

/// The rows so far.
pub(crate) struct Report {
    bars: Vec<Bar>,
    rows: Vec<Entry>,
    machine: Machine,
    file: Option<PathBuf>,
}

/// A row with what came of it.
struct Entry {
    name: &'static str,
    title: &'static str,
    outcome: Outcome,
}

/// What is needed to read the figures.
struct Machine {
    cores: usize,
    /// The load average when the run began.
    load: f64,
    scale: Scale,
    rate: Option<f64>,
}

impl Report {
    /// Says what machine it is, and warns when others use it.
    pub(crate) fn begin(options: &Options) -> anyhow::Result<Report> {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let load = cpu::load_average()?;
        println!("{cores} cores, load average {load:.2}");
        if load > BUSY {
            println!("WARNING: the machine is busy with something else; these figures mean little");
        }
        println!();
        let machine = Machine { cores, load, scale: options.scale(), rate: options.rate };
        Ok(Report { bars: Bar::all()?, rows: Vec::new(), machine, file: options.json.clone() })
    }

    /// Prints a row.
    pub(crate) fn add(&mut self, row: &Row, outcome: Outcome) {
        let entry = Entry { name: row.name, title: row.title, outcome };
        println!("{}", text::row(&entry, &self.bars));
        self.rows.push(entry);
    }

    /// Prints the table and writes the file.
    pub(crate) fn end(self) -> anyhow::Result<()> {
        println!("{}", table::table(&self.rows, &self.bars));
        if let Some(file) = &self.file {
            let all = json::all(&self.machine, &self.rows, &self.bars);
            std::fs::write(file, serde_json::to_string_pretty(&all)?)
                .with_context(|| file.display().to_string())?;
        }
        Ok(())
    }
}

/// The bar of a row's figure, if it has one.
fn bar_of<'b>(bars: &'b [Bar], row: &str, figure: &Figure) -> Option<&'b Bar> {
    bars.iter().find(|bar| bar.row == row && bar.figure == figure.name)
}

/// A number with as many digits as mean something.
fn number(value: f64) -> String {
    match value.abs() {
        large if large >= 1000.0 => {
            let digits = format!("{:.0}", value.abs());
            let groups: Vec<&str> = digits
                .as_bytes()
                .rchunks(3)
                .rev()
                .filter_map(|group| std::str::from_utf8(group).ok())
                .collect();
            format!("{}{}", if value < 0.0 { "-" } else { "" }, groups.join(","))
        }
        medium if medium >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Measured;
    use crate::sample::Sample;

    /// A row with one figure that is below its bar.
    pub(super) fn entry() -> Entry {
        let mut measured = Measured::default();
        for round in [1.0, 2.0, 3.0] {
            let sample = Sample {
                operations: 20_000.0 * round,
                messages: 20_000.0 * round,
                server_cpu: Some(17.3),
                client_cpu: Some(5.1),
                ..Sample::default()
            };
            measured.sample("ceiling", Sample { operations: 100_000.0, ..sample.clone() });
            measured.sample("millpond", sample);
            measured.figure("combined_share", 0.3 * round);
        }
        let outcome = Outcome::Measured(measured);
        Entry { name: "send-64", title: "SendMessage", outcome }
    }

    #[test]
    fn numbers_are_as_long_as_they_mean_something() {
        let shown = [1_234_567.0, 1000.0, 123.45, 1.234, -0.5, -4321.0].map(number);
        assert_eq!(shown, ["1,234,567", "1,000", "123.5", "1.23", "-0.50", "-4,321"]);
    }
}
