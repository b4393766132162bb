//! Tests of the definition, its clocks and its rules.
