//! What is checked with a peer, and what is expected of it.
//!
//! A combination is left out only for a reason that is printed.

use core::fmt;
use core::time::Duration;

use anyhow::{Result, bail};
use serde::Serialize;

use crate::report::Column;

/// How the octets travel.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "transport")]
pub(crate) enum Transport {
    #[serde(rename = "tcp")]
    Tcp,
    #[serde(rename = "tls")]
    Tls,
    #[serde(rename = "header tls")]
    Header,
}

impl Column for Transport {
    const ALL: [Self; 3] = [Self::Tcp, Self::Tls, Self::Header];
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Header => "header tls",
        })
    }
}

/// One thing to try.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Check {
    /// Log in with this mechanism; a message goes out and comes back.
    Login(&'static str),
    /// The same with a wrong password, which must be refused.
    WrongPassword(&'static str),
    /// The AMQP-TLS header to a port that has no TLS behind it, which must fail.
    HeaderWithoutTls,
    /// No TLS to a port that wants it, which must fail.
    PlainToTls,
}

impl Check {
    /// All of them, in the order of the table.
    pub(crate) const ALL: [Self; 9] = [
        Self::Login("ANONYMOUS"),
        Self::Login("PLAIN"),
        Self::Login("EXTERNAL"),
        Self::Login("SCRAM-SHA-256"),
        Self::Login("SCRAM-SHA-256-PLUS"),
        Self::WrongPassword("PLAIN"),
        Self::WrongPassword("SCRAM-SHA-256"),
        Self::HeaderWithoutTls,
        Self::PlainToTls,
    ];

    /// Whether this has to do what it says where the peer offers `mechanisms` (`None`: there is no such port).
    ///
    /// # Errors
    ///
    /// Returns why it is not possible.
    pub(crate) fn is_expected(
        self,
        transport: Transport,
        mechanisms: Option<&[String]>,
    ) -> Result<(), &'static str> {
        let Some(mechanisms) = mechanisms else { return Err("no such port") };
        match self {
            Self::Login(name) | Self::WrongPassword(name) => {
                if mechanisms.iter().any(|offered| offered == name) {
                    Ok(())
                } else if transport == Transport::Tcp && NEEDS_TLS.contains(&name) {
                    Err("needs tls")
                } else {
                    Err("not offered")
                }
            }
            Self::HeaderWithoutTls if transport == Transport::Tcp => Ok(()),
            Self::PlainToTls if transport == Transport::Tls => Ok(()),
            Self::HeaderWithoutTls | Self::PlainToTls => Err("another port"),
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Login(name) => f.write_str(name),
            Self::WrongPassword(name) => write!(f, "{name}, wrong password"),
            Self::HeaderWithoutTls => f.write_str("tls header, port without tls"),
            Self::PlainToTls => f.write_str("no tls, port with tls"),
        }
    }
}

/// How an expected thing went well.
#[derive(Clone, Debug)]
pub(crate) struct Success {
    /// What the cell of the table says.
    pub(crate) note: String,
    /// Until the login was done or refused.
    pub(crate) took: Duration,
}

/// Runs `attempt`, which must end before [`DEADLINE`].
pub(crate) async fn bounded(attempt: impl Future<Output = Result<Success>>) -> Result<Success> {
    match tokio::time::timeout(DEADLINE, attempt).await {
        Ok(result) => result,
        Err(_) => bail!("nothing happened for {} s", DEADLINE.as_secs()),
    }
}

/// How long a connection may take until it is open.
pub(crate) const OPEN_DEADLINE: Duration = Duration::from_secs(10);

/// How long a failure by silence is waited for.
pub(crate) const SILENCE_DEADLINE: Duration = Duration::from_secs(2);

/// How long one attempt may take, with the message and the goodbye.
const DEADLINE: Duration = Duration::from_secs(20);

/// What no peer offers on a channel that proves nothing.
const NEEDS_TLS: [&str; 2] = ["EXTERNAL", "SCRAM-SHA-256-PLUS"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_is_expected() {
        let offer = ["PLAIN".to_owned()];
        let plain = Check::Login("PLAIN");
        assert_eq!(plain.is_expected(Transport::Header, Some(&offer)), Ok(()));
        assert_eq!(plain.is_expected(Transport::Header, None), Err("no such port"));
        assert_eq!(plain.is_expected(Transport::Tcp, Some(&[])), Err("not offered"));
        let external = Check::Login("EXTERNAL");
        assert_eq!(external.is_expected(Transport::Tcp, Some(&offer)), Err("needs tls"));
        assert_eq!(external.is_expected(Transport::Tls, Some(&offer)), Err("not offered"));
    }

    #[test]
    fn each_wrong_port_is_tried_once() {
        for check in [Check::HeaderWithoutTls, Check::PlainToTls] {
            let is_tried = |each: &Transport| check.is_expected(*each, Some(&[])).is_ok();
            assert_eq!(Transport::ALL.iter().filter(|each| is_tried(each)).count(), 1, "{check}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_that_never_ends_fails() {
        let error = bounded(core::future::pending()).await.unwrap_err();
        assert_eq!(error.to_string(), "nothing happened for 20 s");
    }
}
