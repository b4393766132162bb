//! Opening a case: who may, whom it is about, where it is.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    EngineError,
    carry::{Carry, Done, Taking},
    command::Open,
    workspace::{Live, unborn},
};
use crate::{
    procedure::{Definition, Opening, Refusal, TransitionSpec},
    terms::{
        area::{AreaCode, AreaPurpose},
        entropy::uuid_v7,
        facts::{CaseFacts, Subject, SubjectKind},
        id::{CaseId, Digest, IncidentId, Revision, SubjectId, UnitId},
    },
};

impl Carry<'_> {
    pub(super) fn open(&mut self, open: &Open) -> Result<Done, EngineError> {
        let unknown = || Refusal::UnknownTransition {
            procedure: open.procedure.clone(),
            transition: open.transition.clone(),
        };
        let definition = self.engine.registry.newest(&open.procedure).ok_or_else(unknown)?;
        let spec = definition.transition(&open.transition).ok_or_else(unknown)?;
        // The right to open is looked at before the form, so that nobody learns the form of what
        // he may not open.
        self.may_open(definition, spec)?;
        let opening = spec.opening(&open.payload)?;
        let (subject, known) = self.about(definition, &opening, open.subject)?;
        let incident = open.incident.unwrap_or_else(|| IncidentId::from(self.new_id()));
        let mut all = self.known_areas(subject);
        all.extend(known);
        all.extend(opening.areas);
        all.extend(open.areas.clone());
        if all.is_empty() {
            all.extend(self.own_area(spec));
        }
        let live = self.unborn(definition, subject, incident, all);
        // A typing error in a code would put the case on nobody's list.
        if !live.facts().realm.area().covers(&live.facts().area) {
            let (found, realm) = (&live.facts().area, &live.facts().realm);
            let reason = format!("expected an area within {realm}, found `{found}`");
            return Err(Refusal::field("areas", reason).into());
        }
        let case = live.facts().id;
        let unit = self.unit_of_opener(spec);
        self.step(Taking {
            live,
            transition: &open.transition,
            payload: &open.payload,
            by_chain: false,
            opened_by: unit,
            links: Vec::new(),
            depth: 0,
            born: true,
        })?;
        self.done(case, false)
    }

    /// Whom a case that is opened is about, and the area that follows from that alone: a unit's
    /// from the directory, the county's from the realm.
    ///
    /// `given` is whom the caller named, or the subject of the case that hands over.
    pub(super) fn about(
        &self,
        definition: &Definition,
        opening: &Opening,
        given: Option<Subject>,
    ) -> Result<(Subject, Option<(AreaPurpose, AreaCode)>), Refusal> {
        let realm = self.workspace.realm();
        let kind = definition.subject();
        let at = |area| Some((AreaPurpose::Unit, area));
        match kind {
            SubjectKind::County => Ok((Subject::county(realm), at(realm.area()))),
            SubjectKind::Unit => {
                let Some(unit) = &opening.unit else {
                    return Err(Refusal::field(
                        "unit",
                        "expected the unit it is about, found none",
                    ));
                };
                let area = self.staff.area_of(unit).unwrap_or_else(|| realm.area());
                Ok((Subject::unit(realm, unit), at(area)))
            }
            SubjectKind::Child
            | SubjectKind::UnidentifiedChild
            | SubjectKind::Village
            | SubjectKind::Town => {
                let named = opening.subject.map(|id| Subject { kind, id });
                let fits = |subject: &Subject| subject.kind.is_child() == kind.is_child();
                let unknown = || Subject {
                    kind: SubjectKind::UnidentifiedChild,
                    id: SubjectId::from(self.new_id()),
                };
                Ok((given.filter(fits).or(named).unwrap_or_else(unknown), None))
            }
        }
    }

    fn may_open(&self, definition: &Definition, spec: &TransitionSpec) -> Result<(), Refusal> {
        let check = crate::case::Check {
            roles: &self.engine.roles,
            profile: &self.profile,
            case: None,
            attributes: &BTreeMap::new(),
            duties: &[],
        };
        crate::case::check_permission(definition, spec, &check).map(|_| ())
    }

    /// The areas the subject's cases already know, the register's file among them.
    fn known_areas(&self, subject: Subject) -> BTreeMap<AreaPurpose, AreaCode> {
        let nowhere = IncidentId::from_bytes([0; 16]);
        let beside = self.workspace.beside(&self.draft, subject, nowhere, None);
        let mut known = BTreeMap::new();
        for case in beside {
            for (purpose, area) in case.facts.areas {
                known.entry(purpose).or_insert(area);
            }
        }
        known
    }

    /// The actor's own area in the role that opens, as the place where it happened.
    fn own_area(&self, spec: &TransitionSpec) -> Option<(AreaPurpose, AreaCode)> {
        let grants = &self.profile.grants;
        let grant = grants.iter().find(|grant| spec.by.contains(&grant.role))?;
        Some((AreaPurpose::Incident, grant.area.clone()))
    }

    fn unit_of_opener(&self, spec: &TransitionSpec) -> Option<UnitId> {
        let grants = &self.profile.grants;
        let grant = grants.iter().find(|grant| spec.by.contains(&grant.role));
        grant.map(|grant| grant.unit.clone()).or_else(|| self.profile.unit.clone())
    }

    pub(super) fn new_id(&self) -> uuid::Uuid {
        uuid_v7(self.now, &*self.engine.entropy)
    }

    pub(super) fn unborn(
        &self,
        definition: &Arc<Definition>,
        subject: Subject,
        incident: IncidentId,
        areas: BTreeMap<AreaPurpose, AreaCode>,
    ) -> Live {
        let realm = self.workspace.realm().clone();
        let area = definition.counting_area(&areas).cloned().unwrap_or_else(|| realm.area());
        let facts = CaseFacts {
            realm,
            id: CaseId::from(self.new_id()),
            procedure: definition.name().to_owned(),
            definition: definition.hash(),
            rule_pack: self.engine.rules.hash(),
            subject,
            incident,
            areas,
            area,
            opened_by: None,
            state: "-".to_owned(),
            revision: Revision::NONE,
            opened_at: self.occurred_at,
            closed_at: None,
            recorded_at: self.now,
            head: Digest::from_bytes([0; 32]),
            duties: 0,
        };
        unborn(Arc::clone(definition), facts)
    }
}
