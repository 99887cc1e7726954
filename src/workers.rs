//! Work shared out among threads, and taken back in the order in which it was given.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::Scope;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use crate::error::{Error, Result};

/// How many tasks may be under way for each thread: enough for all to have work while one task, or
/// whoever gives them, is slow.
const TASKS_A_THREAD: usize = 8;

/// Threads that make an `R` of each `T`.
pub(crate) struct Workers<T, R> {
    tasks: Sender<Task<T, R>>,
    /// In the order in which they were given.
    under_way: VecDeque<(Arc<T>, Receiver<R>)>,
    most: usize,
}

/// A task, and where its result goes.
type Task<T, R> = (Arc<T>, Sender<R>);

impl<T: Send + Sync, R: Send> Workers<T, R> {
    /// Starts `count` threads, each with a worker of its own from `hire`; they end with the struct.
    pub(crate) fn start<'scope, W>(
        scope: &'scope Scope<'scope, '_>,
        count: usize,
        hire: impl Fn() -> W,
    ) -> Self
    where
        T: 'scope,
        R: 'scope,
        W: FnMut(&T) -> R + Send + 'scope,
    {
        let (tasks, given) = unbounded::<Task<T, R>>();
        for _ in 0..count {
            let given = given.clone();
            let mut worker = hire();
            scope.spawn(move || {
                for (task, result) in given {
                    // If nobody waits for it any more, the run has failed elsewhere.
                    let _ = result.send(worker(&task));
                }
            });
        }
        Self {
            tasks,
            under_way: VecDeque::new(),
            most: count * TASKS_A_THREAD,
        }
    }

    /// Whether a result should be taken before the next task is given, or memory would grow.
    pub(crate) fn are_busy(&self) -> bool {
        self.under_way.len() >= self.most
    }

    /// Gives a task to the first thread that is free.
    ///
    /// # Errors
    /// If all threads have stopped.
    pub(crate) fn give(&mut self, task: T) -> Result<()> {
        let task = Arc::new(task);
        let (result, waiting) = bounded(1);
        let sent = self.tasks.send((Arc::clone(&task), result));
        sent.map_err(|_| stopped())?;
        self.under_way.push_back((task, waiting));
        Ok(())
    }

    /// The oldest task that was not taken back, and its result, once it is there; nothing if none is
    /// under way.
    ///
    /// # Errors
    /// If its thread has stopped.
    pub(crate) fn take(&mut self) -> Result<Option<(Arc<T>, R)>> {
        let Some((task, waiting)) = self.under_way.pop_front() else {
            return Ok(None);
        };
        let result = waiting.recv().map_err(|_| stopped())?;
        Ok(Some((task, result)))
    }
}

fn stopped() -> Error {
    Error::Encoder("a worker stopped".to_owned())
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_tasks_and_only_so_many_are_under_way() {
        thread::scope(|scope| {
            let slow_at_first = |task: &u64| {
                thread::sleep(Duration::from_millis(20 - task.min(&20)));
                task * task
            };
            let mut workers = Workers::start(scope, 3, || slow_at_first);
            let mut results = Vec::new();
            for task in 0..100 {
                if workers.are_busy() {
                    results.extend(
                        workers
                            .take()
                            .unwrap()
                            .map(|(task, result)| (*task, result)),
                    );
                }
                workers.give(task).unwrap();
                assert!(workers.under_way.len() <= 3 * TASKS_A_THREAD);
            }
            while let Some((task, result)) = workers.take().unwrap() {
                results.push((*task, result));
            }
            let expected: Vec<_> = (0..100).map(|task| (task, task * task)).collect();
            assert_eq!(results, expected);
        });
    }
}
