//! The engine: commands in, entries out, and what people ask of the cases.
//!
//! It reads the time from a [`Clock`](crate::terms::time::Clock) and randomness from an
//! [`Entropy`](crate::terms::entropy::Entropy) only, starts no work unasked but the task that
//! carries a transaction to its end when its caller is gone (and a worker's, where the host runs one),
//! and knows no law: procedures, roles,
//! rules and the table of engine-wide steps are handed in.
//!
//! *Invariant*: `engine` never imports `care`, `sql` or `testing`.

mod addressee;
mod batch;
mod blobs;
mod carry;
mod command;
mod directory;
mod escalate;
mod handoff;
mod inbox;
mod ladders;
mod lead;
mod loading;
mod opening;
mod outbox;
mod pace;
mod people;
mod permission;
mod queue;
mod reads;
mod registry;
mod reproject;
mod setup;
mod setup_check;
mod setup_problem;
mod staff_plan;
mod staffing;
mod sweep;
mod under_way;
mod verify;
mod verify_page;
mod wide;
mod worker;
mod worklist;
mod workspace;
mod written;

pub use blobs::{BlobError, BlobStore};
pub use command::{Command, EngineError, Receipt};
pub use directory::{Directory, Staff};
pub use escalate::{NotProposed, Proposed};
pub use inbox::InboxRound;
pub use ladders::OnLadder;
pub use outbox::{Courier, CourierError, DeliveryPolicy, DeliveryRound};
pub use permission::Explanation;
pub use reads::{CaseDetail, HistoryEntry};
pub use registry::Registry;
pub use reproject::Reprojected;
pub use setup::{Engine, Setup};
pub use setup_problem::{SetupError, SetupProblem};
pub use staffing::{Moved, Post, StaffChange, StaffPlan};
pub use sweep::Swept;
pub use verify::{Verdict, VerifyOptions};
pub use worker::{Job, JobHealth, Worker, WorkerHealth, WorkerOptions};
pub use worklist::{WorkItem, WorkPage};

use command::Action;
use setup::Inner;
