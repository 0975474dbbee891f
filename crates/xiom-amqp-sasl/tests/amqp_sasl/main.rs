//! Tests of AMQP SASL through its public face: good logins, the table of bad input, and every way to break off.
#![cfg(test)]

extern crate alloc;

mod bad_client;
mod bad_frame;
mod bad_server;
mod broken;
mod damaged;
mod frames;
mod headers;
mod limits;
mod logins;
mod order;
mod pipelined;
mod refusals;
mod rig;
mod rules;
mod script;
mod secrets;
mod wire;
