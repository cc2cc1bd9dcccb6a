//! Reading a slot in the hands of its owner: the same as without owning it, through one reader an engine.

/// Reads a slot through a field that is a [`SlotReader`].
macro_rules! reads_through {
    ($slot:ty, $reader:ident) => {
        impl crate::SlotReader for $slot {
            fn id(&self) -> SlotId {
                self.$reader.id()
            }

            fn get(
                &self,
                table: crate::Table,
                key: bytes::Bytes,
            ) -> futures::future::BoxFuture<'_, Result<Option<bytes::Bytes>, crate::StoreError>>
            {
                self.$reader.get(table, key)
            }

            fn page(
                &self,
                table: crate::Table,
                range: crate::KeyRange,
                limit: crate::PageLimit,
            ) -> futures::future::BoxFuture<'_, Result<crate::Page, crate::StoreError>> {
                self.$reader.page(table, range, limit)
            }

            fn read(
                &self,
                lane: crate::LaneId,
                from: crate::Position,
                limit: crate::PageLimit,
            ) -> futures::future::BoxFuture<'_, Result<crate::Records, crate::StoreError>> {
                self.$reader.read(lane, from, limit)
            }

            fn read_many(
                &self,
                lane: crate::LaneId,
                positions: Vec<crate::Position>,
            ) -> futures::future::BoxFuture<
                '_,
                Result<Vec<(crate::Position, bytes::Bytes)>, crate::StoreError>,
            > {
                self.$reader.read_many(lane, positions)
            }

            fn last_position(
                &self,
                lane: crate::LaneId,
            ) -> futures::future::BoxFuture<'_, Result<Option<crate::Position>, crate::StoreError>>
            {
                self.$reader.last_position(lane)
            }
        }
    };
}
