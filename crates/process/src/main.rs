//! The guard as a program by itself, for tests; the main program contains it.

use std::process::ExitCode;

fn main() -> ExitCode {
    process::guard().unwrap_or(ExitCode::FAILURE)
}
