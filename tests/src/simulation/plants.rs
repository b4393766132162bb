//! Violations
