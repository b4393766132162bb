//! `today`: the morning of one person on one screen.

use hexacase::{
    engine::{Engine, Staff, WorkItem},
    procedure::wide::WideStep,
    store::{Message, StaffRow},
    terms::{
        actor::Actor,
        id::{ActorId, MessageId},
        time::{CivilDate, Timestamp},
    },
};

use super::{
    child,
    ladder::{self, marked},
    people,
    staffing::called,
};
use crate::{
    cli::{Global, TodayArgs},
    database,
    failure::Failure,
    output::{Lang, Output, Words, time},
    results::{HolderResult, ReminderLine, StandInLine, TodayLine, TodayResult},
};

/// How many lines of a part stand on the screen.
const LINES: usize = 12;
/// How far ahead the coming week reaches.
const WEEK: u32 = 7;
const PAGE: u32 = 500;

pub(super) async fn today(global: &Global, args: TodayArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let (engine, words) = (&opened.engine, opened.words(out));
    let staff = Staff::new(0, engine.staff().await?);
    let Some(row) = staff.person(&args.actor).filter(|row| row.active).cloned() else {
        return Err(people::unknown(&args.actor));
    };
    let now = engine.now();
    let since = last_working_day(engine, now.date()).start();
    let day = Day { engine, staff: &staff, row: &row, now };
    let mut result = day.bare(since);
    for item in day.items().await? {
        day.sort(item, &mut result);
    }
    result.reminders = day.reminders(since).await?;
    let lines = [&result.overdue, &result.at_once, &result.due_today, &result.coming];
    let subjects = lines.into_iter().chain([&result.to_confirm]).flatten();
    let children = child::names_of(engine, subjects.map(|line| (line.case, line.subject))).await?;
    let screen = Screen { engine, words: &words, children: &children, staff: &staff, now, out };
    out.result("today", &result, || screen.text(&row, &result))
}

/// The working day before a day.
fn last_working_day(engine: &Engine, today: CivilDate) -> CivilDate {
    let mut day = CivilDate::from_days(today.days() - 1);
    while !engine.calendar().is_working(day) {
        day = CivilDate::from_days(day.days() - 1);
    }
    day
}

struct Day<'d> {
    engine: &'d Engine,
    staff: &'d Staff,
    row: &'d StaffRow,
    now: Timestamp,
}

impl Day<'_> {
    fn bare(&self, since: Timestamp) -> TodayResult {
        let date = self.now.date();
        let away = self.staff.stands_in_for(&self.row.id, date);
        TodayResult {
            person: self.row.id.to_string(),
            name: self.row.name.clone(),
            date,
            working_day: self.engine.calendar().is_working(date),
            away: self.staff.is_away(&self.row.id, date),
            stands_in_for: away
                .map(|(row, absence)| StandInLine {
                    person: row.id.to_string(),
                    name: row.name.clone(),
                    from: absence.from,
                    to: absence.to,
                })
                .collect(),
            overdue: Vec::new(),
            at_once: Vec::new(),
            due_today: Vec::new(),
            coming: Vec::new(),
            later: 0,
            to_confirm: Vec::new(),
            reminders: Vec::new(),
            since,
        }
    }

    async fn items(&self) -> Result<Vec<WorkItem>, Failure> {
        let actor = Actor::at_work(self.row.id.clone());
        let (mut items, mut after) = (Vec::new(), None);
        loop {
            let page = self.engine.worklist(&actor, after, PAGE).await?;
            items.extend(page.items);
            after = page.next;
            if after.is_none() {
                return Ok(items);
            }
        }
    }

    fn sort(&self, item: WorkItem, result: &mut TodayResult) {
        let WorkItem { row, overdue, mark, transitions } = item;
        let due = row.duty.due();
        let confirms = transitions.contains(&WideStep::ConfirmStep.name());
        let line = TodayLine {
            case: row.case,
            case_number: row.number.to_string(),
            procedure: row.procedure.clone(),
            duty: row.duty.name.clone(),
            due,
            mark: mark.map(|mark| mark.name().to_owned()),
            days_late: due.map_or(0, |due| time::days_late(due, self.now)),
            provisional: row.duty.deadline.as_ref().is_some_and(|deadline| deadline.provisional),
            holder: HolderResult::from(&row.duty.holder),
            subject: row.subject,
            instead_of: self.instead_of(&row),
            transitions: transitions.into_iter().map(str::to_owned).collect(),
        };
        let (today, week) = (self.now.date(), self.now.date().plus_days(WEEK));
        match due.map(Timestamp::date) {
            _ if confirms => result.to_confirm.push(line),
            _ if overdue => result.overdue.push(line),
            None => result.at_once.push(line),
            Some(date) if date <= today => result.due_today.push(line),
            Some(date) if date <= week => result.coming.push(line),
            Some(_) => result.later += 1,
        }
    }

    /// The absent colleagues whose duty it is, where it is not the person's own.
    fn instead_of(&self, row: &hexacase::store::DutyRow) -> Vec<String> {
        if self.engine.may_record(row, &self.row.grants) {
            return Vec::new();
        }
        let away = self.staff.stands_in_for(&self.row.id, self.now.date());
        away.filter(|(away, _)| self.engine.may_record(row, &away.grants))
            .map(|(away, _)| away.id.to_string())
            .collect()
    }

    async fn reminders(&self, since: Timestamp) -> Result<Vec<ReminderLine>, Failure> {
        let last = MessageId::from_bytes([u8::MAX; 16]);
        let mut after = Some((since.plus_millis(-1), last));
        let mut lines = Vec::new();
        loop {
            let page = self.engine.messages(after, PAGE).await?;
            after = page.last().map(|message| (message.recorded_at, message.id));
            let more = page.len() == PAGE as usize;
            for message in page.iter().filter(|message| message.recorded_at <= self.now) {
                lines.extend(self.reminder(message));
            }
            if !more {
                return Ok(lines);
            }
        }
    }

    /// The line of a message, if it is a rung that reached this person.
    fn reminder(&self, message: &Message) -> Option<ReminderLine> {
        let text = |key: &str| message.content.get(key)?.as_str().map(str::to_owned);
        let (duty, addressee) = (text("duty")?, text("addressee")?);
        let named = message.content.get("persons")?.as_array()?;
        let reached = named.iter().any(|person| person.as_str() == Some(self.row.id.as_str()));
        let at = message.recorded_at;
        reached.then_some(ReminderLine { case: message.case, duty, addressee, at })
    }
}

struct Screen<'s> {
    engine: &'s Engine,
    words: &'s Words,
    children: &'s child::Names,
    staff: &'s Staff,
    now: Timestamp,
    out: &'s Output,
}

impl Screen<'_> {
    fn text(&self, row: &StaffRow, result: &TodayResult) -> String {
        let out = self.out;
        let mut lines = vec![format!(
            "{}（{}） {} {}{}",
            result.name,
            result.person,
            day(result.date, out),
            weekday(result.date, out),
            if result.working_day { "" } else { out.say(" 休息日", ", a day off") },
        )];
        if result.away {
            let text = out.say("您今天登记为离岗", "you are entered as away today");
            lines.push(text.to_owned());
        }
        for away in &result.stands_in_for {
            let until = day(away.to, out);
            lines.push(match out.lang() {
                Lang::Zh => format!("您代“{}（{}）”办理，至 {until}", away.name, away.person),
                Lang::En => {
                    format!("you stand in for {} ({}) until {until}", away.name, away.person)
                }
            });
        }
        let parts = [
            (out.say("逾期", "overdue"), &result.overdue),
            (out.say("今天到期", "due today"), &result.due_today),
            (out.say("尽快办理", "without delay"), &result.at_once),
            (out.say("待您复核", "to confirm"), &result.to_confirm),
            (out.say("七天内到期", "within seven days"), &result.coming),
        ];
        let mut empty = Vec::new();
        for (title, items) in parts {
            if items.is_empty() {
                empty.push(title);
                continue;
            }
            lines.push(format!("\n■ {title} {}", items.len()));
            lines.extend(items.iter().take(LINES).map(|line| self.line(line)));
            lines.extend(self.more(items.len()));
        }
        let reminders = out.say("提醒", "reminders");
        if result.reminders.is_empty() {
            empty.push(reminders);
        } else {
            let since = time::instant(result.since, out.lang());
            let since = format!("{}{since}", out.say("自 ", "since "));
            lines.push(format!("\n■ {reminders} {}（{since}）", result.reminders.len()));
            lines.extend(result.reminders.iter().take(LINES).map(|line| self.reminder(line)));
            lines.extend(self.more(result.reminders.len()));
        }
        lines.push(String::new());
        if !empty.is_empty() {
            lines.push(format!(
                "{}{}",
                out.say("没有：", "none: "),
                empty.join(out.say("、", ", "))
            ));
        }
        if result.later > 0 {
            let later = result.later;
            lines.push(match out.lang() {
                Lang::Zh => format!("更晚到期 {later} 项：pilot worklist --as {}", row.id),
                Lang::En => format!("{later} are due later: pilot worklist --as {}", row.id),
            });
        }
        let how =
            out.say("办理：pilot act 案号 办理事项 --as ", "act: pilot act CASE TRANSITION --as ");
        lines.push(format!("{how}{}", row.id));
        lines.join("\n")
    }

    fn more(&self, count: usize) -> Option<String> {
        let more = count.checked_sub(LINES).filter(|more| *more > 0)?;
        Some(match self.out.lang() {
            Lang::Zh => format!("  另有 {more} 项"),
            Lang::En => format!("  and {more} more"),
        })
    }

    fn line(&self, line: &TodayLine) -> String {
        let out = self.out;
        let when = match line.due {
            None => String::new(),
            Some(due) if due < self.now => {
                let (since, late) = (
                    time::due(due, out.lang()),
                    marked(
                        time::standing(line.due, self.now, out.lang()),
                        line.mark.as_deref(),
                        out,
                    ),
                );
                format!("{}{since} {late} ", out.say("自 ", "since "))
            }
            Some(due) => format!("{} ", time::due(due, out.lang())),
        };
        let provisional =
            if line.provisional { out.say("（暂定）", "(provisional) ") } else { "" };
        let duty = self.words.duty(&line.procedure, &line.duty);
        let child = child::shown(self.children, line.case, line.subject);
        let instead: Vec<String> = line.instead_of.iter().map(|id| self.name(id)).collect();
        let instead = if instead.is_empty() {
            String::new()
        } else {
            format!(" {}{}", out.say("代", "for "), instead.join("、"))
        };
        let steps = line.transitions.join(" / ");
        format!("  {when}{provisional}{duty} {child}{instead} {}\n      {steps}", line.case_number)
    }

    fn name(&self, id: &str) -> String {
        let row = ActorId::new(id).ok().and_then(|id| self.staff.person(&id));
        row.map_or_else(|| id.to_owned(), |row| called(std::slice::from_ref(row), &row.id))
    }

    fn reminder(&self, line: &ReminderLine) -> String {
        let out = self.out;
        let to = self.words.label(&ladder::called(self.engine, &line.addressee));
        let duty = self.duty_of_any(&line.duty);
        let case = line.case.to_string();
        let end = case.rsplit('-').next().unwrap_or_default();
        let at = time::instant(line.at, out.lang());
        format!("  {at} {duty} …{end}（{}{to}）", out.say("提醒到：", "to: "))
    }

    /// A duty whose procedure the message does not say.
    fn duty_of_any(&self, duty: &str) -> String {
        let definitions = self.words.definitions().iter();
        let owner = definitions.map(|definition| definition.name());
        let mut named = owner.map(|procedure| self.words.duty(procedure, duty));
        named.find(|label| label != duty).unwrap_or_else(|| duty.to_owned())
    }
}

fn day(date: CivilDate, out: &Output) -> String {
    match out.lang() {
        Lang::Zh => date.chinese(),
        Lang::En => date.to_string(),
    }
}

fn weekday(date: CivilDate, out: &Output) -> &'static str {
    const ZH: [&str; 7] = ["周四", "周五", "周六", "周日", "周一", "周二", "周三"];
    const EN: [&str; 7] =
        ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];
    // Day 0, 1 January 1970, was a Thursday.
    let at = usize::try_from(date.days().rem_euclid(7)).unwrap_or(0);
    let names = match out.lang() {
        Lang::Zh => &ZH,
        Lang::En => &EN,
    };
    names.get(at).copied().unwrap_or_default()
}
