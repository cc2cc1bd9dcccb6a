//! The rows of each change, and what is read from them.

use base::{Arn, Incarnation, Timestamp};
use bytes::Bytes;
use runtime::jobs::Timer;
use runtime::{Rows, names};
use store::{Batch, KeyRange, PageLimit, StoreError, Table};
use uuid::Uuid;

use crate::keys::{self, DueKind};
use crate::mobile::application::ApplicationAttributes;
use crate::mobile::arn::ApplicationArn;
use crate::mobile::endpoint::{Endpoint, TokenHash};
use crate::mobile::keys::{ApplicationRow, EndpointRow, Key};
use crate::mobile::lane::{Application, Change};

/// Writes the rows of a change, from the state before it.
pub(super) fn write(
    arn: &Arn,
    application: Option<&Application>,
    change: &Change,
    batch: &mut Batch,
) {
    match (change, application) {
        (Change::Defined(application), _) => {
            let row = keys::encode(&application.to_row());
            names::put(batch, &ApplicationArn::listed(arn), row);
        }
        (Change::Reclaimed(entry), _) => entry.delete(batch),
        (Change::Deleted { at }, Some(application)) => {
            names::delete(batch, &ApplicationArn::listed(arn));
            let (incarnation, kind) = (application.incarnation, DueKind::ReclaimApplication as u8);
            Timer { at: *at, incarnation, kind, arn: arn.clone() }.put(batch);
        }
        (Change::Put { id, before, endpoint }, Some(application)) => {
            let (life, hash) = (&application.incarnation, endpoint.hash());
            if let Some(before) = before.filter(|before| *before != hash) {
                batch.delete(Table::Lane, Key::Token(before).of(life));
            }
            let row = keys::encode(&endpoint.to_row());
            batch.put(Table::Lane, Key::Endpoint(*id).of(life), row);
            let id = Bytes::copy_from_slice(id.as_bytes());
            batch.put(Table::Lane, Key::Token(hash).of(life), id);
        }
        (Change::Removed { id, token }, Some(application)) => {
            batch.delete(Table::Lane, Key::Endpoint(*id).of(&application.incarnation));
            batch.delete(Table::Lane, Key::Token(*token).of(&application.incarnation));
        }
        (Change::Deleted { .. } | Change::Put { .. } | Change::Removed { .. }, None) => {}
    }
}

/// Reads an application, without its endpoints.
pub(super) async fn application(arn: &Arn, rows: &Rows) -> Result<Option<Application>, StoreError> {
    let row = rows.get(Table::Names, names::key(&ApplicationArn::listed(arn))).await?;
    row.map(Application::read).transpose()
}

/// Reads the endpoint of an id.
pub(crate) async fn endpoint(
    life: &Incarnation,
    id: Uuid,
    rows: &Rows,
) -> Result<Option<Endpoint>, StoreError> {
    let row = rows.get(Table::Lane, Key::Endpoint(id).of(life)).await?;
    row.map(|row| keys::decode(row).map(Endpoint::from_row)).transpose()
}

/// Reads the endpoint of a device token.
pub(super) async fn by_token(
    life: &Incarnation,
    token: TokenHash,
    rows: &Rows,
) -> Result<Option<(Uuid, Endpoint)>, StoreError> {
    let Some(id) = rows.get(Table::Lane, Key::Token(token).of(life)).await? else {
        return Ok(None);
    };
    let lost = || StoreError::Damaged("a device token without its endpoint".into());
    let id = Uuid::from_slice(&id).map_err(|_| lost())?;
    Ok(Some((id, endpoint(life, id, rows).await?.ok_or_else(lost)?)))
}

/// Reads a page of endpoints, those behind an id; whether there are more stands beside.
pub(crate) async fn endpoints(
    life: &Incarnation,
    after: Option<Uuid>,
    limit: PageLimit,
    rows: &Rows,
) -> Result<(Vec<(Uuid, Endpoint)>, bool), StoreError> {
    let mut range = KeyRange::prefix(Key::all_endpoints(life));
    if let Some(after) = after {
        range = range.behind(&Key::Endpoint(after).of(life));
    }
    let page = rows.page(Table::Lane, range, limit).await?;
    let read = |(key, value): (Bytes, Bytes)| {
        Ok((Key::endpoint_id(&key)?, Endpoint::from_row(keys::decode(value)?)))
    };
    Ok((page.rows.into_iter().map(read).collect::<Result<_, StoreError>>()?, page.more))
}

impl Application {
    /// From the row of its name.
    pub(crate) fn read(row: Bytes) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged("the row of a platform application".into());
        let row: ApplicationRow = keys::decode(row)?;
        let incarnation = row.incarnation[..].try_into().map_err(|_| damaged())?;
        Ok(Application {
            incarnation: Incarnation::from_bytes(incarnation),
            created: Timestamp::from_millis(row.created_ms),
            attributes: ApplicationAttributes::restore(row.attributes).ok_or_else(damaged)?,
        })
    }

    fn to_row(&self) -> ApplicationRow {
        ApplicationRow {
            incarnation: Bytes::copy_from_slice(self.incarnation.as_bytes()),
            created_ms: self.created.millis(),
            attributes: self.attributes.stored(),
        }
    }
}

impl Endpoint {
    fn to_row(&self) -> EndpointRow {
        EndpointRow {
            token: self.token.clone(),
            custom_user_data: self.custom_user_data.clone(),
            enabled: self.enabled,
        }
    }

    fn from_row(row: EndpointRow) -> Self {
        let EndpointRow { token, custom_user_data, enabled } = row;
        Endpoint { token, custom_user_data, enabled }
    }
}
