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
    /// The path pattern of REST protocols.
    pub uri: &'static str,
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
