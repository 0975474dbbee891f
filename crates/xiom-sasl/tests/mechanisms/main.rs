//! The mechanisms and the policy from outside: recorded exchanges, attacks, hostile octets, laws.

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod common;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod policy;
#[cfg(test)]
mod scram;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod single;
#[cfg(test)]
mod vectors;
