//! Intervention in guardianship 监护干预: what the county does where a guardian cannot, will not or
//! must not care for a child.

pub mod temporary_guardianship;
