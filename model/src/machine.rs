//! A shipped machine as its surroundings see it: a stimulus goes in, a response comes out.
//!
//! Seen like this, a machine can be held in two ways. [`Direct`] is the machine itself, run anew at every
//! step: stateright's search does that. [`Store`] keeps each state of the machine once, under a number,
//! and remembers what every stimulus did to it, so the shipped code runs once for each pair of state and
//! stimulus, however many surroundings ask. Both must count the same states.

use core::cell::RefCell;
use core::fmt::Debug;
use core::hash::Hash;
use std::collections::HashMap;

use foldhash::fast::FixedState;
use indexmap::IndexSet;

/// A machine that ships, with the driver around it.
pub trait Machine: Clone + Eq + Hash + Debug {
    /// What stays the same in every state: how layers are made, what a peer may say.
    type Setup;
    /// What its surroundings do to it.
    type Stimulus: Copy + Eq + Hash + Debug;
    /// What the surroundings notice of it.
    type Response: Clone + Debug;
    /// What may be seen from outside at any time.
    type Face: Copy + Debug;

    /// Takes one step.
    fn react(&mut self, setup: &Self::Setup, stimulus: Self::Stimulus) -> Self::Response;

    /// What may be seen from outside.
    fn face(&self, setup: &Self::Setup) -> Self::Face;
}

/// How a world holds its machine.
pub trait Hold<M: Machine> {
    /// What stands for the machine in a state of the world.
    type Held: Clone + Eq + Hash + Debug;

    /// Puts a machine in.
    fn hold(&self, setup: &M::Setup, machine: M) -> Self::Held;

    /// Lets it take one step.
    fn react(&self, setup: &M::Setup, held: &mut Self::Held, stimulus: M::Stimulus) -> M::Response;

    /// What may be seen of it.
    fn face(&self, setup: &M::Setup, held: &Self::Held) -> M::Face;
}

/// The machine itself is part of the state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Direct;

impl<M: Machine> Hold<M> for Direct {
    type Held = M;

    fn hold(&self, _setup: &M::Setup, machine: M) -> M {
        machine
    }

    fn react(&self, setup: &M::Setup, held: &mut M, stimulus: M::Stimulus) -> M::Response {
        held.react(setup, stimulus)
    }

    fn face(&self, setup: &M::Setup, held: &M) -> M::Face {
        held.face(setup)
    }
}

/// Each state of the machine once, and every step that was ever taken.
#[derive(Debug)]
pub struct Store<M: Machine>(RefCell<Memory<M>>);

#[derive(Debug)]
struct Memory<M: Machine> {
    machines: IndexSet<M, FixedState>,
    faces: Vec<M::Face>,
    steps: Steps<M>,
}

/// What a stimulus did to the machine of a number: the next number, and what was noticed.
type Steps<M> =
    HashMap<(u32, <M as Machine>::Stimulus), (u32, <M as Machine>::Response), FixedState>;

impl<M: Machine> Default for Store<M> {
    fn default() -> Self {
        Self(RefCell::new(Memory {
            machines: IndexSet::default(),
            faces: Vec::new(),
            steps: HashMap::default(),
        }))
    }
}

impl<M: Machine> Memory<M> {
    fn number(&mut self, setup: &M::Setup, machine: M) -> u32 {
        let (index, is_new) = self.machines.insert_full(machine);
        if is_new && let Some(machine) = self.machines.get_index(index) {
            self.faces.push(machine.face(setup));
        }
        u32::try_from(index).unwrap_or(u32::MAX)
    }
}

impl<M: Machine> Store<M> {
    /// How many states of the machine, and how many steps of it, were met.
    pub fn len(&self) -> (usize, usize) {
        let memory = self.0.borrow();
        (memory.machines.len(), memory.steps.len())
    }

    /// Whether no machine was put in.
    pub fn is_empty(&self) -> bool {
        self.len().0 == 0
    }

    /// Every step that was taken: the machine before, the stimulus, the response, the machine after.
    pub fn for_each(&self, mut visit: impl FnMut(&M, M::Stimulus, &M::Response, &M)) {
        let memory = self.0.borrow();
        let machine = |number: u32| {
            usize::try_from(number).ok().and_then(|index| memory.machines.get_index(index))
        };
        for (&(before, stimulus), (after, response)) in &memory.steps {
            if let (Some(before), Some(after)) = (machine(before), machine(*after)) {
                visit(before, stimulus, response, after);
            }
        }
    }
}

impl<M: Machine> Hold<M> for Store<M> {
    type Held = u32;

    fn hold(&self, setup: &M::Setup, machine: M) -> u32 {
        self.0.borrow_mut().number(setup, machine)
    }

    fn react(&self, setup: &M::Setup, held: &mut u32, stimulus: M::Stimulus) -> M::Response {
        let mut memory = self.0.borrow_mut();
        let memory = &mut *memory;
        if let Some((after, response)) = memory.steps.get(&(*held, stimulus)) {
            *held = *after;
            return response.clone();
        }
        let index = usize::try_from(*held).unwrap_or(usize::MAX);
        let mut machine = memory
            .machines
            .get_index(index)
            .cloned()
            .unwrap_or_else(|| unreachable!("every number was given out by this store"));
        let response = machine.react(setup, stimulus);
        let after = memory.number(setup, machine);
        memory.steps.insert((*held, stimulus), (after, response.clone()));
        *held = after;
        response
    }

    fn face(&self, _setup: &M::Setup, held: &u32) -> M::Face {
        let index = usize::try_from(*held).unwrap_or(usize::MAX);
        self.0
            .borrow()
            .faces
            .get(index)
            .copied()
            .unwrap_or_else(|| unreachable!("every number was given out by this store"))
    }
}
