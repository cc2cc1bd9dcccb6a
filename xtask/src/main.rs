//! The project's own tools: `cargo xtask <tool>`.

mod bench;
mod codegen;
mod crash;
mod fuzz;
mod python;
mod test;
mod tidy;

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, ExitCode};

const USAGE: &str = "usage: cargo xtask <tool>

  test      everything that must be green: Rust tests, then real clients against the real program
  codegen   writes api/ from the public API models   (--check: and fails if it changed anything)
  tidy      the house rules that no compiler knows
  crash     kills the program under load, again and again, and looks at what is left
  fuzz      feeds every reader of untrusted bytes by chance   (--seconds N: each target; --seed N)
  bench     measures and compares with the bars that can be carried to another machine   (--gate)";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let tool = arguments.next();
    let rest: Vec<String> = arguments.collect();
    let result = match tool.as_deref() {
        Some("test") => test::run(&rest),
        Some("codegen") => codegen::run(&rest),
        Some("tidy") => tidy::run(&rest),
        Some("crash") => crash::run(&rest),
        Some("bench") => bench::run(&rest),
        Some("fuzz") => fuzz::run(&rest),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::FAILURE;
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Another program, which a tool runs and waits for.
#[expect(clippy::disallowed_methods, reason = "a tool runs other tools")]
fn command(program: impl AsRef<OsStr>) -> Command {
    Command::new(program)
}

/// The checkout's root.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}
