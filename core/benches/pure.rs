//! What the parts cost that reckon and never wait: deciding a step of a real procedure, dates and
//! their reasons, permission, entries and their hashes, proofs of policies.
//!
//! `cargo bench -p hexacase --bench pure` prints the figures; nothing here asserts one.

use std::{collections::BTreeMap, error::Error, hint::black_box};

use criterion::{Criterion, criterion_group, criterion_main};
use hexacase::{
    calendar::{
        explain::{LimitName, why},
        period::{Period, PeriodUnit},
        work_calendar::WorkCalendar,
    },
    care::{self, roles, rules::national},
    case::{CaseView, Check, Decide, FindHolder, Step, check_permission, decide},
    duty::owed::OwedDuty,
    procedure::{Definition, Point, Policy, Refusal},
    terms::{
        actor::{Grant, Profile, Role, RoleTable},
        area::{AreaCode, AreaPurpose},
        facts::{CaseFacts, Subject, SubjectKind},
        id::{
            ActorId, CaseId, CommandId, Digest, IncidentId, OriginId, Revision, SubjectId, UnitId,
        },
        label::Label,
        time::Timestamp,
    },
    trail::{
        Envelope, EnvelopeFacts, Kind, Origin, SUITE, VERSION, fold, genesis, link, read_entry,
    },
};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Every role has one office.
#[derive(Debug)]
struct OneOffice;

impl FindHolder for OneOffice {
    fn unit_for(&self, _: &Role, _: &AreaCode) -> Option<UnitId> {
        Some(UnitId::constant("office"))
    }

    fn has_role(&self, _: &UnitId, _: &Role) -> bool {
        true
    }
}

/// An alert 预警 before its verification is started: a clue came in, and a director is to look.
#[derive(Debug)]
struct Alert {
    definition: Definition,
    roles: RoleTable,
    profile: Profile,
    facts: CaseFacts,
    attributes: BTreeMap<String, String>,
    duties: Vec<OwedDuty>,
    data: Value,
    opening: Step,
    at: Timestamp,
}

impl Alert {
    fn new() -> Outcome<Self> {
        let definitions = care::definitions(national()).map_err(|all| format!("{all:?}"))?;
        let mut definitions = definitions.into_iter();
        let definition = definitions
            .find(|definition| definition.name() == "risk_alert")
            .ok_or("no such procedure")?;
        let area: AreaCode = "999999101201".parse()?;
        let unit = UnitId::constant("office");
        let role = roles::CHILD_WELFARE_DIRECTOR.first().cloned().ok_or("no such role")?;
        let at: Timestamp = "2026-03-02 09:00".parse()?;
        let profile = Profile {
            id: ActorId::constant("u-7"),
            unit: Some(unit.clone()),
            leader: false,
            grants: vec![Grant { role, area: area.clone(), unit: unit.clone() }],
        };
        let facts = CaseFacts {
            realm: "999999".parse()?,
            id: CaseId::from_bytes([1; 16]),
            procedure: definition.name().to_owned(),
            definition: definition.hash(),
            rule_pack: national().hash(),
            subject: Subject { kind: SubjectKind::Child, id: SubjectId::from_bytes([7; 16]) },
            incident: IncidentId::from_bytes([2; 16]),
            areas: BTreeMap::from([(AreaPurpose::Residence, area.clone())]),
            area,
            opened_by: Some(unit),
            state: String::new(),
            revision: Revision::NONE,
            opened_at: at,
            closed_at: None,
            recorded_at: at,
            head: Digest::of(b"head"),
            duties: 0,
        };
        let roles = roles::table();
        let form = clue();
        let input = Decide {
            definition: &definition,
            rules: national(),
            calendar: WorkCalendar::shipped(),
            roles: &roles,
            directory: &OneOffice,
            case: None,
            subject: facts.subject,
            incident: facts.incident,
            areas: &facts.areas,
            opened_by: facts.opened_by.as_ref(),
            profile: &profile,
            by_chain: false,
            acted_by: None,
            occurred_at: at,
            recorded_at: at,
            beside: &[],
            named: &[],
        };
        let opening = decide(&input, "register_clue", &form)?;
        let mut duties = Vec::new();
        for change in &opening.duties {
            change.apply(&mut duties);
        }
        let attributes = opening.attributes.iter().cloned();
        let attributes = attributes.filter_map(|(key, value)| Some((key, value?))).collect();
        let facts = CaseFacts {
            state: opening.to.clone(),
            revision: Revision::new(1),
            duties: opening.duty_count,
            ..facts
        };
        let data = opening.data.clone();
        Ok(Self { definition, roles, profile, facts, attributes, duties, data, opening, at })
    }

    fn decide(&self, name: &str, form: &Value) -> Result<Step, Refusal> {
        let opens = name == "register_clue";
        let input = Decide {
            definition: &self.definition,
            rules: national(),
            calendar: WorkCalendar::shipped(),
            roles: &self.roles,
            directory: &OneOffice,
            case: (!opens).then_some(CaseView {
                facts: &self.facts,
                attributes: &self.attributes,
                duties: &self.duties,
                data: &self.data,
            }),
            subject: self.facts.subject,
            incident: self.facts.incident,
            areas: &self.facts.areas,
            opened_by: self.facts.opened_by.as_ref(),
            profile: &self.profile,
            by_chain: false,
            acted_by: None,
            occurred_at: self.at,
            recorded_at: self.at,
            beside: &[],
            named: &[],
        };
        decide(&input, name, form)
    }

    /// The first entry, as it is written when the alert is opened.
    fn envelope(&self, origin: &Origin) -> Envelope {
        let facts = &self.facts;
        Envelope {
            v: VERSION,
            suite: SUITE.to_owned(),
            realm: facts.realm.clone(),
            case: facts.id,
            seq: 1,
            prev: genesis(&facts.realm, facts.id, origin),
            kind: Kind::Step,
            actor: self.profile.id.clone(),
            role: self.opening.role.clone(),
            acted_by: None,
            purpose: "casework".to_owned(),
            directory: "staff:1".to_owned(),
            command: Some(CommandId::from_bytes([3; 16])),
            occurred_at: self.at,
            recorded_at: self.at,
            definition: facts.definition,
            rule_pack: facts.rule_pack,
            calendar: WorkCalendar::shipped().hash(),
            from: None,
            to: self.opening.to.clone(),
            ended: false,
            transition: "register_clue".to_owned(),
            facts: Some(EnvelopeFacts {
                procedure: facts.procedure.clone(),
                subject: facts.subject,
                incident: facts.incident,
                areas: facts.areas.clone(),
                area: facts.area.clone(),
                opened_by: facts.opened_by.clone(),
            }),
            duties: self.opening.duties.clone(),
            attributes: self.opening.attributes.iter().cloned().collect(),
            messages: Vec::new(),
            links: Vec::new(),
            body: Digest::of(b"body"),
            key: "plain".to_owned(),
        }
    }
}

fn clue() -> Value {
    json!({
        "source": "director", "facts": "孩子连续三天没有到校", "seen_at": "2026-03-02 08:30",
        "suspected_red": false, "description": "约八岁，住村口",
    })
}

fn deciding(bench: &mut Criterion, alert: &Alert) -> Outcome<()> {
    let (clue, begin) = (clue(), json!({ "verifier": "示例甲" }));
    for (name, form) in [("register_clue", &clue), ("start_verification", &begin)] {
        // A refusal would be measured as well as a step.
        alert.decide(name, form)?;
        bench.bench_function(&format!("decide: {name}"), |bencher| {
            bencher.iter(|| alert.decide(black_box(name), black_box(form)));
        });
    }
    let check = Check {
        roles: &alert.roles,
        profile: &alert.profile,
        case: Some(&alert.facts),
        attributes: &alert.attributes,
        duties: &alert.duties,
    };
    let spec = alert.definition.transition("start_verification").ok_or("no such transition")?;
    check_permission(&alert.definition, spec, &check)?;
    bench.bench_function("explain: may this person take the step", |bencher| {
        bencher.iter(|| check_permission(&alert.definition, black_box(spec), black_box(&check)));
    });
    Ok(())
}

fn dates(bench: &mut Criterion, alert: &Alert) {
    let calendar = WorkCalendar::shipped();
    for (name, period) in [
        ("24 hours", Period::hours(24)),
        ("3 calendar days, rolling", Period::from_next_day(3, PeriodUnit::CalendarDay).rolling()),
        ("10 working days", Period::from_next_day(10, PeriodUnit::WorkingDay)),
        ("6 months", Period::from_next_day(6, PeriodUnit::Month)),
    ] {
        bench.bench_function(&format!("period: {name}"), |bencher| {
            bencher.iter(|| black_box(period).due(black_box(alert.at), calendar));
        });
    }
    let period = Period::from_next_day(10, PeriodUnit::WorkingDay);
    let due = period.due(alert.at, calendar);
    let label = Label::new("示例时限", "sample limit");
    let basis = Label::new("县里自定", "the county's own");
    let limit = LimitName { id: "Y01", label: &label, basis: &basis };
    bench.bench_function("explain: why a date is that date", |bencher| {
        bencher.iter(|| why(&limit, period, alert.at, black_box(&due), calendar));
    });
}

fn entries(bench: &mut Criterion, alert: &Alert) -> Outcome<()> {
    let origin = Origin::new(&alert.facts.realm, OriginId::from_bytes([9; 16]));
    let envelope = alert.envelope(&origin);
    let bytes = envelope.to_bytes()?;
    let hash = link(&bytes);
    fold(None, &envelope, hash)?;
    bench.bench_function("envelope: canonical bytes", |bencher| {
        bencher.iter(|| black_box(&envelope).to_bytes());
    });
    bench.bench_function(&format!("envelope: hash of {} bytes", bytes.len()), |bencher| {
        bencher.iter(|| link(black_box(&bytes)));
    });
    bench.bench_function("envelope: read and compared with its canonical form", |bencher| {
        bencher.iter(|| read_entry(black_box(&bytes)));
    });
    bench.bench_function("envelope: folded into a case", |bencher| {
        bencher.iter(|| fold(None, black_box(&envelope), hash));
    });
    Ok(())
}

fn proofs(bench: &mut Criterion, alert: &Alert) -> Outcome<()> {
    let before = Policy::precedes(&["confirm_grade", "transfer_refused"], Point::State("cleared"));
    let reach = Policy::always_within_reach(&[Point::End]);
    for (name, policy) in
        [("what comes before a state", before), ("an end is always within reach", reach)]
    {
        // A policy that names what is not there is answered at once, and would look cheap.
        if let Err(broken) = policy.check(&alert.definition) {
            return Err(format!("a policy that should hold: {broken}").into());
        }
        bench.bench_function(&format!("policy: {name}"), |bencher| {
            bencher.iter(|| black_box(&policy).check(&alert.definition));
        });
    }
    Ok(())
}

#[expect(clippy::panic, reason = "a bench that cannot go on is to stop")]
fn pure(bench: &mut Criterion) {
    let all = |bench: &mut Criterion| -> Outcome<()> {
        let alert = Alert::new()?;
        deciding(bench, &alert)?;
        dates(bench, &alert);
        entries(bench, &alert)?;
        proofs(bench, &alert)
    };
    if let Err(problem) = all(bench) {
        panic!("{problem}");
    }
}

criterion_group!(benches, pure);
criterion_main!(benches);
