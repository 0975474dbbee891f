//! The bounds of a server: challenges, frames, time, what a stranger learns, and the servers of other headers.

use core::time::Duration;

use xiom_amqp_sasl::{HeaderExchange, Server, ServerConfig};
use xiom_core::{
    AuthFault, Cause, Fact, FrameFault, Limits, OpenResult, Plain, SaslFault, Stack, Stage,
};

use crate::frames::{AMQP, HEADER, challenge, init, mechanisms, outcome, response};
use crate::rig::{
    CHANNEL, Kind, answer_all, answer_by, ground, open, opened, reply, server_config, server_side,
};
use crate::script::cuts;
use crate::server_rules::{TLS, failed, login, shown, written};

type Fresh = fn() -> HeaderExchange;

//= test SRS_SASL_SERVER_IO_50_018
#[test]
fn past_the_bound_of_challenges_the_outcome_is_auth() {
    for rounds in [0, 1] {
        let limits = xiom_sasl::Limits { rounds, ..server_config().limits };
        let config = ServerConfig { limits, ..server_config() };
        let server = Server::new(vec![Kind::Scram.server()], config);
        let mut end = open(Stack::new(server, Plain::asserting(ground())));
        // Without an initial response SCRAM has two challenges: an empty one, and its first message.
        end.feed(&[HEADER, &init("SCRAM-SHA-256", None)].concat());
        end.feed(&response(b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO"));
        answer_all(&mut end);
        let challenges = challenge(b"").repeat(usize::from(rounds));
        let offer = [HEADER, &mechanisms(&["SCRAM-SHA-256"])].concat();
        assert_eq!(end.wire.pending(), [offer, challenges, outcome(1, None)].concat());
        let stage = if rounds == 0 { Stage::SaslInit } else { Stage::SaslLookup };
        failed(&mut end, Cause::Sasl(SaslFault::TooManyRounds(rounds)), stage);
    }
}

//= test SRS_SASL_SERVER_IO_50_019, SRS_SASL_SERVER_IO_01_073
#[test]
fn a_frame_too_large_is_refused_by_its_first_four_octets() {
    for size in [513_u32, 1 << 20, u32::MAX] {
        let mut end = shown(HEADER);
        end.feed(&size.to_be_bytes()[..3]);
        end.take();
        assert!(end.channel.layers().is_some() && opened(&end).is_empty());
        end.feed(&size.to_be_bytes()[3..]);
        failed(&mut end, Cause::Frame(FrameFault::TooLarge { size, limit: 512 }), Stage::SaslInit);
    }
}

//= test SRS_SASL_SERVER_IO_50_020
#[test]
fn one_deadline_holds_for_the_whole_handshake() {
    assert_eq!(Limits::SERVER.open, Duration::from_secs(10));
    let mut end = open(server_side(Kind::Plain));
    let login = login();
    let step = CHANNEL.open / u32::try_from(login.len() + 2).unwrap();
    for octet in &login {
        end.feed(&[*octet]);
        end.take();
        end.advance(step);
        assert_eq!(end.channel.poll_deadline(), Some(CHANNEL.open), "not put off by octets");
    }
    assert!(answer_by(&mut end, reply));
    assert_eq!(end.channel.poll_deadline(), Some(CHANNEL.open), "nor by answers");
    assert!(opened(&end).is_empty());
    end.tell(Fact::Time(CHANNEL.open));
    let failure = Cause::Deadline.at(Stage::SaslLookup);
    assert_eq!(opened(&end), [OpenResult::Failed(failure)]);
    assert!(end.wire.is_empty(), "nothing is said");
}

//= test SRS_SASL_SERVER_IO_50_021
#[test]
fn an_unknown_user_and_a_false_proof_look_the_same() {
    let (mut known, mut unknown) = (open(server_side(Kind::Scram)), open(server_side(Kind::Scram)));
    let mut said = Vec::new();
    for (end, user) in [(&mut known, "user"), (&mut unknown, "resu")] {
        let first = format!("n,,n={user},r=rOprNGfwEbeRWgbNEkqO");
        end.feed(&[HEADER, &init("SCRAM-SHA-256", Some(first.as_bytes()))].concat());
        answer_all(end);
        let asked = end.take();
        let nonce = asked.windows(2).position(|two| two == b"r=").unwrap();
        let nonce: Vec<u8> = asked[nonce..].iter().copied().take_while(|it| *it != b',').collect();
        let last = [b"c=biws,", &nonce[..], b",p=", &[b'A'; 43], b"="].concat();
        end.feed(&response(&last));
        // The salts differ, as those of two users do.
        said.push((asked.len(), nonce, written(&asked), end.take()));
        failed(end, Cause::Mechanism(AuthFault::BadCredentials), Stage::SaslExchange);
    }
    assert_eq!(said[0], said[1]);
}

//= test SRS_SASL_SERVER_IO_50_022
#[test]
fn the_server_of_another_header_answers_once_and_passes_on_what_follows_the_right_one() {
    let servers: [(Fresh, &[u8]); 2] =
        [(HeaderExchange::tls_server, TLS), (HeaderExchange::amqp_server, AMQP)];
    for (server, header) in servers {
        for parts in cuts(&[header, header, b"above"].concat()) {
            let mut end = open(server());
            assert!(end.wire.is_empty());
            for part in parts {
                end.feed(part);
            }
            assert_eq!(end.take(), header, "once");
            assert_eq!(end.received, [header, b"above"].concat());
            assert_eq!(opened(&end), [OpenResult::Ok]);
        }
        for wrong in [HEADER, b"HTTP", b"AMQP\x00\x00\x09\x01"] {
            let mut end = open(server());
            end.feed(&[wrong, header].concat());
            assert_eq!(end.take(), header);
            end.tell(Fact::Ended);
            assert!(matches!(opened(&end)[..], [OpenResult::Failed(_)]));
            assert!(end.received.is_empty());
        }
    }
}
