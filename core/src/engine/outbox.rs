//! The outbox 发件箱: what steps tell the world is delivered at least once, in order within a case.
//!
//! A round leases what is due, hands it to the courier, and notes what became of it. A process that
//! dies in between lets its lease run out; the next one delivers again, under the same id, and what
//! the dead one would still say is refused by its older fence.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::task::JoinSet;

use super::{Engine, EngineError};
use crate::{
    store::{Delivery, DeliveryQuery, LeaseWanted, PostId, Settled, Settlement},
    terms::time::Timestamp,
};

/// Why a courier did not deliver. The words are kept in the outbox: nothing personal in them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CourierError {
    /// The receiver cannot be reached or is busy; it is tried again.
    #[error("not now: {0}")]
    NotNow(String),
    /// The receiver will never take it.
    #[error("never: {0}")]
    Never(String),
}

/// Who carries what the engine tells to somebody else: a webhook, a text message, a queue.
#[async_trait]
pub trait Courier: fmt::Debug + Send + Sync + 'static {
    /// Delivers once. When it returns `Ok`, the receiver has it.
    ///
    /// It may be called again with the same [`Delivery::id`], so the receiver has to tell a repeat
    /// by it. A call that takes longer than [`DeliveryPolicy::patience`] is dropped.
    ///
    /// # Errors
    /// [`CourierError`].
    async fn deliver(&self, delivery: &Delivery) -> Result<(), CourierError>;
}

/// How deliveries are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryPolicy {
    /// How many are under way at once.
    pub at_once: u32,
    /// How long one attempt may take. A lease lasts twice as long.
    pub patience: Duration,
    /// How long to wait after the first failure; twice as long after each further one.
    pub first_wait: Duration,
    /// How long to wait at most.
    pub longest_wait: Duration,
    /// After so many attempts it is given up.
    pub attempts: u32,
}

impl Default for DeliveryPolicy {
    /// Sixteen at once; thirty seconds each; waits from five seconds to an hour; given up after
    /// twenty attempts, which is about eleven hours.
    fn default() -> Self {
        Self {
            at_once: 16,
            patience: Duration::from_secs(30),
            first_wait: Duration::from_secs(5),
            longest_wait: Duration::from_hours(1),
            attempts: 20,
        }
    }
}

impl DeliveryPolicy {
    /// When an attempt that failed now is followed by the next; nothing where it was the last.
    fn again_at(&self, attempts: u32, now: Timestamp) -> Option<Timestamp> {
        if attempts >= self.attempts {
            return None;
        }
        let doublings = attempts.saturating_sub(1).min(31);
        let wait = self.first_wait.saturating_mul(1 << doublings).min(self.longest_wait);
        Some(later(now, wait))
    }
}

/// What a round of deliveries did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryRound {
    /// The receiver has so many now.
    pub delivered: usize,
    /// So many failed and are tried again.
    pub postponed: usize,
    /// So many were given up.
    pub dead: usize,
    /// So many came too late: the lease had run out and somebody else had it.
    pub overtaken: usize,
}

impl DeliveryRound {
    /// How many attempts were made.
    pub fn attempts(&self) -> usize {
        [self.postponed, self.dead, self.overtaken]
            .iter()
            .fold(self.delivered, |sum, one| sum + one)
    }
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    now.plus_millis(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
}

/// What an attempt came to.
type Attempt = (Delivery, Result<(), CourierError>);

impl Engine {
    /// Delivers what is due, once round; the caller calls again while there is something to do.
    ///
    /// # Errors
    /// [`EngineError::Store`]. What the courier delivered and could not be noted is delivered again.
    pub async fn deliver(
        &self,
        courier: &Arc<dyn Courier>,
        policy: &DeliveryPolicy,
    ) -> Result<DeliveryRound, EngineError> {
        let inner = &*self.inner;
        let leased = self.lease(policy).await?;
        if leased.is_empty() {
            return Ok(DeliveryRound::default());
        }
        let mut under_way = JoinSet::new();
        for delivery in leased {
            let (courier, patience) = (Arc::clone(courier), policy.patience);
            under_way.spawn(async move {
                let attempt = tokio::time::timeout(patience, courier.deliver(&delivery)).await;
                let slow = || CourierError::NotNow("it took too long".to_owned());
                let result = attempt.unwrap_or_else(|_| Err(slow()));
                (delivery, result)
            });
        }
        let mut attempts: Vec<Attempt> = Vec::new();
        while let Some(attempt) = under_way.join_next().await {
            // A courier that panics gave no answer: its lease runs out.
            attempts.extend(attempt.ok());
        }
        let now = inner.clock.now();
        let settled: Vec<Settled> =
            attempts.iter().map(|attempt| settlement(attempt, policy, now)).collect();
        let mut tx = inner.store.begin(inner.realm()).await?;
        let noted = tx.settle(&settled).await?;
        tx.commit().await?;
        Ok(count(&settled, &noted))
    }

    async fn lease(&self, policy: &DeliveryPolicy) -> Result<Vec<Delivery>, EngineError> {
        let inner = &*self.inner;
        let now = inner.clock.now();
        let until = later(now, policy.patience.saturating_mul(2));
        let mut tx = inner.store.begin(inner.realm()).await?;
        let leased = tx.lease(&LeaseWanted { now, until, limit: policy.at_once }).await?;
        // Also where there is nothing: a dropped transaction costs its connection.
        tx.commit().await?;
        Ok(leased)
    }

    /// Lists deliveries: what waits, what was delivered, what was given up.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub async fn deliveries(&self, query: &DeliveryQuery) -> Result<Vec<Delivery>, EngineError> {
        let mut reader = self.inner.store.reader(self.inner.realm()).await?;
        Ok(reader.deliveries(query).await?)
    }

    /// Has deliveries that were given up tried again, and tells which: those that were.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub async fn retry_deliveries(&self, ids: &[PostId]) -> Result<Vec<PostId>, EngineError> {
        let inner = &*self.inner;
        let mut tx = inner.store.begin(inner.realm()).await?;
        let again = tx.retry(ids, inner.clock.now()).await?;
        tx.commit().await?;
        Ok(again)
    }
}

fn settlement((delivery, result): &Attempt, policy: &DeliveryPolicy, now: Timestamp) -> Settled {
    let settlement = match result {
        Ok(()) => Settlement::Delivered { at: now },
        Err(CourierError::Never(problem)) => Settlement::Dead { at: now, problem: problem.clone() },
        Err(CourierError::NotNow(problem)) => match policy.again_at(delivery.attempts, now) {
            Some(due_at) => Settlement::Later { due_at, problem: problem.clone() },
            None => Settlement::Dead { at: now, problem: problem.clone() },
        },
    };
    Settled { id: delivery.id, fence: delivery.fence, settlement }
}

fn count(settled: &[Settled], noted: &[PostId]) -> DeliveryRound {
    let mut round = DeliveryRound::default();
    for one in settled {
        let counter = match &one.settlement {
            _ if !noted.contains(&one.id) => &mut round.overtaken,
            Settlement::Delivered { .. } => &mut round.delivered,
            Settlement::Later { .. } => &mut round.postponed,
            Settlement::Dead { .. } => &mut round.dead,
        };
        *counter = counter.saturating_add(1);
    }
    round
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_end_with_the_last_attempt() {
        let policy = DeliveryPolicy {
            first_wait: Duration::from_secs(5),
            longest_wait: Duration::from_mins(1),
            attempts: 7,
            ..DeliveryPolicy::default()
        };
        let start = Timestamp::from_millis(0);
        let waits: Vec<_> = (1..=7)
            .map(|attempts| policy.again_at(attempts, start).map(Timestamp::as_millis))
            .collect();
        let seconds = [5, 10, 20, 40, 60, 60].map(|seconds| Some(seconds * 1_000));
        assert_eq!(waits[..6], seconds);
        assert_eq!(waits[6], None);
    }
}
