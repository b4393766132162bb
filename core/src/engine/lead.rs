//! Who carries out what waits: one task, or a few where the store can use it, each of which ends
//! when nobody waits for it.

use std::{sync::Arc, thread};

use tokio::runtime::Handle;

use super::{Inner, under_way::Touched};

/// Leads, in a task of its own, if one more is wanted. Else those who lead see what came, so that
/// no task waits to lead.
pub(super) fn lead(inner: &Arc<Inner>) {
    if inner.queue.wants_leader() {
        let leading = Leading { inner: Arc::clone(inner), touched: None, over: false };
        tokio::spawn(leading.carry());
    }
}

/// The right to carry out batches, until it is given back.
struct Leading {
    inner: Arc<Inner>,
    /// What his batch touches, while one is under way.
    touched: Option<Touched>,
    over: bool,
}

impl Leading {
    async fn carry(mut self) {
        loop {
            let batch = self.inner.queue.next(self.inner.clock.now(), &mut self.touched);
            if batch.is_empty() {
                self.over = true;
                return;
            }
            // Enough may have stayed in line for another one.
            lead(&self.inner);
            self.inner.carry_jobs(batch).await;
        }
    }
}

impl Drop for Leading {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        let led = self.touched.is_some();
        let last = self.inner.queue.leave(&mut self.touched);
        if led && thread::panicking() && Handle::try_current().is_ok() {
            // A panic of one batch, a store's perhaps, is no reason to let the others wait. Who was
            // dropped before he led a batch found a runtime that takes no tasks.
            lead(&self.inner);
        } else if last {
            // The runtime goes down. It takes no new tasks, and nobody would carry out what waits.
            self.inner.queue.turn_away();
        }
    }
}
