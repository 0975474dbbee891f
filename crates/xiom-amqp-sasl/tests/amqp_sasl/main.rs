//! Tests of AMQP SASL through its public face: good logins, the table of bad input, and every way to break off.
#![cfg(test)]

extern crate alloc;

mod bad_client;
mod bad_frame;
mod bad_server;
mod broken;
mod client_end;
mod client_life;
mod client_messages;
mod client_offer;
mod client_proofs;
mod damaged;
mod frames;
mod headers;
mod layers;
mod limits;
mod logins;
mod order;
mod pipelined;
mod refusals;
mod rig;
mod rules;
mod script;
mod secrets;
mod server_bounds;
mod server_exchange;
mod server_life;
mod server_proofs;
mod server_questions;
mod server_rules;
mod wire;
