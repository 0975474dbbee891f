//! Results of a statement: columns as servers send them, rows as people read them.

use crate::value::Value;

/// The values of one row as text; none is NULL.
pub(crate) type Row = Vec<Option<String>>;

/// The rows of a `TRowSet`, whether it has columns (since version 6 of the protocol) or rows.
pub(crate) fn rows(set: &Value) -> Vec<Row> {
    match set.field(3) {
        Some(columns) => transpose(columns.elements().iter().map(column).collect()),
        None => set.field(2).map(Value::elements).unwrap_or_default().iter().map(row).collect(),
    }
}

/// The values of a `TColumn`: a union of lists, each with a bit for each value that is NULL.
fn column(column: &Value) -> Vec<Option<String>> {
    let Some(column) = member(column) else { return Vec::new() };
    let nulls = match column.field(2) {
        Some(Value::Bytes(octets)) => &**octets,
        Some(_) | None => &[],
    };
    let is_null =
        |index: usize| nulls.get(index / 8).is_some_and(|bits| bits >> (index % 8) & 1 == 1);
    let values = column.field(1).map(Value::elements).unwrap_or_default();
    let values = values.iter().enumerate();
    values.map(|(index, value)| (!is_null(index)).then(|| value.show())).collect()
}

/// The values of a `TRow`: a list of unions of structs, each with a value or none.
fn row(row: &Value) -> Row {
    let values = row.field(1).map(Value::elements).unwrap_or_default().iter();
    values.map(|value| member(value)?.field(1).map(Value::show)).collect()
}

/// The one member of a union that is there.
fn member(union: &Value) -> Option<&Value> {
    if let Value::Struct(fields) = union { fields.values().next() } else { None }
}

fn transpose(columns: Vec<Vec<Option<String>>>) -> Vec<Row> {
    let count = columns.iter().map(Vec::len).max().unwrap_or_default();
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    let next = |column: &mut alloc::vec::IntoIter<Option<String>>| column.next().flatten();
    (0..count).map(|_| columns.iter_mut().map(next).collect()).collect()
}
