//! Laws of the parties file and of the cells of a result.

use slant::input::{Format, parse_size};
use slant::output::{Cell, Type, guard, unguard};
use slant::parties::Parties;

use super::files::file;

/// A parties file is refused in words that name it, or every name in it finds its party.
pub fn parties(bytes: &[u8]) {
    for ending in [".toml", ".csv"] {
        let path = file(ending, bytes);
        let parties = match Parties::load(&path) {
            Ok(parties) => parties,
            Err(error) => {
                let error = error.to_string();
                assert!(error.contains(path.to_str().unwrap()), "{error}");
                continue;
            }
        };
        assert!(!parties.is_empty());
        for party in parties.iter() {
            for name in [&party.name].into_iter().chain(&party.aliases) {
                let named = parties.named_in(name);
                let found = named
                    .mentions
                    .iter()
                    .map(|(id, _)| *id)
                    .chain(named.excluded);
                let found: Vec<&str> = found.map(|id| &parties.party(id).name[..]).collect();
                assert!(found.contains(&&party.name[..]), "{name:?} finds {found:?}");
            }
        }
    }
}

/// A guarded text comes back, and what a cell shows reads back as the same cell.
pub fn values(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    assert_eq!(unguard(&guard(&text)), text);
    let _ = parse_size(&text);
    let _ = text.parse::<Format>();
    let types = [
        Type::Text,
        Type::Label,
        Type::Date,
        Type::Count,
        Type::Probability,
        Type::Score,
    ];
    for holds in types {
        let Some(cell) = holds.read(&text) else {
            continue;
        };
        assert!(cell == Cell::Empty || !text.is_empty());
        let shown = cell.to_string();
        assert_eq!(holds.read(&shown), Some(cell.clone()), "{holds:?} {text:?}");
    }
}
