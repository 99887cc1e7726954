//! Words that come again and again, kept once.

use std::collections::HashMap;

/// Words by number, in the order in which they came.
#[derive(Default)]
pub(super) struct Names {
    known: HashMap<String, u32>,
    all: Vec<String>,
}

impl Names {
    pub(super) fn of(&self, number: u32) -> &str {
        &self.all[number as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.known.get(name).copied()
    }

    pub(super) fn number(&mut self, name: &str) -> u32 {
        match self.known.get(name) {
            Some(number) => *number,
            None => {
                let number = self.all.len() as u32;
                self.known.insert(name.to_owned(), number);
                self.all.push(name.to_owned());
                number
            }
        }
    }

    /// The numbers in the order of the words; an empty one last.
    pub(super) fn sorted(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> = (0..self.len() as u32).collect();
        numbers.sort_by_key(|number| (self.of(*number).is_empty(), self.of(*number)));
        numbers
    }
}
