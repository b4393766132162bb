//! Tests of the mandatory report.
