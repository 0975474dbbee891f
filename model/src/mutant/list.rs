//! The mutants of the shipped tree: none. In the copy that `cargo xtask model` makes, this file is another.

use super::Mutant;

pub(super) const ALL: &[Mutant] = &[];
pub(super) const NAMES: &[&str] = &[];

/// There is nothing to switch.
pub(super) const fn switch(_number: Option<usize>) {}
