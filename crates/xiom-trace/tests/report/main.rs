//! The reports of one small evidence in which everything occurs, and of a large one.
#![cfg(test)]

extern crate alloc;

mod diffs;
mod machines;
mod page;
mod sample;
