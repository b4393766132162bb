//! Rule packs 规则包: the numbers of one county at one time, as data.
//!
//! A pack is a TOML file that people keep by hand. It states every time limit with its basis,
//! the ladders over overdue duties, and who coordinates. A county lays an overlay over the
//! nation's pack: it may add limits and tighten them, and set freely what is custom, but it can
//! neither loosen the law nor dress up its own wish as law.
//!
//! ```toml
//! name = "national"
//! version = "2026.11"
//! coordinating_body = "joint_meeting_office"
//! judicial_units = ["court"]            # courts and procuratorates in the directory; may be left out
//!
//! [limit.D25]
//! label = { zh = "书面回复建议", en = "written reply" }
//! amount = 1                            # or `word = { zh = "立即", en = "immediately" }`
//! unit = "month"                        # hour, calendar_day, working_day, month, year
//! event = { zh = "收到", en = "receipt" }  # what it runs from
//! start = "next_day"                    # from_moment, same_day, next_day
//! roll = "next_working_day"             # none, next_working_day
//! bound = "latest"                      # or "window"; may be left out
//! basis = "statute"
//! document = "《中华人民共和国未成年人保护法》第114条"
//! verified = true
//! note = "…"                            # may be left out
//!
//! [ladder.default]
//! over = "organ"                        # organ, judicial, family; may be left out
//! parties = ["department"]              # whose duties climb it unless they name another
//! rungs = [
//!   { after = 0, unit = "calendar_day", to = "holder" },    # an addressee of `Addressee`
//!   { after = 15, unit = "calendar_day", propose = "X01" }, # or a link of the chain
//! ]
//!
//! [ladder.default.marks]                # cards, in calendar days past the date; or none
//! statutory = { yellow = 0, red = 7 }   # where the limit that runs is 法定
//! other = { yellow = 3, red = 15 }
//! ```
//!
//! `coordinating_body` is the role that coordinates; `oversight_body`, which may be left out, the
//! role in whose name a listed oversight goes out. A duty climbs the ladder it names, else that of
//! the parties that owe it, else `default`.
//!
//! Calendars are no part of a pack: a holiday notice comes when it comes.

mod ladders;
pub mod overlay;
pub mod problem;
mod reading;
pub mod rule_pack;

pub use ladders::DEFAULT_LADDER;
