//! `errors.rs`: the errors of the model.

use super::super::model::Shape;
use super::super::names::{quoted, upper};
use super::super::service::Service;

pub(super) fn file(service: &Service) -> String {
    let mut text = String::from("use shape::ErrorModel;\n");
    for (name, shape) in service.errors() {
        text.push_str(&error(name, shape));
    }
    text
}

fn error(name: &str, shape: &Shape) -> String {
    let given = shape.error.as_ref();
    let sender = given.and_then(|error| error.sender_fault).unwrap_or(!shape.fault);
    let code = given.and_then(|error| error.code.as_deref()).unwrap_or(name);
    let default = if sender { 400 } else { 500 };
    let status = given.and_then(|error| error.http_status_code).unwrap_or(default);
    format!(
        "
        pub static {}: ErrorModel =
            ErrorModel {{ name: {}, code: {}, status: {status}, sender: {sender} }};
        ",
        upper(name),
        quoted(name),
        quoted(code),
    )
}
