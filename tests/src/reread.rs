//! Reading a database again and again while it grows: what is new in it, and whether it is whole.
//!
//! Everything here rests on time that never stands still between two readings: an entry that was
//! recorded before the last one that was read would not be seen.

use std::collections::{BTreeMap, BTreeSet};

use hexacase::{
    engine::{Engine, EngineError, HistoryEntry},
    store::{CaseQuery, EntryCursor, StoredCase},
    terms::{
        id::{CaseId, CommandId, Digest},
        time::Timestamp,
    },
    trail::{Envelope, Kind, LinkKind},
};

use crate::said::Said;

/// An end of a link between two cases: from which case, to which, by which handoff, and by which
/// entry of the first, where that is told at both ends.
type End = (CaseId, CaseId, Option<String>, Option<i64>);

/// What was read so far.
#[derive(Debug, Default)]
pub struct Reread {
    after: Option<EntryCursor>,
    /// The last entry of every case: its number and its hash.
    heads: BTreeMap<CaseId, (i64, Digest)>,
    /// Every entry that carries out a command with an id.
    commands: BTreeMap<(CaseId, i64), CommandId>,
    /// Every command that was carried out, with each case in which it took a step, or none for the
    /// one that it opened. A handoff may take a step in another case by the same command.
    steps: BTreeSet<(CommandId, Option<CaseId>)>,
    /// The sweeps that said they had climbed rungs.
    swept: BTreeMap<Timestamp, usize>,
    /// How many steps of each case were said to be done.
    said: BTreeMap<CaseId, usize>,
    /// Entries by kind.
    pub kinds: BTreeMap<Kind, usize>,
    /// Links between two cases, both ends of which were found.
    pub links: usize,
}

impl Reread {
    /// When the last entry was recorded.
    pub fn last(&self) -> Timestamp {
        self.after.map_or(Timestamp::from_millis(0), |cursor| cursor.recorded_at)
    }

    /// How many entries were read.
    pub fn entries(&self) -> usize {
        self.kinds.values().sum()
    }

    /// Reads what is new: every entry follows the last of its case, every link has both its ends,
    /// every case stands at its last entry, and what was said is there.
    ///
    /// # Errors
    /// What is not so; or that the database cannot be read.
    pub async fn read(&mut self, engine: &Engine, said: &[Said]) -> Result<(), String> {
        let mut fresh = Vec::new();
        loop {
            let page = engine.feed(self.after, 500).await.map_err(unread)?;
            let Some((_, last)) = page.last() else { break };
            self.after = Some(*last);
            fresh.extend(page.into_iter().map(|(entry, _)| entry));
        }
        self.follow(&fresh)?;
        for case in all_cases(engine).await? {
            let (id, revision) = (case.facts.id, case.facts.revision.get());
            let head = self.heads.get(&id).map_or(0, |(seq, _)| *seq);
            if head != revision {
                return Err(format!("case {id} stands at {revision}, its trail at {head}"));
            }
        }
        said.iter().try_for_each(|said| self.hear(said))
    }

    /// Whether a command was carried out as a step.
    pub fn has_step(&self, command: CommandId) -> bool {
        self.steps.range((command, None)..).next().is_some_and(|(first, _)| *first == command)
    }

    /// Every entry follows the last of its case, every link has both its ends: what links two cases
    /// is written in one transaction, so neither end was there before.
    fn follow(&mut self, fresh: &[HistoryEntry]) -> Result<(), String> {
        let (mut sent, mut received) = (BTreeSet::new(), BTreeSet::new());
        for entry in fresh {
            self.take(&entry.envelope, entry.hash)?;
            ends(&entry.envelope, &mut sent, &mut received);
        }
        if let Some(end) = sent.symmetric_difference(&received).next() {
            return Err(format!("only one end of a link is there: {end:?}"));
        }
        self.links += sent.len();
        Ok(())
    }

    fn take(&mut self, envelope: &Envelope, hash: Digest) -> Result<(), String> {
        let (case, seq) = (envelope.case, envelope.seq);
        if let Some((before, head)) = self.heads.insert(case, (seq, hash)) {
            if seq != before + 1 || envelope.prev != head {
                return Err(format!("entry {seq} of case {case} does not follow entry {before}"));
            }
        } else if seq != 1 {
            return Err(format!("entry {seq} of case {case} comes first"));
        }
        if let Some(command) = envelope.command {
            self.commands.insert((case, seq), command);
            let moved = (seq > 1).then_some(case);
            // A handoff that comes back takes a second step in a case by the same command; none
            // opens a second case as a step of its own.
            let new = envelope.kind != Kind::Step || self.steps.insert((command, moved));
            if !new && moved.is_none() {
                return Err(format!("command {command} was carried out twice"));
            }
        }
        *self.kinds.entry(envelope.kind).or_default() += 1;
        Ok(())
    }

    /// What was said is there.
    fn hear(&mut self, said: &Said) -> Result<(), String> {
        match said {
            Said::Step { case, revision, command, linked } => {
                if self.commands.get(&(*case, *revision)) != Some(command) {
                    return Err(format!("{said} is lost"));
                }
                if let Some(lost) = linked.iter().find(|id| !self.heads.contains_key(id)) {
                    return Err(format!("{said}: case {lost} is lost"));
                }
                *self.said.entry(*case).or_default() += 1;
                Ok(())
            }
            Said::Swept { at, rungs } => {
                *self.swept.entry(*at).or_default() += rungs;
                Ok(())
            }
        }
    }

    /// How many steps of a case were said to be done.
    pub fn said_of(&self, case: CaseId) -> usize {
        self.said.get(&case).copied().unwrap_or(0)
    }

    /// The rungs that sweeps said they had climbed are there. It reads them all.
    ///
    /// # Errors
    /// The sweep of which a rung is lost; or that the database cannot be read.
    pub async fn rungs(&self, engine: &Engine) -> Result<usize, String> {
        let mut climbed: BTreeMap<Timestamp, usize> = BTreeMap::new();
        for rung in engine.escalations(None, u32::MAX).await.map_err(unread)? {
            *climbed.entry(rung.climbed_at).or_default() += 1;
        }
        for (at, rungs) in &self.swept {
            let found = climbed.get(at).copied().unwrap_or(0);
            if found < *rungs {
                return Err(format!("the sweep at {at} climbed {rungs} rungs, {found} are there"));
            }
        }
        Ok(climbed.values().sum())
    }
}

/// The ends of the links between two cases that an entry has.
fn ends(envelope: &Envelope, sent: &mut BTreeSet<End>, received: &mut BTreeSet<End>) {
    let here = envelope.case;
    for link in &envelope.links {
        let (there, handoff) = (link.case, link.handoff.clone());
        match link.kind {
            LinkKind::HandedTo => sent.insert((here, there, handoff, Some(envelope.seq))),
            LinkKind::HandedFrom => received.insert((there, here, handoff, link.seq)),
            LinkKind::MergedInto => sent.insert((here, there, None, None)),
            LinkKind::MergedFrom => received.insert((there, here, None, None)),
            LinkKind::Corrects => false,
        };
    }
}

/// All cases of the county.
///
/// # Errors
/// That the database cannot be read.
pub async fn all_cases(engine: &Engine) -> Result<Vec<StoredCase>, String> {
    let mut all: Vec<StoredCase> = Vec::new();
    loop {
        let after = all.last().map(|case| case.facts.id);
        let query = CaseQuery { after, limit: 500, ..CaseQuery::default() };
        let page = engine.cases(&query).await.map_err(unread)?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
fn unread(problem: EngineError) -> String {
    format!("the database cannot be read: {problem:?}")
}

#[cfg(test)]
mod tests {
    use hexacase::testing::MemoryStore;

    use super::*;
    use crate::walk::{Ground, meta};

    /// The entries of a walk, and a case that a handoff opened.
    async fn walked() -> (Engine, Vec<HistoryEntry>, CaseId) {
        let (meta, county) = meta(4, 3);
        let mut ground = Ground::new(MemoryStore::new(meta), &county, 3).await;
        ground.walk(400).await;
        let feed = ground.engine.feed(None, u32::MAX).await.expect("the entries");
        let entries: Vec<_> = feed.into_iter().map(|(entry, _)| entry).collect();
        let opened = entries.iter().map(|entry| &entry.envelope).find(|envelope| {
            let handed = envelope.links.iter().any(|link| link.kind == LinkKind::HandedFrom);
            envelope.seq == 1 && handed
        });
        let opened = opened.expect("a handoff opened a case").case;
        (ground.engine, entries, opened)
    }

    #[tokio::test]
    async fn a_walk_reads_as_whole() {
        let (engine, entries, ..) = walked().await;
        let mut reread = Reread::default();
        reread.read(&engine, &[]).await.expect("it is whole");
        assert_eq!(reread.entries(), entries.len());
        assert!(reread.links > 0);
    }

    #[tokio::test]
    async fn half_a_handoff_is_found() {
        let (_, mut entries, opened) = walked().await;
        entries.retain(|entry| entry.envelope.case != opened);
        let wrong = Reread::default().follow(&entries).expect_err("a case is missing");
        assert!(wrong.starts_with("only one end of a link is there"), "{wrong}");
    }

    #[tokio::test]
    async fn a_missing_entry_is_found() {
        let (_, mut entries, ..) = walked().await;
        let third = entries.iter().find(|entry| entry.envelope.seq == 3);
        let case = third.expect("a case has three entries").envelope.case;
        entries.retain(|entry| (entry.envelope.case, entry.envelope.seq) != (case, 2));
        let wrong = Reread::default().follow(&entries).expect_err("an entry is missing");
        assert_eq!(wrong, format!("entry 3 of case {case} does not follow entry 1"));
    }

    #[tokio::test]
    async fn a_command_that_was_carried_out_twice_is_found() {
        let (_, mut entries, _) = walked().await;
        let command = CommandId::from_bytes([1; 16]);
        let opened = entries.iter_mut().map(|entry| &mut entry.envelope);
        let opened = opened.filter(|envelope| envelope.kind == Kind::Step && envelope.seq == 1);
        opened.take(2).for_each(|envelope| envelope.command = Some(command));
        let wrong = Reread::default().follow(&entries).expect_err("it was carried out twice");
        assert_eq!(wrong, format!("command {command} was carried out twice"));
    }

    #[tokio::test]
    async fn what_was_said_and_never_written_is_lost() {
        let (engine, _, case) = walked().await;
        let command = CommandId::from_bytes([1; 16]);
        let said = Said::Step { case, revision: 1, command, linked: Vec::new() };
        let lost = Reread::default().read(&engine, std::slice::from_ref(&said)).await;
        assert_eq!(lost, Err(format!("{said} is lost")));
        let mut reread = Reread::default();
        let said = Said::Swept { at: Timestamp::from_millis(1), rungs: 1 };
        reread.read(&engine, &[said]).await.expect("rungs are counted apart");
        let lost = reread.rungs(&engine).await.expect_err("no rung was climbed then");
        assert!(lost.ends_with("climbed 1 rungs, 0 are there"), "{lost}");
    }
}
