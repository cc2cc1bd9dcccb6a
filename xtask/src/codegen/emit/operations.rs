//! `operations.rs`: a type and a model for each operation.

use super::super::model::{Operation, Reference};
use super::super::names::{quoted, type_name, upper};
use super::super::service::Service;
use super::shape_name;

pub(super) fn file(service: &Service) -> String {
    let mut text = String::from(
        "use shape::{Operation, OperationModel};

        use super::{schemas, types};
        ",
    );
    for (name, found) in &service.model.operations {
        text.push_str(&operation(service, name, found));
    }
    text
}

fn operation(service: &Service, name: &str, operation: &Operation) -> String {
    let (rust, model) = (type_name(name), upper(name));
    let input = shape_name(operation.input.as_ref().map(|i| i.shape.as_str()), name, "Input");
    let output = shape_name(operation.output.as_ref().map(|o| o.shape.as_str()), name, "Output");
    let wrapper = service.result_wrapper(name, operation);
    format!(
        "
        #[derive(Clone, Copy, Debug)]
        pub struct {rust};

        impl Operation for {rust} {{
            type Input = types::{};
            type Output = types::{};
            const MODEL: &'static OperationModel = &{model};
        }}

        pub static {model}: OperationModel = OperationModel {{
            name: {},
            method: {},
            uri: {},
            input: {},
            output: {},
            result_wrapper: {},
        }};
        ",
        type_name(&input),
        type_name(&output),
        quoted(name),
        quoted(&operation.http.method),
        quoted(&operation.http.request_uri),
        schema(operation.input.as_ref()),
        schema(operation.output.as_ref()),
        wrapper.map_or_else(|| "None".to_owned(), |name| format!("Some({})", quoted(&name))),
    )
}

fn schema(shape: Option<&Reference>) -> String {
    shape.map_or_else(|| "None".to_owned(), |s| format!("Some(&schemas::{})", upper(&s.shape)))
}
