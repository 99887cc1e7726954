//! JSON Lines: an object a row.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};

use serde_json::{Map, Value};

use super::{Fault, Table};

pub(super) fn read(bytes: Box<dyn Read>, table: Table<'_>) -> Result<u64, Fault> {
    let mut bytes = BufReader::new(bytes);
    let mut line = String::new();
    let (mut number, mut rows) = (0, 0);
    let mut wanted: Option<Vec<String>> = None;
    let mut choose = Some(table.choose);
    loop {
        line.clear();
        number += 1;
        let at = || Fault::at("line", number);
        if bytes
            .read_line(&mut line)
            .map_err(|error| at()(error.to_string()))?
            == 0
        {
            break;
        }
        if line.trim().is_empty() {
            continue;
        }
        let object: Map<String, Value> = serde_json::from_str(&line)
            .map_err(|error| at()(format!("it is no JSON object: {error}")))?;
        if let Some(choose) = choose.take() {
            let names: Vec<String> = object.keys().cloned().collect();
            let chosen = choose(&names).map_err(Fault::whole)?;
            wanted = Some(chosen.iter().map(|at| names[*at].clone()).collect());
        }
        let names = wanted.iter().flatten();
        let cells: Vec<Cow<'_, str>> = names.map(|name| cell(object.get(name))).collect();
        (table.take)(&cells).map_err(at())?;
        rows += 1;
    }
    match choose {
        None => Ok(rows),
        Some(_) => Err(Fault::whole("it is empty")),
    }
}

fn cell(value: Option<&Value>) -> Cow<'_, str> {
    match value {
        None | Some(Value::Null) => Cow::Borrowed(""),
        Some(Value::String(words)) => Cow::Borrowed(words),
        Some(other) => Cow::Owned(other.to_string()),
    }
}
