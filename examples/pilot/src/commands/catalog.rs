//! `definitions`: the procedures as data.

use hexacase::{
    duty::owed::DutyKind,
    procedure::{Definition, DutySpec, Mode, TransitionSpec},
};

use crate::{
    catalog::{
        DefinitionLine, DutyLine, HandoffLine, SideDutyLine, StateLine, TransitionLine, WaitLine,
    },
    cli::DefinitionsArgs,
    database,
    error::PilotError,
    failure::Failure,
    output::{Lang, Output, Words, table},
    results::{Bilingual, Page, names},
};

pub(super) fn definitions(args: &DefinitionsArgs, out: &Output) -> Result<(), Failure> {
    let all = database::definitions()?;
    let words = Words::new(out.lang(), all.clone());
    let wanted: Vec<_> = match &args.procedure {
        None => all.iter().collect(),
        Some(name) => {
            let one = all.iter().find(|definition| definition.name() == name);
            vec![one.ok_or_else(|| PilotError::UnknownProcedure(name.clone()))?]
        }
    };
    let page = Page::whole(wanted.iter().map(|definition| line(definition)).collect());
    out.result("definitions", &page, || match (&args.procedure, page.items.as_slice()) {
        (Some(_), [one]) => whole(one, &words, out),
        (_, []) => out.say("本版本尚未载入程序", "this version carries no procedure").to_owned(),
        (_, items) => list(items, &words, out),
    })
}

fn line(definition: &Definition) -> DefinitionLine {
    let of_kind = |kind: DutyKind| definition.duties().iter().filter(move |duty| duty.kind == kind);
    let states = definition.states().iter().map(|state| {
        let own = of_kind(DutyKind::State).filter(|duty| duty.states.contains(&state.name));
        // What every open state owes stands in each of them.
        let always = of_kind(DutyKind::Open).filter(|_| !state.terminal);
        let waits = definition.waits().iter().filter(|wait| wait.state == state.name);
        StateLine {
            name: state.name.to_owned(),
            label: Bilingual::from(&state.label),
            terminal: state.terminal,
            duties: own.chain(always).map(duty).collect(),
            waits: waits
                .map(|wait| WaitLine {
                    name: wait.name.to_owned(),
                    label: Bilingual::from(&wait.label),
                    limits: wait.limits.iter().map(ToString::to_string).collect(),
                    fires: wait.fires.to_owned(),
                })
                .collect(),
        }
    });
    DefinitionLine {
        procedure: definition.name().to_owned(),
        mechanism: definition.mechanism().map(str::to_owned),
        version: definition.version(),
        hash: definition.hash(),
        label: Bilingual::from(definition.label()),
        states: states.collect(),
        side_duties: of_kind(DutyKind::Side)
            .map(|side| SideDutyLine { duty: duty(side), opened_by: owned(&side.opened_by) })
            .collect(),
        transitions: definition.transitions().iter().map(transition).collect(),
    }
}

fn owned(names: &[&'static str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn duty(spec: &DutySpec) -> DutyLine {
    DutyLine {
        name: spec.name.to_owned(),
        label: Bilingual::from(&spec.label),
        owed_by: names(&spec.owed_by),
        recorded_by: names(&spec.recorded_by),
        limits: spec.limits.iter().map(ToString::to_string).collect(),
        fulfilled_by: owned(&spec.fulfilled_by),
    }
}

fn transition(spec: &TransitionSpec) -> TransitionLine {
    let from = if spec.from_any { vec!["any".to_owned()] } else { owned(&spec.from) };
    let same = spec.keeps_state.then(|| "same".to_owned());
    TransitionLine {
        name: spec.name.to_owned(),
        label: Bilingual::from(&spec.label),
        from,
        to: same.into_iter().chain(owned(&spec.to)).collect(),
        by: names(&spec.by),
        acted_by: names(&spec.acted_by),
        basis: spec.basis.to_string(),
        handoffs: spec
            .handoffs
            .iter()
            .map(|handoff| HandoffLine {
                id: handoff.id.to_owned(),
                to: handoff.to.to_owned(),
                opens_by: handoff.opens_by.to_owned(),
                mode: mode(handoff.mode).to_owned(),
            })
            .collect(),
    }
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Open => "open",
        Mode::Inform => "inform",
        Mode::Propose => "propose",
        Mode::Message => "message",
    }
}

fn list(items: &[DefinitionLine], words: &Words, out: &Output) -> String {
    let header = match out.lang() {
        Lang::Zh => ["程序", "名称", "机制", "版本", "状态", "办理事项", "应办事项"],
        Lang::En => {
            ["procedure", "name", "mechanism", "version", "states", "transitions", "duties"]
        }
    };
    let rows = items.iter().map(|line| {
        let definition = words.definition(&line.procedure);
        let duties = definition.map_or(0, |definition| definition.duties().len());
        vec![
            line.procedure.clone(),
            out.say(&line.label.zh, &line.label.en).to_owned(),
            line.mechanism.as_deref().map(|name| words.mechanism(name)).unwrap_or_default(),
            line.version.to_string(),
            line.states.len().to_string(),
            line.transitions.len().to_string(),
            duties.to_string(),
        ]
    });
    let more = out.say("→ `pilot definitions 程序` 看一个程序", "→ `pilot definitions PROCEDURE`");
    format!("{}\n{more}", table::table(&header, rows))
}

fn whole(line: &DefinitionLine, words: &Words, out: &Output) -> String {
    let say = |text: &Bilingual| out.say(&text.zh, &text.en).to_owned();
    let roles = |list: &[String]| {
        let roles: Vec<_> =
            list.iter().map(|name| hexacase::terms::actor::Role::named(name.as_str())).collect();
        words.roles(&roles)
    };
    let head = format!(
        "{}（{}，{} {}）",
        say(&line.label),
        line.procedure,
        out.say("版本", "version"),
        line.version
    );
    let state_header = match out.lang() {
        Lang::Zh => ["状态", "名称", "应办事项", "谁应办", "谁可记", "期限"],
        Lang::En => ["state", "name", "duty", "owed by", "recorded by", "limits"],
    };
    let mut rows = Vec::new();
    for state in &line.states {
        let named = |first: bool| {
            if first {
                [state.name.clone(), say(&state.label)]
            } else {
                [String::new(), String::new()]
            }
        };
        let mut first = true;
        for duty in &state.duties {
            let [name, label] = named(std::mem::take(&mut first));
            let (owed, recorded) = (roles(&duty.owed_by), roles(&duty.recorded_by));
            rows.push(vec![name, label, say(&duty.label), owed, recorded, duty.limits.join(" ")]);
        }
        for wait in &state.waits {
            let [name, label] = named(std::mem::take(&mut first));
            let text = format!("{}{}", out.say("等待：", "wait: "), say(&wait.label));
            let nobody = String::new;
            rows.push(vec![name, label, text, nobody(), nobody(), wait.limits.join(" ")]);
        }
        if first {
            let [name, label] = named(true);
            let end = if state.terminal { out.say("（结束）", "(an end)") } else { "" };
            let nothing = String::new;
            rows.push(vec![name, label, end.to_owned(), nothing(), nothing(), nothing()]);
        }
    }
    for SideDutyLine { duty, .. } in &line.side_duties {
        let beside = out.say("（旁办）", "(beside)").to_owned();
        let (owed, recorded) = (roles(&duty.owed_by), roles(&duty.recorded_by));
        let limits = duty.limits.join(" ");
        rows.push(vec![beside, String::new(), say(&duty.label), owed, recorded, limits]);
    }
    let states = table::table(&state_header, rows);
    let header = match out.lang() {
        Lang::Zh => ["办理事项", "名称", "从", "到", "谁可记", "依据"],
        Lang::En => ["transition", "name", "from", "to", "recorded by", "basis"],
    };
    let place = |name: &String| match name.as_str() {
        "any" => out.say("任何状态", "any").to_owned(),
        "same" => out.say("不变", "same").to_owned(),
        name => words.state(&line.procedure, name),
    };
    let rows = line.transitions.iter().map(|step| {
        let from: Vec<_> = step.from.iter().map(place).collect();
        let from = if from.is_empty() { vec![out.say("立案", "opens").to_owned()] } else { from };
        let to: Vec<_> = step.to.iter().map(place).collect();
        let separator = out.say("、", ", ");
        vec![
            step.name.clone(),
            say(&step.label),
            from.join(separator),
            to.join(separator),
            roles(&step.by),
            step.basis.clone(),
        ]
    });
    format!("{head}\n{states}\n{}", table::table(&header, rows))
}
