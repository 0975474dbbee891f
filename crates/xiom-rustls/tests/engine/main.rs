//! The engine on rustls under the layer and the channel, both ends in memory.
#![cfg(any(feature = "aws-lc-rs", feature = "ring"))]

extern crate alloc;

#[cfg(test)]
mod bare;
#[cfg(test)]
mod bindings;
#[cfg(test)]
mod certificates;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod handshake;
#[cfg(test)]
mod options;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod resumption;
#[cfg(test)]
mod stream;
#[cfg(test)]
mod support;
