//! One file an operation, named after it.

pub(crate) mod assume_role;
pub(crate) mod get_access_key_info;
pub(crate) mod get_caller_identity;
pub(crate) mod get_session_token;

use api::types::Credentials;

use identity::Issued;

/// Temporary credentials in the API's words.
fn credentials(issued: Issued) -> Credentials {
    Credentials {
        access_key_id: issued.access_key,
        secret_access_key: issued.secret,
        session_token: issued.token,
        expiration: issued.expires,
    }
}
