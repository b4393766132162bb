//! A procedure nobody runs, whole and with one thing wrong at a time.

mod chain;
mod defects;
mod dominance;
mod petition;
mod pictures;
mod policies;
mod times;
