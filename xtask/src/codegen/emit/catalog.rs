//! `crates/catalog`: the operations of services that are known and not served.

use super::super::names::upper;
use super::super::service::Service;
use super::library::{catalogued, model};

/// The table of all of them.
pub(crate) fn file(services: &[Service]) -> String {
    let mut text = String::from(
        "use shape::{OperationModel, Protocol, ServiceModel};

shape::catalog! {
",
    );
    for service in services {
        let header: String = model(service, &[], "..ServiceModel::BARE")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        text += &format!("    {} = {header} => {{\n", upper(&service.name));
        for (name, operation) in &service.model.operations {
            text += &format!("        {};\n", catalogued(name, operation));
        }
        text.push_str("    }\n");
    }
    text + "}\n"
}
