//! Lists that hold little more than what is in them, for what is counted in millions.

use alloc::collections::VecDeque;

/// A list that grows by a sixteenth: doubling would let half of the memory wait for what never comes.
///
/// To grow a large block costs next to nothing where the system moves pages instead of octets.
#[derive(Debug)]
pub(super) struct Lean<T>(Vec<T>);

impl<T> Lean<T> {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn push(&mut self, item: T) {
        if self.0.len() == self.0.capacity() {
            self.0.reserve_exact((self.0.len() / 16).max(LEAST));
        }
        self.0.push(item);
    }

    pub(super) const fn as_slice(&self) -> &[T] {
        self.0.as_slice()
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Octets that are held.
    pub(super) const fn octets(&self) -> usize {
        self.0.capacity() * size_of::<T>()
    }
}

/// A queue in blocks: what was taken out is given back block by block, and growth moves nothing.
#[derive(Debug)]
pub(super) struct Queue<T> {
    front: alloc::vec::IntoIter<T>,
    blocks: VecDeque<Vec<T>>,
}

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        Self { front: Vec::new().into_iter(), blocks: VecDeque::new() }
    }

    pub(super) fn push(&mut self, item: T) {
        match self.blocks.back_mut() {
            Some(block) if block.len() < block.capacity() => block.push(item),
            _ => {
                let mut block = Vec::with_capacity(BLOCK);
                block.push(item);
                self.blocks.push_back(block);
            }
        }
    }

    pub(super) fn pop(&mut self) -> Option<T> {
        self.front.next().or_else(|| {
            self.front = self.blocks.pop_front()?.into_iter();
            self.front.next()
        })
    }
}

/// Room for the first items of a list.
const LEAST: usize = 1 << 8;
/// Items of a block.
const BLOCK: usize = 1 << 8;
