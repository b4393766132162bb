//! What one step does to one case, decided without I/O.
//!
//! [`decide`] reads a case, a transition, an actor and the time, and answers with a [`Step`] or a
//! [`Refusal`](crate::procedure::Refusal). It does not know that stores exist; writing the step
//! down is the business of `engine`.

mod decide;
mod duties;
mod holder;
mod occurred;
mod permit;

pub use decide::{CaseView, Decide, Step, decide};
pub use duties::{FindHolderDebug, Ground, Ledger, extension_of, match_rows};
pub use holder::{FindHolder, Near, find_holder};
pub(crate) use occurred::check_occurred;
pub use permit::{Check, check_permission, fulfillable, hand_of, may_see_duty};
pub(crate) use permit::{check_person, check_roles};
