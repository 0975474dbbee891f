//! Connections over loopback sockets; nothing depends on how long anything takes.

#[cfg(test)]
#[cfg(feature = "blocking")]
mod blocking;
#[cfg(test)]
mod common;
#[cfg(test)]
mod fairness;
#[cfg(test)]
#[cfg(feature = "blocking")]
mod messages;
#[cfg(test)]
mod polled;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod retry;
