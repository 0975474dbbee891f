//! Streams over pipes in memory, loopback sockets and a scripted socket; time is paused where it counts.

extern crate alloc;

#[cfg(test)]
mod common;
#[cfg(test)]
mod halves;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod whole;
