//! Hexacase: an embeddable casework engine for the protection of left-behind and at-risk children
//! 留守和困境儿童.
//!
//! A portal links it and gets the mechanisms by which a county protects its children as state
//! machines whose states say, as data, who owes what by when; legal time limits on the work
//! calendar; worklists; escalation; and a trail that cannot be altered unnoticed.
//!
//! ```
//! use hexacase::{
//!     county,
//!     engine::Command,
//!     store::{Meta, StaffRow},
//!     terms::{
//!         actor::{Actor, Grant, Role},
//!         id::{ActorId, OriginId, UnitId},
//!     },
//!     testing::{ManualClock, MemoryStore, block_on},
//! };
//! # block_on(async {
//! let now = "2026-03-02 09:00".parse()?;
//! let meta = Meta {
//!     realm: "999999".parse()?,
//!     name: "示例县".to_owned(),
//!     origin: OriginId::from_bytes([1; 16]),
//!     created_at: now,
//!     demo: true,
//! };
//! let setup = county::setup(MemoryStore::new(meta)).map_err(|wrong| format!("{wrong:?}"))?;
//! let engine = setup.clock(ManualClock::at(now)).open().await?;
//!
//! // The village's 儿童主任, in the engine's own directory.
//! let (id, unit) = (ActorId::new("director-1")?, UnitId::new("village-1")?);
//! let role = Role::new("child_welfare_director");
//! let grant = Grant { role, area: "999999101201".parse()?, unit: unit.clone() };
//! let director = StaffRow {
//!     id: id.clone(), name: "示例甲".to_owned(), grants: vec![grant], unit,
//!     leader: false, active: true, absences: Vec::new(),
//! };
//! let actor = Actor::at_work(id);
//! engine.change_staff(&actor, vec![director]).await?;
//!
//! // A clue comes in, and the director's list says what is owed by when.
//! let form = serde_json::json!({
//!     "source": "neighbour", "facts": "孩子连续三天没有到校", "seen_at": "2026-03-02 08:30",
//!     "suspected_red": false, "description": "约八岁，住村口",
//! });
//! let told = hexacase::terms::evidence::ActedBy {
//!     role: Role::new("any_reporter"), organ: hexacase::terms::text::Text::new("邻居")?,
//!     document_no: None, document_date: None, person: None, scan: None,
//! };
//! let clue = Command::open_named(actor.clone(), "risk_alert", "register_clue", form);
//! let receipt = engine.execute(clue.acted_by(told)).await?;
//! assert_eq!(receipt.state, "clue_received");
//!
//! let page = engine.worklist(&actor, None, 50).await?;
//! let item = page.items.first().ok_or("nothing to do")?;
//! assert_eq!(item.row.duty.name, "start_verification");
//! assert_eq!(item.row.duty.due(), Some("2026-03-03 23:59:59".parse::<hexacase::terms::time::Timestamp>()?.plus_millis(999)));
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! # Floors
//!
//! Each module is a floor; it may use those before it, and a test holds it to that.
//! [`terms`] → [`calendar`] → [`duty`] → [`rules`] → [`procedure`] → [`case`] and [`trail`] →
//! [`store`] → [`engine`]; the county's law stands in [`care`], which knows neither store nor
//! engine; [`county`] is the one place where the two meet. `ARCHITECTURE.md` tells the whole.
//!
//! # Guarantees
//!
//! A step is written whole or not at all, and its receipt means that it survives a crash. A
//! refusal writes nothing. What is stored is what a replay of the entries gives. Every open case
//! is on somebody's list, or on the list of gaps. Time and randomness come from where the host
//! says; nothing runs unasked.
//!
//! # Features
//!
//! - `testing`: a clock and randomness that obey, a store in memory, the conformance suite.
//! - `sql`: what SQL stores share. The storage crates turn it on.

pub mod calendar;
pub mod care;
pub mod case;
pub mod county;
pub mod duty;
pub mod engine;
pub mod procedure;
pub mod rules;
#[cfg(feature = "sql")]
pub mod sql;
pub mod store;
pub mod terms;
#[cfg(feature = "testing")]
pub mod testing;
pub mod trail;
