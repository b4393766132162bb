//! Who carries out what waits: one task at a time, which ends when nobody waits.

use std::{sync::Arc, thread};

use tokio::sync::OwnedMutexGuard;

use super::Inner;

/// Leads, in a task of its own. Where somebody leads already, he sees what came, so that no task
/// waits to lead.
pub(super) fn lead(inner: &Arc<Inner>) {
    if let Some(right) = right(inner) {
        let leading = Leading { inner: Arc::clone(inner), right: Some(right) };
        tokio::spawn(leading.carry());
    }
}

fn right(inner: &Inner) -> Option<OwnedMutexGuard<()>> {
    Arc::clone(&inner.queue.leader).try_lock_owned().ok()
}

/// The right to carry out batches, until it is given back.
struct Leading {
    inner: Arc<Inner>,
    right: Option<OwnedMutexGuard<()>>,
}

impl Leading {
    async fn carry(mut self) {
        while self.right.is_some() {
            let batch = self.inner.queue.next(self.inner.clock.now());
            if !batch.is_empty() {
                self.inner.carry_jobs(batch).await;
                continue;
            }
            // Whoever came after the last look and before this found the right taken, and leads
            // nobody; so there is one more look.
            self.right = None;
            if !self.inner.queue.is_empty() {
                self.right = right(&self.inner);
            }
        }
    }
}

impl Drop for Leading {
    fn drop(&mut self) {
        if self.right.take().is_none() {
            return;
        }
        if thread::panicking() {
            // A panic of one batch, a store's perhaps, is no reason to let the others wait.
            lead(&self.inner);
        } else {
            // The runtime goes down. It takes no new tasks, and nobody would carry out what waits.
            self.inner.queue.turn_away();
        }
    }
}
