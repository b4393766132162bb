//! What comes next in virtual time.

use std::{cmp::Reverse, collections::BinaryHeap};

use hexacase::terms::{id::CaseId, time::Timestamp};

/// Something somebody means to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// Fulfil an open duty.
    Duty {
        /// The case.
        case: CaseId,
        /// The duty's number.
        no: u32,
        /// How often it was tried.
        tries: u32,
    },
    /// Take a step that no duty asks for, while the case is in a state.
    Beside {
        /// The case.
        case: CaseId,
        /// The step.
        transition: &'static str,
        /// The state.
        state: String,
    },
}

#[derive(Debug, PartialEq, Eq)]
struct Planned {
    at: Timestamp,
    order: u64,
    task: Task,
}

impl PartialOrd for Planned {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Planned {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

/// Tasks in order of time; tasks of one time in the order they were planned in.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    heap: BinaryHeap<Reverse<Planned>>,
    order: u64,
}

impl Agenda {
    /// Plans a task.
    pub(super) fn plan(&mut self, at: Timestamp, task: Task) {
        self.order += 1;
        self.heap.push(Reverse(Planned { at, order: self.order, task }));
    }

    /// When the next task is due.
    pub(super) fn next_at(&self) -> Option<Timestamp> {
        self.heap.peek().map(|Reverse(planned)| planned.at)
    }

    /// The next task, if it is due by `until`.
    pub(super) fn take(&mut self, until: Timestamp) -> Option<Task> {
        if self.next_at()? > until {
            return None;
        }
        self.heap.pop().map(|Reverse(planned)| planned.task)
    }
}
