//! Checking a case's entries against each other and against what the store says of the case.

use super::{Aad, CaseImage, Envelope, Origin, Sealer, chain, fold, read_entry};
use crate::terms::{
    area::Realm,
    facts::CaseFacts,
    id::{CaseId, Digest},
};

/// Something in a store that is not as the trail says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The case.
    pub case: CaseId,
    /// The entry, where it is a certain one.
    pub seq: Option<i64>,
    /// Where it is stored.
    pub table: &'static str,
    /// What is wrong.
    pub problem: String,
}

/// What could be read of an entry, so that a caller may look for more in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadEntry {
    /// The entry, where its bytes are one.
    pub envelope: Option<Envelope>,
    /// Its body, opened, where it is the one that the entry was written with.
    pub body: Option<Vec<u8>>,
}

/// Takes the entries of one case in order and says what is wrong with them.
#[derive(Debug)]
pub struct Verifier<'a> {
    realm: &'a Realm,
    case: CaseId,
    origin: &'a Origin,
    sealer: &'a dyn Sealer,
    image: Option<CaseImage>,
    entries: i64,
    faults: Vec<Fault>,
    broken: bool,
}

impl<'a> Verifier<'a> {
    /// A verifier of one case.
    pub fn new(realm: &'a Realm, case: CaseId, origin: &'a Origin, sealer: &'a dyn Sealer) -> Self {
        let (image, entries, faults, broken) = (None, 0, Vec::new(), false);
        Self { realm, case, origin, sealer, image, entries, faults, broken }
    }

    fn fault(&mut self, seq: Option<i64>, table: &'static str, problem: impl Into<String>) {
        self.faults.push(Fault { case: self.case, seq, table, problem: problem.into() });
    }

    /// Takes the next entry: its stored number, bytes and hash, and its stored body if it is
    /// there.
    pub fn entry(
        &mut self,
        seq: i64,
        bytes: &[u8],
        hash: Digest,
        body: Option<&[u8]>,
    ) -> ReadEntry {
        self.entries += 1;
        let envelope = match read_entry(bytes) {
            Ok(envelope) => envelope,
            Err(problem) => {
                self.broken = true;
                self.fault(Some(seq), "entry", problem);
                return ReadEntry::default();
            }
        };
        self.follow(seq, &envelope, bytes, hash);
        let body = self.open(seq, &envelope, body);
        ReadEntry { envelope: Some(envelope), body }
    }

    fn follow(&mut self, seq: i64, envelope: &Envelope, bytes: &[u8], hash: Digest) {
        if envelope.realm != *self.realm || envelope.case != self.case || envelope.seq != seq {
            self.fault(Some(seq), "entry", "the entry speaks of another case or number");
        }
        let linked = chain::link(bytes);
        if linked != hash {
            self.fault(Some(seq), "entry", "the stored hash is not the hash of the entry");
        }
        if seq == 1 && envelope.prev != chain::genesis(self.realm, self.case, self.origin) {
            self.fault(Some(seq), "entry", "the first entry does not follow this log's genesis");
        }
        if !self.broken {
            match fold(self.image.take(), envelope, linked) {
                Ok(image) => self.image = Some(image),
                Err(problem) => {
                    self.broken = true;
                    self.fault(Some(seq), "entry", problem.to_string());
                }
            }
        }
    }

    fn open(&mut self, seq: i64, envelope: &Envelope, body: Option<&[u8]>) -> Option<Vec<u8>> {
        let Some(body) = body else {
            self.fault(Some(seq), "body", "the body is missing");
            return None;
        };
        if Digest::of(body) != envelope.body {
            self.fault(Some(seq), "body", "the body is not the one the entry was written with");
            return None;
        }
        let aad = Aad { realm: self.realm, case: self.case, seq };
        match self.sealer.open(aad, &envelope.key, body) {
            Ok(plain) => Some(plain),
            Err(problem) => {
                self.fault(Some(seq), "body", problem.to_string());
                None
            }
        }
    }

    /// Adds a fault found by looking further, e.g. at an attachment.
    pub fn add(&mut self, seq: Option<i64>, table: &'static str, problem: impl Into<String>) {
        self.fault(seq, table, problem);
    }

    /// Compares with what the store says of the case and gives all faults. `stored` is nothing
    /// when there are entries without a case.
    pub fn finish(
        mut self,
        stored: Option<(&CaseFacts, &CaseImage)>,
    ) -> (Vec<Fault>, i64, Option<CaseImage>) {
        let image = self.image.take();
        match (&image, stored) {
            _ if self.broken => {}
            (None, Some(_)) => self.fault(None, "entry", "the case has no entries"),
            (Some(_), None) => self.fault(None, "case_file", "the entries' case is missing"),
            (Some(told), Some((facts, kept))) => {
                if told.facts != *facts {
                    self.fault(None, "case_file", differing(&told.facts, facts));
                }
                if told.attributes != kept.attributes {
                    self.fault(None, "attribute", "the attributes are not what the entries say");
                }
                if told.duties != kept.duties {
                    let other = told.duties.iter().zip(&kept.duties).find(|(a, b)| a != b);
                    let which =
                        other.map_or_else(String::new, |(duty, _)| format!(" `{}`", duty.name));
                    self.fault(
                        None,
                        "duty",
                        format!("the duties{which} are not what the entries say"),
                    );
                }
            }
            (None, None) => {}
        }
        (self.faults, self.entries, image)
    }
}

fn differing(told: &CaseFacts, kept: &CaseFacts) -> String {
    let columns = |facts: &CaseFacts| serde_json::to_value(facts).unwrap_or_default();
    let (told, kept) = (columns(told), columns(kept));
    let fields = told.as_object().into_iter().flatten();
    let other: Vec<&str> = fields
        .filter(|(key, value)| kept.get(key.as_str()) != Some(value))
        .map(|(key, _)| key.as_str())
        .collect();
    format!("{} not as the entries say", other.join(", "))
}
