//! Rows and pages.

use bytes::Bytes;
use store::{Batch, KeyRange, PageLimit, Table};

use crate::world::{PLENTY, World, commit, pairs, put, table, text};

pub(crate) async fn a_batch_is_written_whole_and_the_last_change_of_a_key_wins(world: World) {
    let slot = world.slot(3).await;
    commit(&slot, put("gone", "soon")).await;
    let mut batch = Batch::new();
    batch.put(Table::Lane, "a", "1");
    batch.put(Table::Lane, "b", "1");
    batch.put(Table::Lane, "a", "2");
    batch.delete(Table::Lane, "b");
    batch.delete(Table::Lane, "c");
    batch.put(Table::Lane, "c", "3");
    batch.put(Table::Lane, "empty", "");
    batch.delete(Table::Lane, "gone");
    batch.put(Table::Due, "a", "due");
    commit(&slot, batch).await;
    assert_eq!(table(&slot, Table::Lane).await, pairs(&[("a", "2"), ("c", "3"), ("empty", "")]));
    assert_eq!(table(&slot, Table::Due).await, pairs(&[("a", "due")]));
    let get = |key: &'static str| slot.get(Table::Lane, Bytes::from(key));
    assert_eq!(get("a").await, Ok(Some(Bytes::from("2"))));
    assert_eq!(get("empty").await, Ok(Some(Bytes::new())));
    assert_eq!(get("gone").await, Ok(None));
}

pub(crate) async fn a_page_holds_as_much_as_its_limit_and_says_whether_there_is_more(world: World) {
    let slot = world.slot(0).await;
    let mut batch = Batch::new();
    for key in ["a", "b", "c", "d"] {
        batch.put(Table::Names, key, "123456789");
    }
    commit(&slot, batch).await;
    let page = async |rows, bytes| {
        let limit = PageLimit { rows, bytes };
        let page = slot.page(Table::Names, KeyRange::ALL, limit).await.expect("a page");
        (page.rows.iter().map(|(key, _)| text(key)).collect::<String>(), page.more)
    };
    assert_eq!(page(4, 1000).await, ("abcd".to_owned(), false));
    assert_eq!(page(3, 1000).await, ("abc".to_owned(), true));
    // A row passes the limit of bytes, the next one does not come.
    assert_eq!(page(4, 15).await, ("ab".to_owned(), true));
    // One row comes however small the limit is.
    assert_eq!(page(0, 0).await, ("a".to_owned(), true));
}

pub(crate) async fn a_range_ends_before_its_end_and_a_slot_ends_where_it_ends(world: World) {
    let (slot, last) = (world.slot(254).await, world.slot(255).await);
    for slot in [&slot, &last] {
        let mut batch = Batch::new();
        for key in ["", "a", "ab", "b", "\u{7f}"] {
            batch.put(Table::Refs, key, "");
        }
        commit(slot, batch).await;
    }
    for slot in [&slot, &last] {
        let keys = async |range: KeyRange| {
            let page = slot.page(Table::Refs, range, PLENTY).await.expect("a page");
            page.rows.iter().map(|(key, _)| text(key)).collect::<Vec<_>>()
        };
        assert_eq!(keys(KeyRange::ALL).await, ["", "a", "ab", "b", "\u{7f}"]);
        assert_eq!(keys(KeyRange::prefix("a")).await, ["a", "ab"]);
        assert_eq!(keys(KeyRange::prefix("a").starting_at("aa")).await, ["ab"]);
        assert_eq!(keys(KeyRange::ALL.starting_at("b")).await, ["b", "\u{7f}"]);
        let backwards = KeyRange { start: Bytes::from("b"), end: Some(Bytes::from("a")) };
        assert_eq!(keys(backwards).await, [""; 0]);
    }
}

pub(crate) async fn tables_and_slots_do_not_see_each_other(world: World) {
    let (one, two) = (world.slot(1).await, world.slot(2).await);
    for table in Table::ALL {
        let mut batch = Batch::new();
        batch.put(table, "key", format!("{table:?}"));
        commit(&one, batch).await;
    }
    for id in Table::ALL {
        assert_eq!(table(&one, id).await, pairs(&[("key", &format!("{id:?}"))]));
        assert_eq!(table(&two, id).await, pairs(&[]));
    }
}

pub(crate) async fn a_scan_is_one_ordered_list_over_all_slots_in_pages(world: World) {
    for (number, keys) in [(9, ["c", "a", "f"]), (200, ["b", "a", "e"]), (255, ["d", "g", "h"])] {
        let mut batch = Batch::new();
        for key in keys {
            batch.put(Table::Names, key, number.to_string());
        }
        batch.put(Table::Refs, "other", "table");
        commit(&world.slot(number).await, batch).await;
    }
    let scan = async |range: KeyRange, rows| {
        let (mut found, mut range) = (Vec::new(), Some(range));
        while let Some(next) = range {
            let limit = PageLimit { rows, bytes: 1000 };
            let page = world.store().scan(Table::Names, next.clone(), limit).await.expect("a page");
            range = page.rest(next);
            assert!(range.is_none() || page.rows.len() >= rows.max(1));
            found.extend(page.rows.iter().map(|row| format!("{}{}", text(&row.key), row.slot)));
        }
        found.join(" ")
    };
    for rows in [0, 1, 2, 3, 100] {
        // A key of two slots comes whole.
        let all = scan(KeyRange::ALL, rows).await;
        assert_eq!(all, "a9 a200 b200 c9 d255 e200 f9 g255 h255", "{rows}");
        let some = KeyRange { start: Bytes::from("b"), end: Some(Bytes::from("e")) };
        assert_eq!(scan(some, rows).await, "b200 c9 d255", "{rows}");
    }
}

pub(crate) async fn a_reader_sees_what_is_durable_and_fences_nobody(world: World) {
    let slot = world.slot(7).await;
    let reader = world.store().reader(slot.id());
    assert_eq!(reader.get(Table::Lane, Bytes::from("a")).await, Ok(None));
    commit(&slot, put("a", "1")).await;
    assert_eq!(reader.get(Table::Lane, Bytes::from("a")).await, Ok(Some(Bytes::from("1"))));
    let page = reader.page(Table::Lane, KeyRange::ALL, PLENTY).await.expect("a page");
    assert_eq!((reader.id(), page.rows.len(), page.more), (slot.id(), 1, false));
    commit(&slot, put("a", "2")).await;
    // A new owner ends the former one's reads, and not those of a reader.
    let _taken = world.slot(7).await;
    assert!(slot.get(Table::Lane, Bytes::from("a")).await.is_err());
    assert_eq!(reader.get(Table::Lane, Bytes::from("a")).await, Ok(Some(Bytes::from("2"))));
}
