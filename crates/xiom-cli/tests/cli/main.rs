//! The program as its users run it: what it prints, and how it ends.
//!
//! Servers live in threads of the test, on ports that the system chose; nothing depends on time.

#[cfg(test)]
mod decode;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod probe;
#[cfg(test)]
#[cfg(unix)]
mod serve;
#[cfg(test)]
mod support;
#[cfg(test)]
#[cfg(unix)]
mod thrift;
#[cfg(test)]
mod usage;
#[cfg(test)]
mod user;
