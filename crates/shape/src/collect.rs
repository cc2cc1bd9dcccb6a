//! Lists and maps, read and written the same way by every generated shape.

use std::collections::BTreeMap;

use crate::reader::{Malformed, Reader};
use crate::schema::{ListSchema, MapSchema};
use crate::writer::Writer;

/// Most elements of one list, and most entries of one map. No API of AWS allows as many; without a
/// limit, a body of `{},{},{}…` would take a hundred times its own size in memory.
pub const MOST_ITEMS: usize = 65_536;

/// Reads a list; `item` reads an element.
pub fn decode_list<T>(
    reader: &mut dyn Reader,
    schema: &'static ListSchema,
    item: fn(&mut dyn Reader) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    let mut items = Vec::new();
    reader.list(schema, &mut |reader| {
        room(items.len())?;
        items.push(item(reader)?);
        Ok(())
    })?;
    Ok(items)
}

/// Reads a map; `value` reads an entry's value. Of entries with the same key the last one counts.
pub fn decode_map<T>(
    reader: &mut dyn Reader,
    schema: &'static MapSchema,
    value: fn(&mut dyn Reader) -> Result<T, Malformed>,
) -> Result<BTreeMap<String, T>, Malformed> {
    let mut entries = BTreeMap::new();
    reader.map(schema, &mut |key, reader| {
        room(entries.len())?;
        entries.insert(key, value(reader)?);
        Ok(())
    })?;
    Ok(entries)
}

/// Writes a list; `item` writes an element.
pub fn encode_list<T>(
    writer: &mut dyn Writer,
    schema: &'static ListSchema,
    items: &[T],
    item: fn(&T, &mut dyn Writer),
) {
    writer.list(schema, items.len(), &mut |writer| {
        for element in items {
            writer.item();
            item(element, writer);
        }
    });
}

/// Writes a map; `value` writes an entry's value.
pub fn encode_map<T>(
    writer: &mut dyn Writer,
    schema: &'static MapSchema,
    entries: &BTreeMap<String, T>,
    value: fn(&T, &mut dyn Writer),
) {
    writer.map(schema, entries.len(), &mut |writer| {
        for (key, entry) in entries {
            writer.key(key);
            value(entry, writer);
        }
    });
}

fn room(taken: usize) -> Result<(), Malformed> {
    if taken < MOST_ITEMS {
        Ok(())
    } else {
        Err(Malformed(format!("A list or a map has more than {MOST_ITEMS} elements.")))
    }
}
