//! `doctor`: looks at everything a pilot rests on, and says what to do.
//!
//! It reads only. Whether the trail is whole is the business of `verify`, which takes longer.

mod kept;
mod staff;
mod work;

use hexacase::{engine::Staff, terms::time::Timestamp};

use crate::{
    cli::{DoctorArgs, Global},
    database::{self, DatabaseUrl, Opened},
    failure::{Exit, Failure},
    output::{Output, time},
    results::{Bilingual, DoctorResult, Finding, Level},
};

/// What is being looked at.
struct Patient<'p> {
    opened: &'p Opened,
    staff: Staff,
    now: Timestamp,
    hours: u32,
}

/// What was found so far.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn good(&mut self, check: &str, zh: impl Into<String>, en: impl Into<String>) {
        self.add(check, Level::Good, (zh.into(), en.into()), ("", ""));
    }

    fn add(
        &mut self,
        check: &str,
        level: Level,
        (zh, en): (String, String),
        (advice_zh, advice_en): (&str, &str),
    ) {
        self.0.push(Finding {
            check: check.to_owned(),
            level,
            found: Bilingual { zh, en },
            advice: Bilingual { zh: advice_zh.to_owned(), en: advice_en.to_owned() },
        });
    }
}

pub(super) async fn doctor(
    global: &Global,
    args: &DoctorArgs,
    out: &Output,
) -> Result<Exit, Failure> {
    let url = DatabaseUrl::of(global)?;
    url.must_exist()?;
    let mut findings = Findings::default();
    let mut at = global.now;
    match database::open(global).await {
        Ok(opened) => {
            let now = opened.engine.now();
            at = Some(now);
            let staff = Staff::new(0, opened.engine.staff().await?);
            let patient = Patient { opened: &opened, staff, now, hours: args.hours };
            kept::look(&patient, url.folder(), &mut findings).await;
            work::look(&patient, &mut findings).await?;
            staff::look(&patient, &mut findings).await?;
        }
        // A wrong command line is no illness.
        Err(failure) if failure.exit == Exit::Usage => return Err(failure),
        Err(failure) => kept::not_opened(&failure, &mut findings),
    }
    findings.0.sort_by_key(|finding| finding.level);
    let worst = findings.0.first().map_or(Level::Good, |finding| finding.level);
    let result = DoctorResult {
        verdict: match worst {
            Level::Fault => "fault",
            Level::Warning => "warning",
            Level::Note | Level::Good => "good",
        }
        .to_owned(),
        at: at.unwrap_or_else(machine_now),
        findings: findings.0,
    };
    out.result("doctor", &result, || text(&result, out))?;
    Ok(if worst == Level::Fault { Exit::Faulty } else { Exit::Done })
}

fn machine_now() -> Timestamp {
    use hexacase::terms::time::Clock as _;

    crate::clock::PilotClock::of_the_machine().now()
}

fn text(result: &DoctorResult, out: &Output) -> String {
    let mut lines = Vec::new();
    let side = |text: &Bilingual| out.say(&text.zh, &text.en).to_owned();
    for finding in &result.findings {
        let mark = match finding.level {
            Level::Fault => out.say("【问题】", "[fault] "),
            Level::Warning => out.say("【提醒】", "[warning] "),
            Level::Note => out.say("【说明】", "[note] "),
            Level::Good => out.say("【正常】", "[good] "),
        };
        lines.push(format!("{mark}{}", side(&finding.found)));
        let advice = side(&finding.advice);
        if !advice.is_empty() {
            lines.push(format!("        {}{advice}", out.say("→ ", "-> ")));
        }
    }
    let count = |level| result.findings.iter().filter(|finding| finding.level == level).count();
    let (faults, warnings) = (count(Level::Fault), count(Level::Warning));
    let at = time::instant(result.at, out.lang());
    lines.push(
        out.say("截至 {at}：问题 {f} 项，提醒 {w} 项", "as of {at}: {f} faults, {w} warnings")
            .replace("{at}", &at)
            .replace("{f}", &faults.to_string())
            .replace("{w}", &warnings.to_string()),
    );
    lines.join("\n")
}
