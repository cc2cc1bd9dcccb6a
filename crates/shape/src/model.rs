//! What a model says of a service: its operations, protocols and errors. All of it is generated.

use crate::reader::Decode;
use crate::schema::Schema;
use crate::writer::Encode;

/// A service.
#[derive(Debug)]
pub struct ServiceModel {
    /// Its short name: that of its ARNs, host names and crate (`sqs`).
    pub name: &'static str,
    /// The name in the scope of a signature.
    pub signing_name: &'static str,
    /// The first label of its host names (`states` for Step Functions); often its short name.
    pub endpoint_prefix: &'static str,
    /// What stands before the dot in `X-Amz-Target` (`AmazonSQS`); empty for protocols without it.
    pub target_prefix: &'static str,
    /// The version in Query requests (`2012-11-05`).
    pub version: &'static str,
    /// The XML namespace of its answers.
    pub xml_namespace: &'static str,
    /// The protocols it speaks, the newest first.
    pub protocols: &'static [Protocol],
    /// Whether JSON errors carry `x-amzn-query-error`.
    pub query_compatible: bool,
    /// The prefix of `__type` in JSON errors (`com.amazonaws.sqs#`).
    pub error_namespace: &'static str,
    /// Its operations, sorted by name.
    pub operations: &'static [&'static OperationModel],
    /// Its errors, sorted by name.
    pub errors: &'static [&'static ErrorModel],
}

/// A way to speak over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// JSON over POST /, the operation in `X-Amz-Target`, content type `application/x-amz-json-1.0`.
    AwsJson10,
    /// The same with `application/x-amz-json-1.1`.
    AwsJson11,
    /// Form parameters in, XML out.
    AwsQuery,
    /// Query as EC2 speaks it.
    Ec2Query,
    /// CBOR over POST /, the operation in `X-Amz-Target`, content type `application/x-amz-cbor-1.1`.
    AwsCbor11,
    /// JSON bodies, the rest bound to paths, query strings and headers.
    RestJson,
    /// The same with XML bodies.
    RestXml,
    /// CBOR over `/service/…/operation/…`.
    RpcV2Cbor,
}

/// An operation.
#[derive(Debug)]
pub struct OperationModel {
    /// Its name, as in `SendMessage`.
    pub name: &'static str,
    /// The HTTP method of REST protocols.
    pub method: &'static str,
    /// The path pattern of REST protocols, with constant query parameters behind a question mark.
    pub uri: &'static str,
    /// The HTTP status of its answers, where the output does not say another.
    pub status: u16,
    /// What stands before the service's host name; `{Label}`s are members of the input. Empty if nothing does.
    pub host_prefix: &'static str,
    /// Its input, if it has one.
    pub input: Option<&'static Schema>,
    /// Its output, if it has one.
    pub output: Option<&'static Schema>,
    /// The element that XML answers wrap the output in (`SendMessageResult`), if they do.
    pub result_wrapper: Option<&'static str>,
}

/// An error that an operation may answer.
#[derive(Debug)]
pub struct ErrorModel {
    /// The shape's name, which JSON uses (`QueueDoesNotExist`).
    pub name: &'static str,
    /// The code that Query and XML use (`AWS.SimpleQueueService.NonExistentQueue`).
    pub code: &'static str,
    /// The HTTP status; of a service that JSON and Query can call, the one in Query.
    pub status: u16,
    /// Whether it is the caller's fault.
    pub sender: bool,
    /// The name of its text among its members: `message` or `Message`.
    pub message: &'static str,
}

/// An operation as a type: what its input and output are.
pub trait Operation: 'static {
    /// What callers send.
    type Input: Decode + Send + 'static;
    /// What they get.
    type Output: Encode + Send + 'static;
    /// What the model says of it.
    const MODEL: &'static OperationModel;
}

impl ServiceModel {
    /// A service of which nothing is said.
    pub const BARE: ServiceModel = ServiceModel {
        name: "",
        signing_name: "",
        endpoint_prefix: "",
        target_prefix: "",
        version: "",
        xml_namespace: "",
        protocols: &[],
        query_compatible: false,
        error_namespace: "",
        operations: &[],
        errors: &[],
    };

    /// The operation of this name.
    pub fn operation(&self, name: &str) -> Option<&'static OperationModel> {
        let found = self.operations.binary_search_by(|operation| operation.name.cmp(name)).ok()?;
        self.operations.get(found).copied()
    }

    /// The error whose shape has this name.
    pub fn error(&self, name: &str) -> Option<&'static ErrorModel> {
        let found = self.errors.binary_search_by(|error| error.name.cmp(name)).ok()?;
        self.errors.get(found).copied()
    }
}

impl OperationModel {
    /// An operation without input and output, at `POST /`.
    pub const fn new(name: &'static str) -> Self {
        OperationModel {
            name,
            method: "POST",
            uri: "/",
            status: 200,
            host_prefix: "",
            input: None,
            output: None,
            result_wrapper: None,
        }
    }

    /// The same with a method and a path.
    #[must_use]
    pub const fn http(self, method: &'static str, uri: &'static str) -> Self {
        OperationModel { method, uri, ..self }
    }

    /// The same with another status of its answers.
    #[must_use]
    pub const fn status(self, status: u16) -> Self {
        OperationModel { status, ..self }
    }

    /// The same with something before the service's host name.
    #[must_use]
    pub const fn host_prefix(self, host_prefix: &'static str) -> Self {
        OperationModel { host_prefix, ..self }
    }

    /// The same with an input.
    #[must_use]
    pub const fn takes(self, input: &'static Schema) -> Self {
        OperationModel { input: Some(input), ..self }
    }

    /// The same with an output.
    #[must_use]
    pub const fn gives(self, output: &'static Schema) -> Self {
        OperationModel { output: Some(output), ..self }
    }

    /// The same with an element around its output in XML.
    #[must_use]
    pub const fn wrapped(self, wrapper: &'static str) -> Self {
        OperationModel { result_wrapper: Some(wrapper), ..self }
    }
}

impl ErrorModel {
    /// An error of the caller with this status, the code its name.
    pub const fn new(name: &'static str, status: u16) -> Self {
        ErrorModel { name, code: name, status, sender: true, message: "message" }
    }

    /// The same with another code in Query and XML.
    #[must_use]
    pub const fn code(self, code: &'static str) -> Self {
        ErrorModel { code, ..self }
    }

    /// The same as a fault of ours.
    #[must_use]
    pub const fn receiver(self) -> Self {
        ErrorModel { sender: false, ..self }
    }

    /// The same with another name of its text.
    #[must_use]
    pub const fn message(self, message: &'static str) -> Self {
        ErrorModel { message, ..self }
    }
}
