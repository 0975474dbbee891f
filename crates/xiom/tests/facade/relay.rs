//! A man in the middle who holds a certificate that the client trusts, ends TLS, and begins it anew.
//!
//! To be seen: a login that is bound to the channel fails at both ends, one that is not goes through.

use alloc::sync::Arc;
use core::fmt::Debug;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional, duplex};
use xiom::core::{AuthFault, Cause, OutcomeCode, SaslFault, Stage};
use xiom::rustls::ServerOptions;
use xiom::{Client, Error, Server, TlsStyle, UserTable};
use xiom_amqp_codec::{Mechanisms, Performative};
use xiom_tokio::{Acceptor, Connector};

use crate::pki::Pki;

/// What the relay does with the mechanisms on offer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Relay {
    PassesAll,
    StripsBinding,
}

impl Relay {
    async fn run<S: AsyncRead + AsyncWrite + Debug + Unpin>(
        self,
        victim: S,
        target: S,
        pki: &Pki,
        style: TlsStyle,
    ) {
        // It is a server to the client, by a certificate of the same authority, and a client of the server.
        let server = pki.serve(Some(style)).transport().unwrap();
        let client = Client::builder("amqps://localhost").unwrap().tls(style);
        let client = client.only_roots(&pki.authority).build().unwrap().transport().unwrap();
        let opened = tokio::join!(
            Acceptor::default().accept(victim, server),
            Connector::default().connect(target, client),
        );
        let (mut victim, mut target) = (opened.0.unwrap(), opened.1.unwrap());
        if self == Self::StripsBinding {
            strip(&mut victim, &mut target).await;
        }
        // Either end hangs up when it has seen enough.
        let _ = copy_bidirectional(&mut victim, &mut target).await;
    }
}

/// Passes the headers and the mechanisms on, without those that bind.
async fn strip<A, B>(victim: &mut A, target: &mut B)
where
    A: AsyncRead + AsyncWrite + Unpin,
    B: AsyncRead + AsyncWrite + Unpin,
{
    let mut header = [0; 8];
    victim.read_exact(&mut header).await.unwrap();
    target.write_all(&header).await.unwrap();
    target.flush().await.unwrap();
    target.read_exact(&mut header).await.unwrap();
    victim.write_all(&header).await.unwrap();
    let mut frame = vec![0; 4];
    target.read_exact(&mut frame).await.unwrap();
    let size = u32::from_be_bytes(frame[..].try_into().unwrap());
    frame.resize(usize::try_from(size).unwrap(), 0);
    target.read_exact(&mut frame[4..]).await.unwrap();
    let (_, decoded) = Performative::decode_frame(&frame, size).unwrap();
    let Performative::Mechanisms(offer) = decoded else { panic!("{decoded}") };
    let names: Vec<_> = offer.iter().filter(|name| !name.ends_with("-PLUS")).collect();
    assert!(names.len() < offer.iter().count());
    let mut stripped = Vec::new();
    Performative::Mechanisms(Mechanisms::new(&names).unwrap()).encode_frame(&mut stripped);
    victim.write_all(&stripped).await.unwrap();
    victim.flush().await.unwrap();
}

fn server(pki: &Pki, style: TlsStyle) -> Server {
    let (chain, key) = &pki.server;
    let options = ServerOptions::new(chain, key.as_str().into());
    let users = UserTable::new().with("user", "password").unwrap();
    Server::builder(users).tls(style, options).build().unwrap()
}

/// Logs in through `relay` by one of `mechanisms`; what the client and the server say.
async fn login(
    relay: Relay,
    style: TlsStyle,
    mechanisms: &[&str],
) -> (Result<(), Error>, Result<(), Error>) {
    let pki = Arc::new(Pki::new());
    let (near, victim) = duplex(1 << 16);
    let (target, far) = duplex(1 << 16);
    let client = Client::builder("amqps://user:password@localhost")
        .unwrap()
        .tls(style)
        .only_roots(&pki.authority)
        .only_mechanisms(mechanisms.iter().copied())
        .build()
        .unwrap();
    let server = server(&pki, style);
    let task = tokio::spawn({
        let pki = Arc::clone(&pki);
        async move { relay.run(victim, target, &pki, style).await }
    });
    let (client, server) =
        tokio::join!(async { client.connect_over(near).await.map(drop) }, async {
            server.accept(far).await.map(drop)
        },);
    task.await.unwrap();
    (client, server)
}

fn failures(ends: (Result<(), Error>, Result<(), Error>)) -> (Cause, Cause) {
    let cause = |end: Result<(), Error>| end.unwrap_err().failure().unwrap().cause;
    (cause(ends.0), cause(ends.1))
}

const REFUSED: Cause = Cause::Sasl(SaslFault::Refused(OutcomeCode::Auth));
const STYLES: [TlsStyle; 2] = [TlsStyle::Direct, TlsStyle::Header];

#[tokio::test]
async fn a_login_that_is_not_bound_goes_through_a_man_in_the_middle() {
    for style in STYLES {
        let (client, server) = login(Relay::PassesAll, style, &["PLAIN"]).await;
        client.unwrap();
        server.unwrap();
    }
}

//= test SRS_SASL_MECHANISMS_01_151
#[tokio::test]
async fn a_man_in_the_middle_makes_a_bound_login_fail_on_both_sides() {
    for style in STYLES {
        let ends = login(Relay::PassesAll, style, &["SCRAM-SHA-256-PLUS"]).await;
        let bound = Cause::Mechanism(AuthFault::ChannelBinding);
        assert_eq!(failures(ends), (REFUSED, bound), "{style:?}");
    }
}

//= test SRS_SASL_MECHANISMS_01_152
#[tokio::test]
async fn a_man_in_the_middle_who_strips_the_binding_from_the_offer_is_noticed_by_the_server() {
    for style in STYLES {
        let both = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"];
        let ends = login(Relay::StripsBinding, style, &both).await;
        let downgrade = Cause::Mechanism(AuthFault::ChannelBindingDowngrade);
        assert_eq!(failures(ends), (REFUSED, downgrade), "{style:?}");
    }
}

#[tokio::test]
async fn a_client_that_requires_binding_says_nothing_to_a_man_in_the_middle_who_strips_it() {
    let (client, server) =
        login(Relay::StripsBinding, TlsStyle::Direct, &["SCRAM-SHA-256-PLUS"]).await;
    let failure = client.unwrap_err().failure().unwrap();
    let nothing = Cause::Sasl(SaslFault::NoCommonMechanism);
    assert_eq!((failure.stage, failure.cause), (Stage::SaslMechanisms, nothing));
    assert_eq!(server.unwrap_err().failure().unwrap().stage, Stage::SaslInit);
}
