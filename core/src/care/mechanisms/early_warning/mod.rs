//! Early warning 预警排查: a clue about a child, graded by colour, and watched until it is cleared.

pub mod risk_alert;
pub mod scale;
