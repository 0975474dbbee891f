//! Tests of the layer contract through its public face.
#![cfg(test)]

extern crate alloc;

mod channel;
mod connection;
mod gathered;
mod greeter;
mod peer_text;
mod stack;
mod straight;
mod unit;
