//! Stores that are wrong in what they compare before they write.

use std::collections::HashSet;

use async_trait::async_trait;
use hexacase::{
    store::{Group, GroupOutcome, Loaded, StoreTx, Wanted},
    terms::id::{CaseId, CommandId, Revision},
};

use crate::wrong_store::{Answer, Fault};

/// What a group looks at, as it stands now.
async fn standing(inner: &mut dyn StoreTx, group: &Group) -> Answer<Loaded> {
    let wanted = Wanted {
        cases: group.expect.iter().map(|(case, _)| *case).collect(),
        scopes: group.scopes.iter().map(|(scope, _)| *scope).collect(),
        commands: group.commands.iter().map(|command| command.id).collect(),
        ..Wanted::default()
    };
    inner.load(&wanted).await
}

fn revision(standing: &Loaded, id: CaseId) -> Revision {
    let case = standing.cases.iter().find(|case| case.facts.id == id);
    case.map_or(Revision::NONE, |case| case.facts.revision)
}

fn holds(standing: &Loaded, group: &Group) -> bool {
    group.expect.iter().all(|(case, expected)| revision(standing, *case) == *expected)
        && group.scopes.iter().all(|(scope, is)| standing.scopes.get(scope) == Some(is))
        && standing.commands.is_empty()
}

/// Whoever writes last wins: the state is set where it should be compared and set.
#[derive(Debug)]
pub(crate) struct IgnoresTheRevision;

/// Makes a group that is behind (or ahead) one that follows what is there.
fn following(mut group: Group, standing: &Loaded) -> Group {
    for (case, expected) in &mut group.expect {
        let found = revision(standing, *case);
        let ahead = found.get() - expected.get();
        *expected = found;
        for write in group.cases.iter_mut().filter(|write| write.facts.id == *case) {
            write.facts.revision = Revision::new(write.facts.revision.get() + ahead);
            write.number_in = (found == Revision::NONE).then_some(2026);
        }
        for entry in group.entries.iter_mut().filter(|entry| entry.case == *case) {
            entry.seq += ahead;
        }
        for command in group.commands.iter_mut().filter(|command| command.case == *case) {
            command.seq += ahead;
        }
        for message in group.messages.iter_mut().filter(|message| message.case == *case) {
            message.seq += ahead;
        }
    }
    group
}

#[async_trait]
impl Fault for IgnoresTheRevision {
    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        let mut written = Vec::new();
        for group in groups {
            let standing = standing(inner, group).await?;
            written.push(following(group.clone(), &standing));
        }
        inner.append(&written).await
    }
}

/// Raises the revision of a scope without having compared it.
#[derive(Debug)]
pub(crate) struct IgnoresAScope;

#[async_trait]
impl Fault for IgnoresAScope {
    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        // It waits for its turn to write first, so that nothing is compared by accident.
        inner.append(&[]).await?;
        let mut written = groups.to_vec();
        for group in &mut written {
            let standing = standing(inner, group).await?;
            for (scope, revision) in &mut group.scopes {
                *revision = standing.scopes.get(scope).copied().unwrap_or(0);
            }
        }
        inner.append(&written).await
    }
}

/// Compares the revision of a scope and leaves it as it is.
#[derive(Debug)]
pub(crate) struct RaisesNoScope;

#[async_trait]
impl Fault for RaisesNoScope {
    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        let mut written = groups.to_vec();
        for group in &mut written {
            if holds(&standing(inner, group).await?, group) {
                group.scopes.clear();
            }
        }
        inner.append(&written).await
    }
}

/// Raises the scopes first, and leaves them raised when the group then falls.
#[derive(Debug)]
pub(crate) struct RaisesTheScopesOfWhatFell;

#[async_trait]
impl Fault for RaisesTheScopesOfWhatFell {
    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        let outcomes = inner.append(groups).await?;
        for (group, outcome) in groups.iter().zip(&outcomes) {
            if *outcome == GroupOutcome::Conflict {
                let scopes = standing(inner, group).await?.scopes;
                let named =
                    group.scopes.iter().filter_map(|(scope, _)| scopes.get_key_value(scope));
                let scopes = named.map(|(scope, revision)| (*scope, *revision)).collect();
                inner.append(&[Group { scopes, ..Group::default() }]).await?;
            }
        }
        Ok(outcomes)
    }
}

/// Keeps no record of commands.
#[derive(Debug)]
pub(crate) struct ForgetsTheCommand;

#[async_trait]
impl Fault for ForgetsTheCommand {
    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        let mut written = groups.to_vec();
        for group in &mut written {
            group.commands.clear();
        }
        inner.append(&written).await
    }
}

/// Records commands, and carries out one that is on record once more.
#[derive(Debug)]
pub(crate) struct CarriesACommandOutTwice;

#[async_trait]
impl Fault for CarriesACommandOutTwice {
    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        let mut written = groups.to_vec();
        for group in &mut written {
            let standing = standing(inner, group).await?;
            let known: HashSet<CommandId> =
                standing.commands.iter().map(|known| known.id).collect();
            group.commands.retain(|command| !known.contains(&command.id));
        }
        inner.append(&written).await
    }
}

/// Of a group that falls it writes the cases that would have stood by themselves.
#[derive(Debug)]
pub(crate) struct WritesHalfAGroup;

#[async_trait]
impl Fault for WritesHalfAGroup {
    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        let outcomes = inner.append(groups).await?;
        for (group, outcome) in groups.iter().zip(&outcomes) {
            if *outcome == GroupOutcome::Conflict {
                let standing = standing(inner, group).await?;
                let mut half = Group { scopes: Vec::new(), ..group.clone() };
                half.expect.retain(|(case, expected)| revision(&standing, *case) == *expected);
                let standing: HashSet<_> = half.expect.iter().map(|(case, _)| *case).collect();
                half.cases.retain(|write| standing.contains(&write.facts.id));
                half.entries.retain(|entry| standing.contains(&entry.case));
                half.commands.clear();
                half.messages.retain(|message| standing.contains(&message.case));
                half.rungs.retain(|rung| standing.contains(&rung.case));
                inner.append(&[half]).await?;
            }
        }
        Ok(outcomes)
    }
}

/// One transaction for all groups: where one falls, its neighbours fall with it.
#[derive(Debug)]
pub(crate) struct LetsAConflictUndoItsNeighbors;

#[async_trait]
impl Fault for LetsAConflictUndoItsNeighbors {
    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        for group in groups {
            if !holds(&standing(inner, group).await?, group) {
                return Ok(vec![GroupOutcome::Conflict; groups.len()]);
            }
        }
        inner.append(groups).await
    }
}

/// Answers those who fell first, and then those who stand.
#[derive(Debug)]
pub(crate) struct AnswersOutOfPlace;

#[async_trait]
impl Fault for AnswersOutOfPlace {
    async fn append(&self, inner: &mut dyn StoreTx, groups: &[Group]) -> Answer<Vec<GroupOutcome>> {
        let mut outcomes = inner.append(groups).await?;
        outcomes.sort_by_key(|outcome| *outcome != GroupOutcome::Conflict);
        Ok(outcomes)
    }
}
