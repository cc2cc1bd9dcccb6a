//! The rows of a platform application on disk.
//!
//! Values are protocol buffers, as those of topics. The application itself is the row of its name; rows of its
//! life begin with its incarnation.

use std::collections::BTreeMap;

use base::Incarnation;
use bytes::Bytes;
use prost::Message;
use store::StoreError;
use uuid::Uuid;

use crate::mobile::endpoint::TokenHash;

/// A row in the table of lanes: `incarnation | kind | …`. The numbers are on disk and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// [`EndpointRow`]; kind 1.
    Endpoint(Uuid),
    /// The id of the endpoint that has this device token; kind 2.
    Token(TokenHash),
}

/// The definition of an application; the row of its name.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub(crate) struct ApplicationRow {
    /// The application's present incarnation.
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) incarnation: Bytes,
    #[prost(uint64, tag = "2")]
    pub(crate) created_ms: u64,
    /// Attributes that were set, as AWS names and writes them; secrets too.
    #[prost(btree_map = "string, string", tag = "3")]
    pub(crate) attributes: BTreeMap<String, String>,
}

/// Hidden in logs: it has secrets.
impl std::fmt::Debug for ApplicationRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApplicationRow")
    }
}

/// An endpoint.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct EndpointRow {
    #[prost(string, tag = "1")]
    pub(crate) token: String,
    #[prost(string, optional, tag = "2")]
    pub(crate) custom_user_data: Option<String>,
    #[prost(bool, tag = "3")]
    pub(crate) enabled: bool,
}

impl Key {
    /// The row's key.
    pub(crate) fn of(self, incarnation: &Incarnation) -> Bytes {
        match self {
            Key::Endpoint(id) => [&incarnation.as_bytes()[..], &[1], id.as_bytes()].concat(),
            Key::Token(hash) => [&incarnation.as_bytes()[..], &[2], &hash.0].concat(),
        }
        .into()
    }

    /// The prefix of all rows of endpoints.
    pub(crate) fn all_endpoints(incarnation: &Incarnation) -> Bytes {
        [&incarnation.as_bytes()[..], &[1]].concat().into()
    }

    /// The id in the key of an endpoint's row.
    pub(crate) fn endpoint_id(key: &[u8]) -> Result<Uuid, StoreError> {
        let id = key.last_chunk::<16>().filter(|_| key.len() == 33);
        id.map(|id| Uuid::from_bytes(*id))
            .ok_or_else(|| StoreError::Damaged("the key of an endpoint".into()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::keys;

    proptest! {
        #[test]
        fn an_endpoints_id_survives_its_key(incarnation: [u8; 16], id: [u8; 16]) {
            let incarnation = Incarnation::from_bytes(incarnation);
            let id = Uuid::from_bytes(id);
            let key = Key::Endpoint(id).of(&incarnation);
            prop_assert_eq!(Key::endpoint_id(&key), Ok(id));
            prop_assert!(key.starts_with(&Key::all_endpoints(&incarnation)));
            prop_assert!(Key::endpoint_id(&key[1..]).is_err());
        }

        #[test]
        fn damaged_rows_are_refused(bytes: Vec<u8>) {
            _ = keys::decode::<ApplicationRow>(bytes.clone().into());
            _ = keys::decode::<EndpointRow>(bytes.into());
        }
    }
}
