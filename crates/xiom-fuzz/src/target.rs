//! What a target is, and the bound on the memory of one run.

use core::alloc::Layout;
use core::fmt;
use std::alloc::System;
use std::panic;
use std::sync::Once;

use cap::Cap;

use crate::dictionary::Dictionary;

/// Counts what is allocated, and refuses what goes past the limit: the process ends, which every engine
/// takes for a crash.
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// The pairs of state and event that an input meets.
pub type Coverage = fn(&[u8]) -> Vec<Pair>;

/// A pair of state and event.
pub type Pair = (String, String);

/// One target: a body, and what there is to know about it.
#[derive(Clone, Copy)]
pub struct Target {
    /// The name of the binary and of the folders: a Rust identifier.
    pub name: &'static str,
    /// What it feeds, and what must hold, in one line.
    pub about: &'static str,
    /// Judges one input; panics when something does not hold.
    pub body: fn(&[u8]),
    /// Tells an input in words, line by line.
    pub explain: fn(&[u8]) -> String,
    /// Good inputs to start from.
    pub seeds: fn() -> Vec<Seed>,
    /// The pairs of state and event that an input meets, of targets that drive a machine.
    pub coverage: Option<Coverage>,
    /// Every pair that can be met, where that is known.
    pub reachable: Option<fn() -> Vec<Pair>>,
    /// Makes what the body needs once, for all inputs like this one; it counts for the memory of no run.
    pub prepare: fn(&[u8]),
    /// The words of its input.
    pub dictionary: Dictionary,
    /// Octets of the longest input that an engine should try.
    pub longest: usize,
    /// Octets that one run may hold at a time, beyond what was held before.
    pub memory: usize,
}

/// A good input, and the end of the name of its file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Seed {
    /// Lower case letters, digits and hyphens.
    pub name: String,
    /// The input.
    pub octets: Vec<u8>,
}

impl Seed {
    /// Names an input.
    #[must_use]
    pub fn new(name: impl Into<String>, octets: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), octets: octets.into() }
    }
}

impl Target {
    /// A target with the usual bounds, which shows its inputs as octets and has no seeds.
    #[must_use]
    pub const fn new(name: &'static str, about: &'static str, body: fn(&[u8])) -> Self {
        Self {
            name,
            about,
            body,
            explain: octets,
            seeds: Vec::new,
            coverage: None,
            reachable: None,
            prepare: |_| (),
            dictionary: Dictionary::None,
            longest: 4096,
            memory: 64 << 10,
        }
    }

    /// The text of `fuzz/options/NAME.options`, which `ClusterFuzzLite` and OSS-Fuzz read beside the program.
    #[must_use]
    pub fn options(&self) -> String {
        let dictionary = self.dictionary.file().map(|name| format!("dict = {name}\n"));
        format!("[libfuzzer]\nmax_len = {}\n{}", self.longest, dictionary.unwrap_or_default())
    }

    /// Judges one input, within [`Self::memory`].
    ///
    /// # Panics
    ///
    /// Panics when something does not hold.
    pub fn run(&self, input: &[u8]) {
        HOOK.call_once(lift_before_panics);
        (self.prepare)(input);
        let limit = ALLOCATOR.allocated().saturating_add(self.memory);
        // It fails when another thread has taken that much since; then there is nothing to hold to.
        let _limited = ALLOCATOR.set_limit(limit);
        (self.body)(input);
        let _unlimited = ALLOCATOR.set_limit(usize::MAX);
    }
}

/// A report of a panic needs memory, more than many a target may take.
fn lift_before_panics() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |told| {
        let _unlimited = ALLOCATOR.set_limit(usize::MAX);
        report(told);
    }));
}

static HOOK: Once = Once::new();

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Target").field(&self.name).finish()
    }
}

/// Sixteen octets a line, as a listing of octets is usually written.
pub(crate) fn octets(input: &[u8]) -> String {
    let line = |(number, octets): (usize, &[u8])| {
        let hex: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        let shown = |octet: &u8| if octet.is_ascii_graphic() { char::from(*octet) } else { '.' };
        let text: String = octets.iter().map(shown).collect();
        format!("{:04x}  {:<47}  {text}\n", number.saturating_mul(16), hex.join(" "))
    };
    input.chunks(16).enumerate().map(line).collect()
}

/// Whether `size` octets can be had now; for the test of the limit.
#[must_use]
pub fn can_allocate(size: usize) -> bool {
    Layout::array::<u8>(size).is_ok() && Vec::<u8>::new().try_reserve_exact(size).is_ok()
}
