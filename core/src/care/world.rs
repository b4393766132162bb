//! What the county's definitions are built and checked against, and who may take the engine-wide
//! steps there (domain table of engine-wide steps; our own proposal, the county decides).

use super::{chain, roles};
use crate::{
    duty::time_limit::LimitId,
    procedure::{
        Definition, DefinitionError, World,
        wide::{Also, Second, WideRule, WideStep, WideTable},
    },
    rules::rule_pack::RulePack,
    terms::actor::{Account, Role},
};

/// The names that exist around the procedures: roles, limits and ladders of a rule pack, the
/// engine-wide steps, and the procedures carried elsewhere.
pub fn world(rules: &RulePack) -> World {
    World {
        roles: roles::table()
            .iter()
            .map(|spec| (spec.role.clone(), spec.account != Account::No))
            .collect(),
        limits: rules.limits().map(|limit| (limit.id.clone(), limit.period.is_some())).collect(),
        ladders: rules.ladders().map(|ladder| ladder.name.clone()).collect(),
        engine_steps: [WideStep::RecordFollowUp.name()].into(),
        procedures: Vec::new(),
        elsewhere: chain::ELSEWHERE.iter().copied().collect(),
    }
}

/// The roles that may stand in as second person: those who answer for a town or the county.
const SECOND: &[&[Role]] = &[roles::TOWN, roles::COUNTY, roles::TOWN_LEADER];

fn flat(groups: &[&[Role]]) -> Vec<Role> {
    let mut flat: Vec<Role> = Vec::new();
    for role in groups.iter().flat_map(|group| group.iter()) {
        if !flat.contains(role) {
            flat.push(role.clone());
        }
    }
    flat
}

/// Who may take the engine-wide steps.
pub fn wide_table() -> WideTable {
    use Also::{AuthorUnit, ClosingUnit, DutyRecorders, HolderLeader, WhoeverActs};
    use Second::{Always, Never, WhenLegalFact};
    use WideStep as Step;

    let rule = |step, groups: &[&[Role]], also: &[Also], second| WideRule {
        step,
        roles: flat(groups),
        also: also.to_vec(),
        second,
        confirmed_by: if second == Never { Vec::new() } else { flat(SECOND) },
    };
    let town_and_county: &[&[Role]] = &[roles::TOWN, roles::COUNTY];
    let rules = vec![
        rule(Step::AmendEntry, &[], &[AuthorUnit], WhenLegalFact),
        rule(Step::AnnulCase, &[roles::TOWN_STATION, roles::COUNTY], &[], Always),
        rule(Step::RebindSubject, town_and_county, &[], Always),
        rule(Step::IdentifySubject, &[roles::FRONT, roles::COUNTY], &[], Never),
        rule(Step::JoinIncident, town_and_county, &[], Never),
        rule(Step::SplitIncident, town_and_county, &[], Never),
        rule(Step::MergeCase, town_and_county, &[], Always),
        rule(Step::Reopen, &[], &[ClosingUnit], Never),
        rule(Step::RecordFollowUp, &[], &[DutyRecorders], Never),
        rule(Step::ExtendDeadline, &[], &[DutyRecorders], Always),
        rule(Step::SuspendDeadline, &[], &[DutyRecorders], Always),
        rule(
            Step::ReassignHolder,
            &[roles::TOWN, roles::JOINT_MEETING_OFFICE],
            &[HolderLeader],
            Never,
        ),
        rule(Step::CaseloadTransfer, &[], &[HolderLeader], Never),
        rule(Step::ExcuseDuty, &[], &[HolderLeader], Always),
        rule(Step::AddNote, &[], &[WhoeverActs], Never),
        rule(Step::Attach, &[], &[WhoeverActs], Never),
    ];
    let mut table = WideTable::new(rules, LimitId::constant("C12"));
    // It is a formality within the house, nothing to oversee.
    table.confirm_ladder = "office";
    // A report that was sent is never annulled; a retraction is recorded and the duty goes on.
    table.annul_only_in = vec![("mandatory_report", vec!["discovered"])];
    table.never_annul_with = Some("report_sent");
    // 一人一档: no way but the procedure's own leads to a file.
    table.one_of_subject = vec!["care_file"];
    // More time for a task of the joint meeting is the convener's to give.
    table.confirmed_in = vec![("action_item", Step::ExtendDeadline, flat(&[roles::CONVENER]))];
    table
}

/// Builds definitions that know of each other: each may hand over to the others.
pub(super) fn build_all(
    builders: &[Builder],
    rules: &RulePack,
) -> Result<Vec<Definition>, Vec<DefinitionError>> {
    let mut world = world(rules);
    world.procedures =
        builders.iter().map(|builder| (builder.name, (builder.openings)())).collect();
    let (mut built, mut wrong) = (Vec::new(), Vec::new());
    for builder in builders {
        match (builder.build)(&world) {
            Ok(definition) => built.push(definition),
            Err(problems) => wrong.push(problems),
        }
    }
    if wrong.is_empty() { Ok(built) } else { Err(wrong) }
}

/// How to build one procedure.
pub(super) struct Builder {
    name: &'static str,
    openings: fn() -> Vec<&'static str>,
    build: fn(&World) -> Result<Definition, DefinitionError>,
}

impl Builder {
    /// The builder of a procedure.
    pub(super) const fn of<P: crate::procedure::Procedure>() -> Self {
        Self {
            name: P::NAME,
            openings: || P::define(crate::procedure::Define::new()).openings(),
            build: |world| P::define(crate::procedure::Define::new()).build(world),
        }
    }
}
