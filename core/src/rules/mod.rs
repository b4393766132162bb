//! Stub.
use crate::{
    duty::{
        ladder::Ladder,
        time_limit::{LimitId, TimeLimit},
    },
    terms::{actor::Role, id::Digest},
};
use std::collections::BTreeMap;
/// Stub
#[derive(Debug, Clone)]
pub struct RulePack {
    limits: BTreeMap<LimitId, TimeLimit>,
    ladders: BTreeMap<String, Ladder>,
    body: Role,
}
impl RulePack {
    /// x
    pub fn limit(&self, id: &LimitId) -> Option<&TimeLimit> {
        self.limits.get(id)
    }
    /// x
    pub fn ladder(&self, name: &str) -> Option<&Ladder> {
        self.ladders.get(name)
    }
    /// x
    pub fn coordinating_body(&self) -> &Role {
        &self.body
    }
    /// x
    pub fn hash(&self) -> Digest {
        Digest::of(b"")
    }
}
