//! Tests of the emergency response.
