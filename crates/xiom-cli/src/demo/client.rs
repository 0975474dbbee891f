//! The clients of the demo: log in, send and get back, close in order.

use core::time::Duration;
use std::io::{self, BufRead, Write};

use serde::Serialize;
use xiom::core::{
    AuthFault, Cause, CertificateFault, Layer, OutcomeCode, SaslFault, Secret, ThriftFault,
    TlsFault,
};
use xiom::sasl::{Credentials, Policy};
use xiom::xio::{Blocking, Config, Error, Remote, failure_of, peer_text_of};
use xiom::{Client, Login, Protocol};

use super::hostile::Trick;
use super::way::Way;
use super::{TOKEN, USER};
use crate::certificates::Identity;
use crate::fault::Fault;
use crate::proof::{Proof, Tls};
use crate::timeline::{self, Span};
use crate::trace::Trace;
use crate::watch::Watch;
use crate::{Stop, login};

/// What a client does, and what should come of it.
pub(crate) struct Case<'a> {
    /// What it is called in the report.
    pub(crate) name: &'static str,
    pub(crate) way: Way,
    pub(crate) mechanism: &'static str,
    pub(crate) password: &'static str,
    /// The authority that the client trusts.
    pub(crate) trusted: &'a str,
    /// The certificate that the client has.
    pub(crate) identity: Option<&'a Identity>,
    pub(crate) expected: Expected,
    /// Whether the TLS session of a former connection is resumed.
    pub(crate) resumes: bool,
    /// Octets to be echoed.
    pub(crate) octets: u64,
}

/// What should come of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Expected {
    LoggedIn,
    Refused,
    Untrusted,
    /// Somebody ends TLS between the two, and passes everything on.
    Intercepted,
    /// Somebody ends TLS between the two, and removes what binds from the offer.
    Stripped,
    /// The client does not show its password to everybody.
    Withheld,
    /// The server breaks the rules.
    Hostile(Trick),
}

impl Expected {
    /// Whether this is the failure that was expected of a client that speaks `protocol`.
    pub(crate) fn fits(self, cause: Cause, protocol: Protocol) -> bool {
        match self {
            Self::LoggedIn => false,
            Self::Refused | Self::Intercepted | Self::Stripped => {
                let refused = match protocol {
                    Protocol::Thrift => Cause::Thrift(ThriftFault::Refused),
                    Protocol::Amqp | _ => Cause::Sasl(SaslFault::Refused(OutcomeCode::Auth)),
                };
                cause == refused
            }
            Self::Withheld => cause == Cause::Mechanism(AuthFault::NotConfidential),
            Self::Hostile(trick) => trick.fits(cause),
            Self::Untrusted => {
                cause == Cause::Tls(TlsFault::Certificate(CertificateFault::UnknownIssuer))
            }
        }
    }
}

/// One visit as the client saw it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Journey {
    /// Who came in.
    pub(crate) login: Option<Proof>,
    /// What TLS agreed on.
    pub(crate) tls: Option<Tls>,
    /// The time that each phase took.
    pub(crate) timeline: Vec<Span>,
    /// The time of the echo alone.
    pub(crate) echo_micros: u64,
    /// Whether every octet came back, in order, and then the end.
    pub(crate) ended_in_order: bool,
    /// How it failed.
    pub(crate) failure: Option<Fault>,
    /// Whether it failed as it should.
    #[serde(skip)]
    pub(crate) failed_as_expected: bool,
}

impl Case<'_> {
    /// Connects with `client`, and does it all; `progress` hears of the octets that came back.
    ///
    /// # Errors
    ///
    /// Returns [`Stop`] when the options do not fit.
    pub(crate) fn run(&self, client: &Client, progress: impl Fn(u64)) -> Result<Journey, Stop> {
        let (address, protocol) = (client.address(), self.way.protocol());
        let service = login::usual_service(protocol);
        let named = self.named();
        let sasl = login::mechanisms(&[self.login()], &named, service, address.host())
            .and_then(|mechanisms| login::layer(protocol, mechanisms, client.sasl()))
            .map_err(Stop::other)?;
        let remote = Remote::resolve(address.host(), address.port()).map_err(Stop::other)?;
        let transport = client.transport().map_err(Stop::other)?;
        let watch = Watch::start(timeline::CONNECT, Trace::Off);
        let mut journey = Journey {
            login: None,
            tls: None,
            timeline: Vec::new(),
            echo_micros: 0,
            ended_in_order: false,
            failure: None,
            failed_as_expected: false,
        };
        let result = match watch.connect(remote, sasl, transport, Config::CLIENT) {
            Ok(mut stream) => self.talk(&mut stream, &watch, &mut journey, progress),
            Err(error) => Err(error.into()),
        };
        watch.timeline().stop();
        if let Err(error) = result {
            let Some(failure) = failure_of(&error) else { return Err(Stop::other(error)) };
            journey.failure = Some(Fault::of_client(&failure, protocol, peer_text_of(&error)));
            journey.failed_as_expected = self.expected.fits(failure.cause, protocol);
        }
        journey.timeline = watch.timeline().spans().to_vec();
        journey.tls = watch.seen().facts.as_ref().map(Tls::from);
        journey.login = watch.seen().established.as_ref().map(Proof::from);
        Ok(journey)
    }

    /// A client for the server at `port`; sessions are resumed while one with equal options lives.
    ///
    /// # Errors
    ///
    /// Returns [`Stop`] when the options do not fit.
    pub(crate) fn client(&self, port: u16) -> Result<Client, Stop> {
        let url = format!("{}://127.0.0.1:{port}", self.way.scheme());
        let policy = Policy { allow_legacy: self.mechanism == LEGACY, ..Policy::default() };
        let mut builder = Client::builder(&url).map_err(Stop::other)?.policy(policy);
        if let Some(style) = self.way.tls() {
            builder = builder.tls(style).only_roots(self.trusted);
        }
        if let Some(identity) = self.identity {
            builder = builder.certificate(&identity.chain, identity.key.clone());
        }
        builder.build().map_err(Stop::other)
    }

    /// The mechanisms that the client has: whoever is to be deceived has one that binds, too.
    fn named(&self) -> Vec<String> {
        let mut named = vec![self.mechanism.to_owned()];
        if self.expected == Expected::Stripped {
            named.push(format!("{}-PLUS", self.mechanism));
        }
        named
    }

    fn login(&self) -> Login {
        match self.mechanism {
            "ANONYMOUS" => Login::Anonymous(String::new()),
            "EXTERNAL" => Login::External(None),
            "MSSBCBS" => Login::Cbs,
            "OAUTHBEARER" | "XOAUTH2" => {
                Login::Token { token: Secret::from(TOKEN), user: Some(USER.to_owned()) }
            }
            _ => Login::Password(Credentials::new(USER, Secret::from(self.password))),
        }
    }

    fn talk<L: Layer>(
        &self,
        stream: &mut Blocking<L>,
        watch: &Watch,
        journey: &mut Journey,
        progress: impl Fn(u64),
    ) -> io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE));
        stream.set_write_timeout(Some(PATIENCE));
        let before = watch.timeline().elapsed();
        let mut came_back = echo(stream, self.octets, progress)?;
        journey.echo_micros = timeline::micros(watch.timeline().elapsed().saturating_sub(before));
        watch.timeline().enter(timeline::CLOSE);
        stream.finish()?;
        // The server ends in order, too, and has nothing more to say.
        came_back &= stream.fill_buf()?.is_empty();
        stream.close().map_err(|error: Error| io::Error::from(error))?;
        journey.ended_in_order = came_back;
        Ok(())
    }
}

/// Sends `total` octets and gets them back, at most [`WINDOW`] under way; whether all are the same.
fn echo<L: Layer>(
    stream: &mut Blocking<L>,
    total: u64,
    progress: impl Fn(u64),
) -> io::Result<bool> {
    let pattern: Vec<u8> =
        (0..PERIOD + CHUNK).map(|index| (index % PERIOD).to_le_bytes()[0]).collect();
    let (mut sent, mut got, mut is_same) = (0, 0, true);
    while got < total {
        while sent < total && sent - got + u64::from(CHUNK) <= WINDOW {
            let chunk = slice(&pattern, sent, (total - sent).min(CHUNK.into()));
            stream.write_all(chunk)?;
            sent += u64::try_from(chunk.len()).unwrap_or_default();
        }
        stream.flush()?;
        let here = stream.fill_buf()?;
        if here.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let expected = slice(&pattern, got, u64::from(CHUNK));
        let count = here.len().min(expected.len());
        is_same &= here.get(..count) == expected.get(..count);
        stream.consume(count);
        got += u64::try_from(count).unwrap_or_default();
        progress(got);
    }
    Ok(is_same)
}

/// The octets from position `from` of the endless pattern.
fn slice(pattern: &[u8], from: u64, count: u64) -> &[u8] {
    let start = usize::try_from(from % u64::from(PERIOD)).unwrap_or_default();
    let count = usize::try_from(count).unwrap_or_default();
    pattern.get(start..start.saturating_add(count)).unwrap_or_default()
}

/// What is broken, and used all the same where nothing else protects the octets.
const LEGACY: &str = "DIGEST-MD5";
/// Octets of one write.
const CHUNK: u32 = 32 << 10;
/// Octets under way: less than the buffers of the two sockets, so that both ends never wait to write.
const WINDOW: u64 = 128 << 10;
/// The pattern repeats after so many octets, which no record or buffer has as its size.
const PERIOD: u32 = 65_521;
/// How long the server may be silent.
const PATIENCE: Duration = Duration::from_secs(30);
