//! Stores that are wrong in what goes out and comes in beside the steps.

use async_trait::async_trait;
use hexacase::{
    store::{
        Delivery, DeliveryQuery, DeliveryState, LeaseWanted, PostId, Read, Settled, StoreTx,
        Submitted,
    },
    terms::id::CommandId,
};

use crate::wrong_store::{Answer, Fault};

/// Looks only whether a delivery is pending, and not whether somebody is at it.
#[derive(Debug)]
pub(crate) struct LeasesWhatIsLeased;

#[async_trait]
impl Fault for LeasesWhatIsLeased {
    async fn lease(&self, inner: &mut dyn StoreTx, wanted: &LeaseWanted) -> Answer<Vec<Delivery>> {
        inner.lease(&LeaseWanted { now: wanted.now.plus_hours(24), ..*wanted }).await
    }
}

/// Lets whoever comes last settle a delivery, whatever lease it was made under.
#[derive(Debug)]
pub(crate) struct IgnoresTheFence;

#[async_trait]
impl Fault for IgnoresTheFence {
    async fn settle(&self, inner: &mut dyn StoreTx, settled: &[Settled]) -> Answer<Vec<PostId>> {
        let all = DeliveryQuery { state: DeliveryState::Pending, after: None, limit: u32::MAX };
        let pending = inner.deliveries(&all).await?;
        let mut settled = settled.to_vec();
        for one in &mut settled {
            let now = pending.iter().find(|delivery| delivery.id == one.id);
            one.fence = now.map_or(one.fence, |delivery| delivery.fence);
        }
        inner.settle(&settled).await
    }
}

/// Gives the inbox by the ids of its commands.
#[derive(Debug)]
pub(crate) struct TakesTheInboxOutOfOrder;

#[async_trait]
impl Fault for TakesTheInboxOutOfOrder {
    async fn submitted(&self, inner: &mut dyn Read, limit: u32) -> Answer<Vec<Submitted>> {
        let mut submitted = inner.submitted(limit).await?;
        submitted.sort_by_key(|command| command.id);
        Ok(submitted)
    }
}

/// Says of a command that was there before that it was put there now.
#[derive(Debug)]
pub(crate) struct TakesARepeatForNew;

#[async_trait]
impl Fault for TakesARepeatForNew {
    async fn submit(
        &self,
        inner: &mut dyn StoreTx,
        commands: &[Submitted],
    ) -> Answer<Vec<CommandId>> {
        inner.submit(commands).await?;
        Ok(commands.iter().map(|command| command.id).collect())
    }
}
