//! Writes `crates/api/src/<service>/` from the public models that botocore carries: names, types,
//! constraints and errors, facts only and no text of the documentation.
//!
//! The models come from the release that `tests/python/requirements-current.txt` pins. What a current
//! model no longer says stands beside the generator in `facts/`, with its source.

mod boxes;
mod emit;
mod facts;
mod files;
mod model;
mod names;
mod service;

#[cfg(test)]
mod tests;

use anyhow::{Result, bail};

use crate::python::Environment;
use facts::Facts;
use files::Files;
use model::Botocore;
use service::Service;

/// The services: the module's name and the model's folder. Another service is another line here and a
/// `pub mod` in `crates/api/src/lib.rs`.
const SERVICES: &[(&str, &str)] =
    &[("sns", "sns/2010-03-31"), ("sqs", "sqs/2012-11-05"), ("sts", "sts/2011-06-15")];

/// `codegen` writes, `codegen --check` compares, `codegen --facts` extracts what the last Query model
/// of SQS said.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => generate()?.write(),
        ["--check"] => generate()?.check(),
        ["--facts"] => facts::extract(&Botocore::of(Environment::Query)?),
        _ => bail!("usage: cargo xtask codegen [--check | --facts]"),
    }
}

fn generate() -> Result<Files> {
    let botocore = Botocore::of(Environment::Current)?;
    let mut files = Files::default();
    for (name, folder) in SERVICES {
        let service = Service::new(name, botocore.model(folder)?, Facts::of(name)?)?;
        for (file, text) in emit::service(&service)? {
            files.add(name, file, &text, botocore.version())?;
        }
    }
    Ok(files)
}
