//! Writes `api/<service>/` from the public models that botocore carries: names, types,
//! constraints and errors, facts only and no text of the documentation. Of services that are known and not
//! served it writes the names and routes of the operations, to `crates/catalog`.
//!
//! The models come from the release that `tests/python/requirements-current.txt` pins. What a current
//! model no longer says stands beside the generator in `facts/`, with its source.

mod boxes;
mod emit;
mod facts;
mod files;
mod model;
pub(crate) mod models;
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

/// A service: its short name, the folder of its model, and whether the program serves it.
struct Known {
    name: &'static str,
    folder: &'static str,
    served: bool,
}

const fn served(name: &'static str, folder: &'static str) -> Known {
    Known { name, folder, served: true }
}

const fn known(name: &'static str, folder: &'static str) -> Known {
    Known { name, folder, served: false }
}

/// All services, sorted by name. One that is to be served next is another word here: it then gets a crate
/// in `api`.
const SERVICES: &[Known] = &[
    known("apigateway", "apigateway/2015-07-09"),
    known("apigatewaymanagementapi", "apigatewaymanagementapi/2018-11-29"),
    known("apigatewayv2", "apigatewayv2/2018-11-29"),
    known("appflow", "appflow/2020-08-23"),
    known("batch", "batch/2016-08-10"),
    known("cloudwatch", "cloudwatch/2010-08-01"),
    known("dynamodb", "dynamodb/2012-08-10"),
    known("dynamodbstreams", "dynamodbstreams/2012-08-10"),
    known("events", "events/2015-10-07"),
    known("firehose", "firehose/2015-08-04"),
    known("iam", "iam/2010-05-08"),
    known("kinesis", "kinesis/2013-12-02"),
    known("kinesis-video-archived-media", "kinesis-video-archived-media/2017-09-30"),
    known("kinesis-video-media", "kinesis-video-media/2017-09-30"),
    known("kinesisanalyticsv2", "kinesisanalyticsv2/2018-05-23"),
    known("kinesisvideo", "kinesisvideo/2017-09-30"),
    known("kms", "kms/2014-11-01"),
    known("lambda", "lambda/2015-03-31"),
    known("logs", "logs/2014-03-28"),
    known("mq", "mq/2017-11-27"),
    known("pipes", "pipes/2015-10-07"),
    known("s3", "s3/2006-03-01"),
    known("scheduler", "scheduler/2021-06-30"),
    known("secretsmanager", "secretsmanager/2017-10-17"),
    served("sns", "sns/2010-03-31"),
    served("sqs", "sqs/2012-11-05"),
    known("ssm", "ssm/2014-11-06"),
    known("stepfunctions", "stepfunctions/2016-11-23"),
    served("sts", "sts/2011-06-15"),
];

/// `codegen` writes, `codegen --check` compares, `codegen --models` writes all services to `target/models`,
/// `codegen --facts` extracts what the last Query model
/// of SQS said.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => generate()?.write(),
        ["--check"] => generate()?.check(),
        ["--models"] => models::write().map(drop),
        ["--facts"] => facts::extract(&Botocore::of(Environment::Query)?),
        _ => bail!("usage: cargo xtask codegen [--check | --models | --facts]"),
    }
}

fn generate() -> Result<Files> {
    let botocore = Botocore::of(Environment::Current)?;
    let (mut files, mut others) = (Files::default(), Vec::new());
    for known in SERVICES {
        let service = service(&botocore, known)?;
        if !known.served {
            others.push(service);
            continue;
        }
        for (file, text) in emit::service(&service)? {
            files.add(files::services().join(known.name).join(file), &text, botocore.version())?;
        }
    }
    let catalog = crate::root().join("crates/catalog/src/services.rs");
    files.add(catalog, &emit::catalog(&others), botocore.version())?;
    Ok(files)
}

fn service(botocore: &Botocore, known: &Known) -> Result<Service> {
    Service::new(known.name, botocore.model(known.folder)?, Facts::of(known.name)?)
}
