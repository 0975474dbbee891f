//! Tests of Thrift SASL through its public face: good logins, the table of bad input, frames and layers.
#![cfg(test)]

extern crate alloc;

mod announced;
mod arbitrary;
mod client_order;
mod client_words;
mod cuts;
mod ends;
mod frames;
mod layers;
mod messages;
mod names;
mod pairs;
mod rig;
mod script;
mod secrets;
mod server_order;
mod server_words;
mod silence;
mod slow;
mod wire;
