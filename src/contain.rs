//! Panics of code that is not ours, kept from ending a run.
//!
//! The parsers of HTML, XLSX and Parquet meet whatever a collection holds, and the writer of XLSX
//! panics where the disk of its temporary folder is full. What goes wrong there is one file's
//! trouble, told like any other.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether a panic on this thread is contained, and so is nothing to print.
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// What `work` gives, or what it said when it panicked. What it worked on must not be used after.
pub(crate) fn contained<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    keep_quiet();
    let before = CONTAINED.replace(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    CONTAINED.set(before);
    done.map_err(|panic| {
        let words = panic
            .downcast_ref::<&str>()
            .map(|words| (*words).to_owned());
        words
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no reason is known".to_owned())
    })
}

fn keep_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !CONTAINED.get() {
                print(panic);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_words() {
        assert_eq!(contained(|| 1), Ok(1));
        let panicking = |words: &'static str| contained(move || -> () { panic!("{words} {}", 2) });
        assert_eq!(panicking("one"), Err("one 2".to_owned()));
        assert_eq!(
            contained(|| -> () { panic!("three") }),
            Err("three".to_owned())
        );
    }
}
