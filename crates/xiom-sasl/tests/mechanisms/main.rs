//! The mechanisms and the policy from outside: recorded exchanges, attacks, hostile octets, laws.

#[cfg(test)]
extern crate alloc;

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod buffers;
#[cfg(test)]
mod common;
#[cfg(feature = "legacy")]
#[cfg(test)]
mod cram_md5;
#[cfg(feature = "legacy")]
#[cfg(test)]
mod digest_layer;
#[cfg(feature = "legacy")]
#[cfg(test)]
mod digest_md5;
#[cfg(feature = "legacy")]
#[cfg(test)]
mod digest_recorded;
#[cfg(feature = "legacy")]
#[cfg(test)]
mod digest_refusals;
#[cfg(test)]
mod done;
#[cfg(test)]
mod gssapi;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod laws;
#[cfg(feature = "legacy")]
#[cfg(test)]
mod legacy;
#[cfg(test)]
mod oauth;
#[cfg(test)]
mod policy;
#[cfg(test)]
mod prep;
#[cfg(test)]
mod scram;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod single;
#[cfg(test)]
mod vectors;
