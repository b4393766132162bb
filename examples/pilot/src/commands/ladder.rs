//! Ladders and cards as people read them: where a duty stands, what comes next and when.

use hexacase::{
    duty::{
        ladder::{Addressee, Aim, Over},
        mark::Mark,
        owed::OwedDuty,
    },
    engine::Engine,
    store::Rung,
    terms::{label::Label, time::Timestamp},
};

use crate::{
    output::{Lang, Output, time},
    results::{Bilingual, LadderResult, RungResult},
};

/// What a climbed or coming rung is called: its addressee, or what it proposes.
pub(super) fn called(engine: &Engine, name: &str) -> Label {
    let addressee = Addressee::ALL.iter().find(|addressee| addressee.name() == name);
    let link = || engine.escalation_links().iter().find(|link| link.id == name);
    addressee
        .map(|addressee| addressee.label())
        .or_else(|| link().map(|link| link.label.clone()))
        .unwrap_or_else(|| Label::owned(name, name))
}

/// How a duty stands, with its card before it: `红牌 逾期 9 天`.
pub(super) fn marked(standing: String, mark: Option<&str>, out: &Output) -> String {
    match Mark::ALL.into_iter().find(|known| Some(known.name()) == mark) {
        None => standing,
        Some(mark) => {
            let label = mark.label();
            format!("{} {standing}", out.say(&label.zh, &label.en))
        }
    }
}

/// A duty's ladder, rung by rung, with those of `climbed` that belong to the deadline that runs.
pub(super) fn result(
    engine: &Engine,
    procedure: &str,
    duty: &OwedDuty,
    climbed: &[Rung],
    now: Timestamp,
) -> Option<LadderResult> {
    let on = engine.on_ladder(procedure, duty, now).filter(|_| duty.is_open())?;
    let due = duty.due()?;
    let generation = duty.deadline.as_ref().map_or(0, |deadline| deadline.generation);
    let rungs = on.ladder.rungs.iter().enumerate().map(|(index, rung)| {
        let done = climbed.iter().find(|climbed| {
            climbed.duty_no == duty.no
                && climbed.generation == generation
                && climbed.rung as usize == index
                && climbed.climbed_at <= now
        });
        RungResult {
            rung: index,
            to: match &rung.aim {
                Aim::To(to) => Some(to.name().to_owned()),
                Aim::Propose(_) => None,
            },
            proposes: match &rung.aim {
                Aim::To(_) => None,
                Aim::Propose(link) => Some(link.clone()),
            },
            label: Bilingual::from(&called(engine, rung.aim.name())),
            due: on.ladder.rung_at(index, due, engine.calendar()),
            climbed_at: done.map(|done| done.climbed_at),
            unit: done.and_then(|done| done.unit.as_ref()).map(ToString::to_string),
            late: done.is_some_and(|done| done.late),
        }
    });
    Some(LadderResult {
        name: on.ladder.name.clone(),
        over: on.ladder.over.name().to_owned(),
        basis: on.ladder.basis.name().to_owned(),
        climbed: on.climbed,
        rungs: rungs.collect(),
        yellow_after_days: on.mark_days.map(|days| days.yellow),
        red_after_days: on.mark_days.map(|days| days.red),
    })
}

/// `第3级：镇分管领导，2026年3月6日后`; what comes next on a ladder.
pub(super) fn next(ladder: &LadderResult, lang: Lang) -> String {
    let next = ladder.rungs.iter().find(|rung| rung.rung == ladder.climbed as usize);
    let Some((next, due)) = next.and_then(|next| Some((next, next.due?))) else {
        return lang.of("已到最后一级", "past the last rung").to_owned();
    };
    let at = time::due(due, lang);
    match lang {
        Lang::Zh => format!("第{}级：{}，{at}后", next.rung + 1, next.label.zh),
        Lang::En => format!("rung {}: {}, after {at}", next.rung + 1, next.label.en),
    }
}

/// A ladder in full, for `case --ladder`.
pub(super) fn text(name: &str, ladder: &LadderResult, out: &Output) -> String {
    let lang = out.lang();
    let over = Over::ALL.into_iter().find(|over| over.name() == ladder.over);
    let over = over.map_or_else(|| Label::new("", ""), Over::label);
    let mut lines = vec![match lang {
        Lang::Zh => format!("“{name}”逐级提醒（阶梯 {}，适用于{}）", ladder.name, over.zh),
        Lang::En => format!("{name}: ladder {}, over {}", ladder.name, over.en),
    }];
    for rung in &ladder.rungs {
        let due = rung.due.map_or_else(String::new, |due| time::due(due, lang));
        let label = lang.of(&rung.label.zh, &rung.label.en);
        let what = if rung.proposes.is_some() {
            format!("{}{label}", out.say("提出", "proposes: "))
        } else {
            format!("{}{label}", out.say("提醒", "reminds "))
        };
        let unit = rung.unit.as_deref().map_or_else(String::new, |unit| format!(" {unit}"));
        let late = if rung.late { out.say("（迟）", " (late)") } else { "" };
        let standing = match rung.climbed_at {
            Some(at) => format!("{} {}{late}", out.say("已于", "on"), time::instant(at, lang)),
            None => format!("{due}{}", out.say("后", " or later")),
        };
        lines.push(format!("  {} {what}{unit} {standing}", rung.rung + 1));
    }
    lines.push(cards(ladder, lang));
    lines.join("\n")
}

fn cards(ladder: &LadderResult, lang: Lang) -> String {
    match (ladder.yellow_after_days, ladder.red_after_days, lang) {
        (Some(yellow), Some(red), Lang::Zh) => {
            format!("  亮牌：逾期超过{yellow}日黄牌，超过{red}日红牌（工作提示，不是处分）")
        }
        (Some(yellow), Some(red), Lang::En) => {
            format!("  cards: yellow after {yellow} days, red after {red} (a hint, no sanction)")
        }
        (_, _, Lang::Zh) => "  不亮牌".to_owned(),
        (_, _, Lang::En) => "  no cards".to_owned(),
    }
}
