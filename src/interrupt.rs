//! Ctrl-C and SIGTERM: the first one ends the input, so that what is under way is finished and kept;
//! the second one ends the program.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{io, process, thread};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// The exit status of a run that was stopped: that of a program which Ctrl-C ends.
pub(crate) const STATUS: i32 = 130;

/// Whether the user has asked to stop.
#[derive(Clone, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on.
    ///
    /// # Errors
    /// If the system does not let it.
    pub(crate) fn listen() -> io::Result<Self> {
        let asked = Self::default();
        let heard = asked.clone();
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        thread::spawn(move || {
            for _ in signals.forever() {
                if heard.0.swap(true, Ordering::SeqCst) {
                    process::exit(STATUS);
                }
                eprintln!("stopping once what is under way is finished; again to stop at once");
            }
        });
        Ok(asked)
    }

    /// `records` until the user asks to stop.
    pub(crate) fn over<I: Iterator>(&self, records: I) -> Stoppable<'_, I> {
        Stoppable {
            records,
            asked: self,
            was_stopped: false,
        }
    }
}

/// Records that end early if the user asks to stop.
pub(crate) struct Stoppable<'i, I> {
    records: I,
    asked: &'i Interrupt,
    was_stopped: bool,
}

impl<I> Stoppable<'_, I> {
    /// Whether they did end early.
    pub(crate) fn was_stopped(&self) -> bool {
        self.was_stopped
    }
}

impl<I: Iterator> Iterator for Stoppable<'_, I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.was_stopped |= self.asked.0.load(Ordering::SeqCst);
        match self.was_stopped {
            true => None,
            false => self.records.next(),
        }
    }
}
