//! What stands over the six mechanisms 六项机制 in the county's scheme 四个六: how overdue work is
//! demanded, inspected and answered for.

pub mod listed_oversight;
