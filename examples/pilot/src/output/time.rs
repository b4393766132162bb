//! Times as people read them, and how late something is.

use hexacase::terms::time::Timestamp;

use super::Lang;

/// `2026年5月3日 14:05`, or RFC 3339 in English.
pub fn instant(at: Timestamp, lang: Lang) -> String {
    match lang {
        Lang::Zh => at.chinese(),
        Lang::En => {
            let minutes = at.millis_of_day() / 60_000;
            format!("{} {:02}:{:02}", at.date(), minutes / 60, minutes % 60)
        }
    }
}

/// A date when something is due: the day alone where it is the day's end.
pub fn due(at: Timestamp, lang: Lang) -> String {
    if at == at.date().end() {
        return match lang {
            Lang::Zh => at.date().chinese(),
            Lang::En => at.date().to_string(),
        };
    }
    instant(at, lang)
}

/// How a date stands against now, in words: 逾期 3 天, 还有 2 天, 今天到期.
pub fn standing(due: Option<Timestamp>, now: Timestamp, lang: Lang) -> String {
    let Some(due) = due else { return lang.of("尽快", "without delay").to_owned() };
    let days = due.date().days() - now.date().days();
    match (due < now, lang) {
        (true, _) => late(due, now, lang),
        (false, Lang::Zh) if days == 0 => "今天到期".to_owned(),
        (false, Lang::En) if days == 0 => "due today".to_owned(),
        (false, Lang::Zh) => format!("还有 {days} 天"),
        (false, Lang::En) => format!("{days} {} left", plural(days, "day")),
    }
}

/// For how many days something is late: by the calendar, as the notices of oversight count. On the
/// day itself it is none.
pub fn days_late(due: Timestamp, now: Timestamp) -> i64 {
    now.date().days().saturating_sub(due.date().days()).max(0)
}

fn plural(count: i64, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

fn late(due: Timestamp, now: Timestamp, lang: Lang) -> String {
    const HOUR: i64 = 3_600_000;
    let millis = now.as_millis().saturating_sub(due.as_millis());
    let (days, hours) = (days_late(due, now), millis / HOUR);
    match (lang, days) {
        (Lang::Zh, 0) if hours == 0 => "逾期不足 1 小时".to_owned(),
        (Lang::Zh, 0) => format!("逾期 {hours} 小时"),
        (Lang::Zh, days) => format!("逾期 {days} 天"),
        (Lang::En, 0) if hours == 0 => "overdue by less than an hour".to_owned(),
        (Lang::En, 0) => format!("overdue by {hours} {}", plural(hours, "hour")),
        (Lang::En, days) => format!("overdue by {days} {}", plural(days, "day")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_is_a_word_and_a_number() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-05-10 09:00");
        let said = |due: &str| standing(Some(at(due)), now, Lang::Zh);
        assert_eq!(said("2026-05-07 08:00"), "逾期 3 天");
        assert_eq!(said("2026-05-10 05:00"), "逾期 4 小时");
        assert_eq!(said("2026-05-10 23:00"), "今天到期");
        assert_eq!(said("2026-05-12 08:00"), "还有 2 天");
        assert_eq!(standing(None, now, Lang::Zh), "尽快");
    }

    #[test]
    fn the_end_of_a_day_is_shown_as_the_day() {
        let day = "2026-05-03".parse::<Timestamp>().unwrap().date();
        assert_eq!(due(day.end(), Lang::Zh), "2026年5月3日");
        assert_eq!(due(day.start(), Lang::Zh), "2026年5月3日 00:00");
    }
}
