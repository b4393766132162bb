//! The rule pack: what a county goes by.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    DEFAULT_LADDER,
    problem::{RulesError, RulesProblem},
    reading::{Reading, named},
};
use crate::{
    duty::{
        ladder::{Ladder, Over},
        time_limit::{Basis, LimitId, TimeLimit},
    },
    terms::{
        actor::{Role, RoleTable},
        canonical,
        id::{Digest, UnitId},
        place::Located,
        strict_toml::Sheet,
    },
};

/// The rules of one county at one time. It does not change; a new version is a new pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulePack {
    pub(super) rules: Rules,
    hash: Digest,
}

/// What a pack says: all of it is hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Rules {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) coordinating_body: Role,
    pub(super) oversight_body: Option<Role>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) judicial_units: BTreeSet<UnitId>,
    pub(super) limits: BTreeMap<LimitId, TimeLimit>,
    pub(super) ladders: BTreeMap<String, Ladder>,
}

impl RulePack {
    /// Reads a pack that stands on its own.
    ///
    /// # Errors
    /// Every problem of the text, each with file, line and column.
    pub fn parse(file_name: &str, toml: &str) -> Result<Self, RulesError> {
        let sheet = Sheet::parse(file_name, toml).map_err(|problems| RulesError { problems })?;
        let rules = read(&sheet);
        finish(rules, sheet.into_problems())
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.rules.name
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.rules.version
    }

    /// The role of the body that coordinates 统筹协调机构.
    pub fn coordinating_body(&self) -> &Role {
        &self.rules.coordinating_body
    }

    /// The role of the body in whose name a listed oversight 督办 goes out: the one the pack
    /// names, else the one that coordinates.
    pub fn oversight_body(&self) -> &Role {
        self.rules.oversight_body.as_ref().unwrap_or(&self.rules.coordinating_body)
    }

    /// Whether a unit of the directory is a court or a procuratorate 司法机关, as the county's rules
    /// list them: the directory knows people and their roles, and an organ may have nobody there,
    /// or a liaison only.
    pub fn is_judicial_unit(&self, unit: &UnitId) -> bool {
        self.rules.judicial_units.contains(unit)
    }

    /// A time limit by its id.
    pub fn limit(&self, id: &LimitId) -> Option<&TimeLimit> {
        self.rules.limits.get(id)
    }

    /// Every time limit, by id.
    pub fn limits(&self) -> impl Iterator<Item = &TimeLimit> {
        self.rules.limits.values()
    }

    /// A ladder by its name.
    pub fn ladder(&self, name: &str) -> Option<&Ladder> {
        self.rules.ladders.get(name)
    }

    /// The ladder that the duties of a party climb unless they name another.
    pub fn ladder_of_party(&self, party: &str) -> Option<&Ladder> {
        let climbs = |ladder: &&Ladder| ladder.parties.iter().any(|name| name == party);
        self.rules.ladders.values().find(climbs)
    }

    /// The ladder of a duty that these roles owe: the one it names, else the one of judicial organs
    /// if one of them owes it, else that of their party. Where several kinds owe it together, or a
    /// party has none, it is [`DEFAULT_LADDER`].
    pub fn ladder_for(
        &self,
        named: Option<&str>,
        owed_by: &[Role],
        roles: &RoleTable,
    ) -> Option<&Ladder> {
        if let Some(name) = named {
            return self.ladder(name);
        }
        let mut ladders = owed_by.iter().map(|role| {
            let of_party = roles.get(role).and_then(|spec| self.ladder_of_party(spec.party));
            of_party.or_else(|| self.ladder(DEFAULT_LADDER))
        });
        let Some(first) = ladders.next() else { return self.ladder(DEFAULT_LADDER) };
        ladders.fold(first, |so_far, ladder| match (so_far, ladder) {
            (Some(one), _) if one.over == Over::Judicial => Some(one),
            (_, Some(other)) if other.over == Over::Judicial => Some(other),
            (Some(one), Some(other)) if one.name == other.name => Some(one),
            _ => self.ladder(DEFAULT_LADDER),
        })
    }

    /// Every ladder, by name.
    pub fn ladders(&self) -> impl Iterator<Item = &Ladder> {
        self.rules.ladders.values()
    }

    /// The digest of all it says, in canonical JSON (RFC 8785). Comments and the order of the
    /// file do not count.
    pub fn hash(&self) -> Digest {
        self.hash
    }
}

fn read(sheet: &Sheet<'_, RulesProblem>) -> Option<Rules> {
    let reading = Reading { sheet };
    let mut root = sheet.root();
    let name = root.need("name").and_then(|item| item.text());
    let version = root.need("version").and_then(|item| item.text());
    let body = root.need("coordinating_body").and_then(|item| item.text());
    let oversight_body = root.take("oversight_body").and_then(|item| item.text()).map(Role::named);
    let judicial_units = reading.judicial_units(&mut root);
    let limits = named(&mut root, "limit")
        .iter()
        .filter_map(|item| reading.limit(item, None))
        .map(|limit| (limit.id.clone(), limit))
        .collect();
    let items = named(&mut root, "ladder");
    let ladders: Vec<_> = items
        .iter()
        .filter_map(|item| Some((item, reading.ladder(item, None, Basis::DesignDefault)?)))
        .collect();
    reading.each_party_once(ladders.iter().map(|(item, ladder)| (*item, ladder)));
    let ladders = ladders.into_iter().map(|(_, ladder)| (ladder.name.clone(), ladder)).collect();
    root.finish();
    let (name, version, coordinating_body) = (name?, version?, Role::named(body?));
    Some(Rules {
        name,
        version,
        coordinating_body,
        oversight_body,
        judicial_units,
        limits,
        ladders,
    })
}

/// A pack of what was read, if nothing was wrong.
pub(super) fn finish(
    rules: Option<Rules>,
    problems: Vec<Located<RulesProblem>>,
) -> Result<RulePack, RulesError> {
    match rules {
        Some(rules) if problems.is_empty() => {
            #[expect(clippy::expect_used, reason = "texts, numbers and flags always serialize")]
            let bytes = canonical::to_vec(&rules).expect("rules serialize");
            Ok(RulePack { hash: Digest::of(&bytes), rules })
        }
        Some(_) | None => Err(RulesError { problems }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "name = 'test'\nversion = '1'\ncoordinating_body = 'office'\n";

    const LIMIT: &str = "[limit.X01]\nlabel = { zh = '答复', en = 'reply' }\namount = 1\n\
                         unit = 'month'\nevent = { zh = '收到', en = 'receipt' }\n\
                         start = 'next_day'\nroll = 'next_working_day'\nbasis = 'statute'\n\
                         document = '《某法》第1条'\nverified = true\n";

    fn parse(tail: &str) -> Result<RulePack, RulesError> {
        RulePack::parse("x.toml", &format!("{HEAD}{tail}"))
    }

    fn problems(tail: &str) -> Vec<String> {
        parse(tail).unwrap_err().to_string().lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_limit_is_read_as_it_is_written() {
        let pack = parse(LIMIT).unwrap();
        let limit = pack.limit(&LimitId::constant("X01")).unwrap();
        assert_eq!(limit.shown_amount().zh, "1个月");
        assert_eq!(limit.shown_basis().zh, "法定：《某法》第1条");
        assert_eq!(limit.event.en, "receipt");
        assert_eq!(pack.coordinating_body().as_str(), "office");
    }

    #[test]
    fn every_problem_is_listed_with_its_place() {
        let text = LIMIT.replace("amount = 1", "amuont = 1").replace("'month'", "'week'");
        let tail = format!("{text}[ladder.empty]\nrungs = []\n[limits.X02]\n");
        assert_eq!(
            problems(&tail),
            [
                "x.toml:4:1: missing key `amount`",
                "x.toml:6:1: unknown key `amuont`, expected one of `label`, `event`, `word`, \
                 `amount`, `unit`, `start`, `roll`, `bound`, `basis`, `document`, `verified`, \
                 `note`",
                "x.toml:7:8: key `unit`: expected one of `hour`, `calendar_day`, `working_day`, \
                 `month`, `year`, found `week`",
                "x.toml:15:9: ladder `empty` has no rung",
                "x.toml:16:2: unknown key `limits`, expected one of `name`, `version`, \
                 `coordinating_body`, `oversight_body`, `judicial_units`, `limit`, `ladder`",
            ]
        );
    }

    #[test]
    fn a_limit_has_either_a_number_or_a_word() {
        let word = "word = { zh = '立即', en = 'at once' }\n";
        assert_eq!(
            problems(&format!("{LIMIT}{word}")),
            ["x.toml:4:8: limit `X01`: expected either `amount` or `word`, found both"]
        );
        let bare: String = LIMIT
            .lines()
            .filter(|line| !["amount", "unit", "start", "roll"].iter().any(|k| line.starts_with(k)))
            .fold(String::new(), |text, line| text + line + "\n");
        assert_eq!(
            problems(&bare),
            ["x.toml:4:8: limit `X01`: expected either `amount` or `word`, found neither"]
        );
        assert!(parse(&format!("{bare}{word}")).is_ok());
    }

    #[test]
    fn a_period_that_contradicts_itself_is_a_problem() {
        assert_eq!(
            problems(&LIMIT.replace("'month'", "'hour'")),
            ["x.toml:4:8: limit `X01`: expected the start `from_moment` for the unit `hour`, \
              and for no other"]
        );
    }

    #[test]
    fn what_claims_to_be_law_names_a_document() {
        assert_eq!(
            problems(&LIMIT.replace("《某法》第1条", "领导要求")),
            ["x.toml:12:12: limit `X01`: basis `statute` needs a document named by 《title》 or \
              number, found `领导要求`"]
        );
        let none = LIMIT.replace("document = '《某法》第1条'\n", "");
        assert_eq!(problems(&none), ["x.toml:4:1: missing key `document`"]);
        assert!(parse(&none.replace("statute", "design_default")).is_ok());
    }

    #[test]
    fn rungs_do_not_go_back_in_time() {
        let ladder = "[ladder.a]\nrungs = [{ after = 3, unit = 'hour', to = 'holder' }, \
                      { after = 2, unit = 'hour', to = 'unit_leader' }]\n";
        assert_eq!(
            problems(ladder),
            ["x.toml:5:55: ladder `a`: expected a rung at or after `3`, found `2`"]
        );
    }

    #[test]
    fn the_hash_follows_what_is_said_and_not_how_it_is_written() {
        let hash = parse(LIMIT).unwrap().hash();
        assert_eq!(hash, parse(&format!("# a comment\n{LIMIT}")).unwrap().hash());
        assert_ne!(hash, parse(&LIMIT.replace("amount = 1", "amount = 2")).unwrap().hash());
        assert_ne!(hash, parse(&LIMIT.replace("true", "false")).unwrap().hash());
    }
}
