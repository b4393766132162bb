//! A refusal as people need it: with labels instead of names, and with what would help.

use hexacase::{
    engine::Engine,
    procedure::{Definition, Refusal},
    terms::{actor::Role, area::AreaCode, facts::CaseFacts, id::CaseId},
};

use crate::{
    failure::{Failure, Reason},
    output::{Lang, Words},
};

/// What a step was about.
#[derive(Clone, Debug)]
pub(super) struct Tried<'t> {
    /// The procedure.
    pub(super) procedure: &'t str,
    /// The transition.
    pub(super) transition: &'t str,
    /// The case, unless it was to be opened.
    pub(super) case: Option<CaseId>,
}

/// How many people, steps or procedures a hint names at most.
const MOST: usize = 12;

/// The failure of a refused step.
pub(super) async fn failure(
    engine: &Engine,
    words: &Words,
    tried: &Tried<'_>,
    refusal: Refusal,
) -> Failure {
    let zh = chinese(&words.in_lang(Lang::Zh), tried.procedure, &refusal);
    let facts = match tried.case {
        Some(case) => engine.case(case).await.ok().map(|detail| detail.image.facts),
        None => None,
    };
    let hints = hints(engine, words, tried, facts.as_ref(), &refusal).await;
    let mut failure = Failure::from(refusal);
    failure.zh = zh;
    failure.reasons.extend(hints);
    failure
}

/// The Chinese text with labels in the place of names.
pub(super) fn chinese(words: &Words, procedure: &str, refusal: &Refusal) -> String {
    let step = |name: &str| words.transition(procedure, name);
    let state = |name: &str| words.state(procedure, name);
    match refusal {
        Refusal::UnknownTransition { procedure, transition } => {
            format!("程序“{}”没有办理事项“{transition}”", words.procedure(procedure))
        }
        Refusal::NotFromState { transition, state: at } if at == "-" => {
            format!("“{}”不能用来立案", step(transition))
        }
        Refusal::NotFromState { transition, state: at } => {
            format!("个案处于“{}”状态，不能办理“{}”", state(at), step(transition))
        }
        Refusal::Ended { transition, state: at } => {
            format!("个案已结束（{}），不能再办理“{}”", state(at), step(transition))
        }
        Refusal::RoleMissing { transition, actor, needed } => format!(
            "“{actor}”没有可以办理“{}”的岗位；需要以下岗位之一：{}",
            step(transition),
            words.roles(needed)
        ),
        Refusal::OutOfArea { actor, held, .. } => {
            format!("“{actor}”的岗位（{}）不在本个案所属的区划或单位", words.roles(held))
        }
        Refusal::FourEyes { transition, earlier, actor } => {
            format!("“{actor}”已办理“{}”，“{}”须由另一人办理", step(earlier), step(transition))
        }
        Refusal::ActedByMissing { transition, needed } => format!(
            "“{}”由{}办理，请写明实际办理的机关或人员（acted_by）",
            step(transition),
            words.roles(needed)
        ),
        Refusal::ActedByRole { transition, found, needed } => format!(
            "“{}”不能由“{}”办理；应为{}之一",
            step(transition),
            words.role(found),
            words.roles(needed)
        ),
        Refusal::DutiesOpen { duties } => {
            let names: Vec<_> = duties.iter().map(|name| words.duty(procedure, name)).collect();
            format!("尚有未办事项（{}），办理或说明免办后才能结束", names.join("、"))
        }
        _ => refusal.label().zh.into_owned(),
    }
}

async fn hints(
    engine: &Engine,
    words: &Words,
    tried: &Tried<'_>,
    facts: Option<&CaseFacts>,
    refusal: &Refusal,
) -> Vec<Reason> {
    let definition = engine.registry().newest(tried.procedure);
    let (procedure, transition) = (tried.procedure, tried.transition);
    match refusal {
        Refusal::UnknownTransition { .. } => match definition {
            Some(definition) => vec![possible(words, definition, facts)],
            None => vec![procedures(engine)],
        },
        Refusal::NotFromState { .. } => {
            definition.map(|definition| possible(words, definition, facts)).into_iter().collect()
        }
        Refusal::Ended { .. } => vec![Reason::hint(
            "确有新情况时可用 `pilot reopen` 重启",
            "with new facts, `pilot reopen` opens it again",
        )],
        Refusal::RoleMissing { needed, .. } => people(engine, needed, facts).await,
        Refusal::OutOfArea { held, .. } => people(engine, held, facts).await,
        Refusal::FourEyes { .. } => vec![Reason::hint(
            "请由同岗位的另一人办理，`pilot staff list` 可查人员",
            "let another person of that role take it; see `pilot staff list`",
        )],
        Refusal::Field { .. } => vec![Reason::hint(
            format!("`pilot schema {procedure} {transition}` 给出表单"),
            format!("`pilot schema {procedure} {transition}` shows the form"),
        )],
        Refusal::ActedByMissing { needed, .. } | Refusal::ActedByRole { needed, .. } => {
            let role = needed.first().map_or("…", Role::as_str);
            let example = format!("\"acted_by\":{{\"role\":\"{role}\",\"organ\":\"…\"}}");
            vec![Reason::hint(
                format!("在 --data 中写 {example}"),
                format!("write {example} in `--data`"),
            )]
        }
        Refusal::NoSuchCase { .. } => {
            vec![Reason::hint("`pilot cases` 列出个案", "`pilot cases` lists cases")]
        }
        Refusal::RevisionMoved { .. } => {
            vec![Reason::hint("先用 `pilot case` 重新查看", "look again with `pilot case` first")]
        }
        Refusal::CommandReused { .. } => {
            vec![Reason::hint("新的办理请用新的命令编号", "use a new command id for a new step")]
        }
        _ => Vec::new(),
    }
}

/// The steps that are possible where the case is, or those that open one.
fn possible(words: &Words, definition: &Definition, facts: Option<&CaseFacts>) -> Reason {
    let fits = |spec: &&hexacase::procedure::TransitionSpec| match facts {
        Some(facts) => !spec.opens_case && spec.starts_in(&facts.state),
        None => spec.opens_case,
    };
    let specs: Vec<_> = definition.transitions().iter().filter(fits).collect();
    let zh: Vec<_> =
        specs.iter().map(|spec| format!("{}（{}）", spec.name, spec.label.zh)).collect();
    let en: Vec<_> = specs.iter().map(|spec| spec.name).collect();
    let state = facts.map(|facts| words.state(definition.name(), &facts.state));
    match state {
        Some(_) if specs.is_empty() => {
            Reason::hint("当前没有可办理的事项", "no step is possible in this state")
        }
        Some(state) => Reason::hint(
            format!("“{state}”状态可办理：{}", zh.join("、")),
            format!("possible in this state: {}", en.join(", ")),
        ),
        None => Reason::hint(
            format!("可用来立案：{}", zh.join("、")),
            format!("these open a case: {}", en.join(", ")),
        ),
    }
}

fn procedures(engine: &Engine) -> Reason {
    let all: Vec<_> = engine.registry().iter().collect();
    let zh: Vec<_> = all
        .iter()
        .map(|definition| format!("{}（{}）", definition.name(), definition.label().zh))
        .collect();
    let en: Vec<_> = all.iter().map(|definition| definition.name()).collect();
    Reason::hint(
        format!("现有程序：{}", zh.join("、")),
        format!("the procedures are {}", en.join(", ")),
    )
}

/// Who holds one of these roles for the case's area.
async fn people(engine: &Engine, roles: &[Role], facts: Option<&CaseFacts>) -> Vec<Reason> {
    let area: Option<&AreaCode> = facts.map(|facts| &facts.area);
    let Ok(staff) = engine.staff().await else { return Vec::new() };
    let fits = |person: &&hexacase::store::StaffRow| {
        person.active
            && person.grants.iter().any(|grant| {
                roles.contains(&grant.role) && area.is_none_or(|area| grant.area.covers(area))
            })
    };
    let names: Vec<_> = staff
        .iter()
        .filter(fits)
        .take(MOST)
        .map(|person| (person.id.to_string(), format!("{}（{}）", person.id, person.name)))
        .collect();
    if names.is_empty() {
        return vec![Reason::hint(
            "本地没有这样的在用账号，`pilot staff list` 可查人员",
            "nobody here has such an account; see `pilot staff list`",
        )];
    }
    let (en, zh): (Vec<_>, Vec<_>) = names.into_iter().unzip();
    vec![Reason::hint(
        format!("可由以下人员办理：{}", zh.join("、")),
        format!("these people may: {}", en.join(", ")),
    )]
}
