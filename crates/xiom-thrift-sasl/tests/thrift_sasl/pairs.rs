//! Two of our own machines, whatever goes wrong between their users: both come to an end, and agree on it.

use xiom_core::{
    AuthFault, Cause, OpenResult, OutcomeCode, SaslFault, Security, Stack, Stage, ThriftFault,
    WireBuf,
};
use xiom_sasl::server::{LookupAnswer, LookupRequest, Question};
use xiom_sasl::{Policy, Protection};
use xiom_testing::Endpoint;
use xiom_thrift_sasl::{ClientConfig, LastWord, Server};

use crate::cuts::with_layers;
use crate::messages::{BAD, COMPLETE, ERROR, START, parse};
use crate::rig::{
    ClientSide, Kind, Mechanism, PASSWORD, ServerSide, Transcript, USER, answer_all, answer_by,
    client_config, client_side, client_with, converse, converse_by, open, opened, reply,
    server_config, server_side, server_with,
};

/// How the application, or the user, spoils a login.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Misdeed {
    WrongPassword,
    UnknownUser,
    NotPermitted,
    Unavailable(OutcomeCode),
    WrongAnswer,
    AnswerOfAnotherKind,
    OtherMechanism,
}

const MISDEEDS: [Misdeed; 10] = [
    Misdeed::WrongPassword,
    Misdeed::UnknownUser,
    Misdeed::NotPermitted,
    Misdeed::Unavailable(OutcomeCode::Auth),
    Misdeed::Unavailable(OutcomeCode::Sys),
    Misdeed::Unavailable(OutcomeCode::SysPerm),
    Misdeed::Unavailable(OutcomeCode::SysTemp),
    Misdeed::WrongAnswer,
    Misdeed::AnswerOfAnotherKind,
    Misdeed::OtherMechanism,
];

impl Misdeed {
    fn applies(self, kind: Kind) -> bool {
        match self {
            Self::WrongPassword | Self::AnswerOfAnotherKind => kind.has_password(),
            Self::UnknownUser => kind.has_password() && kind != Kind::OAuth,
            Self::OtherMechanism => kind != Kind::External,
            Self::NotPermitted | Self::Unavailable(_) | Self::WrongAnswer => true,
        }
    }

    fn client(self, kind: Kind) -> ClientSide {
        let mechanism = match self {
            Self::WrongPassword => kind.client_of(USER, "another"),
            Self::UnknownUser => kind.client_of("nobody", PASSWORD),
            Self::NotPermitted
            | Self::Unavailable(_)
            | Self::WrongAnswer
            | Self::AnswerOfAnotherKind
            | Self::OtherMechanism => kind.client(),
        };
        client_with(mechanism, client_config(Protection::None))
    }

    fn server(self, kind: Kind) -> ServerSide {
        server_side(if self == Self::OtherMechanism { Kind::External } else { kind })
    }

    fn answer(self, end: &mut Endpoint<ServerSide>) {
        let deed =
            |server: &mut Server<Mechanism>, out: &mut WireBuf| match (self, server.question()) {
                (Self::NotPermitted, Some(Question::Authorize(_))) => server.authorize(false, out),
                (Self::Unavailable(code), Some(_)) => server.refuse(code, out),
                (Self::WrongAnswer, Some(Question::Authorize(_))) => {
                    server.lookup(LookupAnswer::Unknown, out);
                }
                (Self::WrongAnswer, Some(Question::Lookup(_))) => server.authorize(true, out),
                (
                    Self::AnswerOfAnotherKind,
                    Some(Question::Lookup(LookupRequest::Bearer { .. })),
                ) => {
                    server.lookup(LookupAnswer::Verified(true), out);
                }
                (Self::AnswerOfAnotherKind, Some(Question::Lookup(_))) => {
                    server.lookup(LookupAnswer::Subject("root"), out);
                }
                _ => reply(server, out),
            };
        while answer_by(end, deed) {}
    }

    /// The failure of the server, and the text of its BAD.
    fn expected(self) -> (Cause, &'static str) {
        match self {
            Self::WrongPassword | Self::UnknownUser => {
                (Cause::Mechanism(AuthFault::BadCredentials), "authentication failed")
            }
            Self::NotPermitted => {
                (Cause::Mechanism(AuthFault::NotAuthorized), "authentication failed")
            }
            Self::Unavailable(code) => {
                let text = match code {
                    OutcomeCode::Auth => "authentication failed",
                    OutcomeCode::Sys | OutcomeCode::SysPerm => "unavailable",
                    OutcomeCode::SysTemp => "temporarily unavailable",
                };
                (Cause::Sasl(SaslFault::Unavailable(code)), text)
            }
            Self::WrongAnswer | Self::AnswerOfAnotherKind => {
                (Cause::Sasl(SaslFault::WrongAnswer), "unavailable")
            }
            Self::OtherMechanism => (Cause::Sasl(SaslFault::NotOffered), "mechanism not accepted"),
        }
    }
}

fn last_status(octets: &[u8]) -> Option<u8> {
    parse(octets).last().map(|(status, _)| *status)
}

//= test SRS_THRIFT_SASL_50_011, SRS_THRIFT_SASL_50_024, SRS_THRIFT_SASL_50_025
//= test SRS_THRIFT_SASL_01_011
#[test]
fn a_refusal_is_told_to_the_client_whatever_its_reason() {
    for kind in Kind::ALL {
        for misdeed in MISDEEDS.into_iter().filter(|misdeed| misdeed.applies(kind)) {
            for piece in [usize::MAX, 1, 7] {
                let context = format!("{kind:?}, {misdeed:?}, by {piece}");
                let (mut client, mut server) =
                    (open(misdeed.client(kind)), open(misdeed.server(kind)));
                let both = (&mut client, &mut server);
                let said = converse_by(both, piece, [b"", b""], |end| misdeed.answer(end));
                let (cause, text) = misdeed.expected();
                let refused = Cause::Thrift(ThriftFault::Refused).at(Stage::SaslExchange);
                assert_eq!(opened(&client), [OpenResult::Failed(refused)], "{context}");
                assert_eq!(client.channel.peer_text(), Some(text), "{context}");
                let failure = server.failure().map(|failure| failure.cause);
                assert_eq!(failure, Some(cause), "{context}");
                assert_eq!(last_status(&said.server), Some(BAD), "{context}");
                let words = parse(&said.client);
                assert!(words.iter().all(|(status, _)| ![BAD, ERROR].contains(status)));
                assert!(!client.channel.is_open() && !server.channel.is_open());
                assert!(client.channel.is_closed() && server.channel.is_closed(), "{context}");
            }
        }
    }
}

/// What differs between the two must not be seen: the octets are the same.
//= test SRS_THRIFT_SASL_50_025
#[test]
fn an_unknown_user_is_refused_as_a_wrong_password() {
    for kind in [Kind::Plain, Kind::CramMd5] {
        let refusal = |misdeed: Misdeed| {
            let (mut client, mut server) = (open(misdeed.client(kind)), open(misdeed.server(kind)));
            converse(&mut client, &mut server, usize::MAX).server
        };
        assert_eq!(refusal(Misdeed::WrongPassword), refusal(Misdeed::UnknownUser), "{kind:?}");
    }
    for kind in [Kind::DigestMd5, Kind::Scram] {
        let refusal = |misdeed: Misdeed| {
            let (mut client, mut server) = (open(misdeed.client(kind)), open(misdeed.server(kind)));
            let said = converse(&mut client, &mut server, usize::MAX).server;
            parse(&said).pop()
        };
        assert_eq!(refusal(Misdeed::WrongPassword), refusal(Misdeed::UnknownUser), "{kind:?}");
    }
}

//= test SRS_THRIFT_SASL_01_021, SRS_THRIFT_SASL_50_012, SRS_THRIFT_SASL_50_013
//= test SRS_THRIFT_SASL_50_001, SRS_THRIFT_SASL_50_004
/// The greetings follow the last message of each side in the same octets, so that a message too many, or an
/// octet too few, would be read as a frame.
#[test]
fn two_ends_open_together_and_read_nothing_but_frames_from_then_on() {
    for (kind, protection) in with_layers() {
        for last_word in [LastWord::Complete, LastWord::Ok] {
            let config = ClientConfig { last_word, ..client_config(protection) };
            let mut client = open(client_with(kind.client(), config));
            let mut server = open(server_with(vec![kind.server()], server_config(protection)));
            let both = (&mut client, &mut server);
            // That a client is never open before its server is a check of the conversation.
            let said = converse_by(both, usize::MAX, [b"ping", b"pong"], answer_all);
            assert_eq!(opened(&client), [OpenResult::Ok], "{kind:?}");
            assert_eq!(opened(&server), [OpenResult::Ok], "{kind:?}");
            assert_eq!((&client.received[..], &server.received[..]), (&b"pong"[..], &b"ping"[..]));
            let client = client.channel.layers().unwrap().upper().established().unwrap();
            assert_eq!((client.protection(), client.mechanism()), (protection, kind.name()));
            let server = server.channel.layers().unwrap().upper().established().unwrap();
            assert_eq!((server.protection(), server.mechanism()), (protection, kind.name()));
            assert_eq!(completes(&said), 1, "{kind:?}");
        }
    }
}

/// How often the server says COMPLETE before its frames.
fn completes(said: &Transcript) -> usize {
    let mut rest = &said.server[..];
    loop {
        let (status, behind) = rest.split_first().unwrap();
        let (_, behind) = crate::messages::split_frame(behind);
        rest = behind;
        if *status == COMPLETE {
            // What follows is one frame with the greeting.
            return 1 + usize::from(rest.first() == Some(&COMPLETE));
        }
    }
}

//= test SRS_THRIFT_SASL_50_045
/// What the policy does not permit is neither said nor accepted.
#[test]
fn the_policy_decides_on_both_sides() {
    use xiom_core::Plain;
    use xiom_thrift_sasl::Client;

    let strict = Policy::default();
    let cases = [
        (Kind::Plain, Security::default(), Cause::Mechanism(AuthFault::NotConfidential)),
        (Kind::OAuth, Security::default(), Cause::Mechanism(AuthFault::NotConfidential)),
        (Kind::CramMd5, crate::rig::ground(), Cause::Sasl(SaslFault::NotPermitted)),
        (Kind::DigestMd5, crate::rig::ground(), Cause::Sasl(SaslFault::NotPermitted)),
    ];
    for (kind, below, cause) in cases {
        let config = ClientConfig { policy: strict.clone(), ..client_config(Protection::None) };
        let layers = Client::new(kind.client(), config);
        let mut client = open(Stack::new(layers, Plain::asserting(below.clone())));
        assert_eq!(client.failure(), Some(cause.at(Stage::SaslStart)), "{kind:?}");
        assert_eq!(client.take(), b"", "not even the name is said");

        let config = xiom_thrift_sasl::ServerConfig {
            policy: strict.clone(),
            ..server_config(Protection::None)
        };
        let layers = Server::new(vec![kind.server()], config);
        let mut server = open(Stack::new(layers, Plain::asserting(below)));
        server.feed(&crate::messages::message(START, kind.name().as_bytes()));
        let failure = Cause::Sasl(SaslFault::NotOffered).at(Stage::SaslStart);
        assert_eq!(last_status(&server.take()), Some(BAD));
        server.tell(xiom_core::Fact::Ended);
        assert_eq!(server.failure(), Some(failure), "{kind:?}");
    }
}

/// A server that is not the one it should be: the client goes without a word, and the server learns no more.
//= test SRS_THRIFT_SASL_50_007, SRS_THRIFT_SASL_50_011
#[test]
fn a_client_that_does_not_believe_the_last_word_closes_in_silence() {
    for kind in [Kind::DigestMd5, Kind::Scram] {
        let (mut client, mut server) = (open(client_side(kind)), open(server_side(kind)));
        // Somebody on the way changes the proof.
        loop {
            let up = client.take();
            server.feed(&up);
            answer_all(&mut server);
            let mut down = server.take();
            if server.channel.is_open() {
                let last = down.len() - 3;
                down[last] ^= 1;
                client.feed(&down);
                break;
            }
            client.feed(&down);
        }
        let failure = Cause::Mechanism(AuthFault::ServerNotVerified).at(Stage::SaslExchange);
        assert_eq!(opened(&client), [OpenResult::Failed(failure)], "{kind:?}");
        assert_eq!(client.take(), b"", "the server would read it as a frame");
        server.tell(xiom_core::Fact::Ended);
        assert_eq!(crate::rig::ended(&server), 1);
        assert_eq!(server.received, b"");
    }
}
