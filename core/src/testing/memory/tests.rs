//! Tests of the memory store beyond the contract.
