//! The AMQP SASL client with SCRAM: a server may prove itself early, late, falsely or not at all.

use xiom_amqp_codec::SaslCode;
use xiom_amqp_sasl::{Client, ClientConfig};
use xiom_core::{Limits, Plain, Stack};
use xiom_sasl::client::{Mechanism, Scram};
use xiom_sasl::scram::Variant;
use xiom_sasl::{Credentials, Nonce};

use super::client::{Alone, bounds};
use super::exchange::{self, Exchange};
use super::{Size, limits};
use crate::world::words::{challenge, header, init, mechanisms, outcome, response};
use crate::world::{ChannelModel, End, Script, Setup, Tap, Unit};

/// The client with SCRAM-SHA-256 on a channel that anybody can read.
#[must_use]
pub fn scram(size: Size) -> ChannelModel<Alone> {
    let messages = exchange::honest();
    let about =
        "The SASL client with SCRAM, and a server that proves itself early, late or falsely.";
    let setup = setup("client-scram", about, || layers(2), &messages, scripts(&messages));
    ChannelModel::new(setup, bounds(size, 6))
}

/// The same with a bound of one challenge: a proof must come with the outcome.
#[must_use]
pub fn bounded(size: Size) -> ChannelModel<Alone> {
    let messages = exchange::honest();
    let about = "The SASL client with SCRAM, which takes no more than one challenge.";
    let (_, last, _) = said(&messages);
    let script = |said, opens| Script {
        said,
        answers: String::new(),
        wrote: last.clone(),
        opens,
        works: false,
    };
    let scripts = vec![script("HPFK", true), script("HPFV", false), script("HPFo", false)];
    let setup = setup("client-scram-bounded", about, || layers(1), &messages, scripts);
    ChannelModel::new(Setup { rounds: 1, ..setup }, bounds(size, 5))
}

fn setup(
    name: &'static str,
    about: &'static str,
    layers: fn() -> Alone,
    messages: &Exchange,
    scripts: Vec<Script>,
) -> Setup<Alone> {
    Setup {
        name,
        about,
        layers,
        limits: Limits { work: 1, ..limits() },
        units: units(messages),
        answers: Vec::new(),
        scripts,
        tap: Tap::clear(),
        secret: exchange::PASSWORD.as_bytes(),
        rounds: 2,
        end_is_goodbye: true,
        frame: 0,
    }
}

fn layers(rounds: u8) -> Alone {
    let credentials = Credentials::new(exchange::USER, exchange::PASSWORD);
    let scram = Nonce::from_text(exchange::CLIENT_NONCE)
        .and_then(|nonce| Scram::new(Variant::Sha256, credentials, nonce).ok());
    let mechanisms = scram.into_iter().map(Mechanism::from).collect();
    let limits = xiom_sasl::Limits { rounds, ..exchange::limits() };
    let config = ClientConfig { limits, ..ClientConfig::default() };
    Stack::new(Client::new(mechanisms, config), Plain::default())
}

fn units(messages: &Exchange) -> Vec<Unit> {
    let Exchange { server_first, server_final, .. } = messages;
    let ok = |data: Option<&[u8]>| outcome(SaslCode::Ok, data);
    let coalesced = [challenge(server_first), ok(None)].concat();
    vec![
        Unit::data("data", b"d".to_vec(), End::None),
        Unit::new("the header", "H", header()),
        Unit::new("an offer of SCRAM", "P", mechanisms(&[MECHANISM])),
        Unit::new("server-first", "F", challenge(server_first)),
        Unit::new("server-first with no iterations", "f", challenge(&exchange::without_work())),
        Unit::new("server-final as a challenge", "V", challenge(server_final)),
        Unit::new("a false server-final as a challenge", "v", challenge(FALSE)),
        Unit::new("outcome ok with server-final", "K", ok(Some(server_final))),
        Unit::new("outcome ok with a false server-final", "k", ok(Some(FALSE))),
        Unit::new("outcome ok alone", "o", ok(None)),
        Unit::new("outcome auth", "R", outcome(SaslCode::Auth, None)),
        Unit::new("server-first and outcome ok", "Fo", coalesced),
    ]
}

fn scripts(messages: &Exchange) -> Vec<Script> {
    let (first, last, verified) = said(messages);
    let script = |said, wrote: &[u8], opens| Script {
        said,
        answers: String::new(),
        wrote: wrote.to_vec(),
        opens,
        works: false,
    };
    vec![
        script("HPFK", &last, true),
        script("HPFVo", &verified, true),
        script("HPFVR", &verified, false),
        script("HPFVV", &verified, false),
        script("HPFo", &last, false),
        script("HPFk", &last, false),
        script("HPFv", &last, false),
        script("HPFR", &last, false),
        script("HPf", &first, false),
        script("HPo", &first, false),
        script("HPK", &first, false),
        script("HPV", &first, false),
    ]
}

/// What the client says up to `client-first-message`, up to the last one, and with an empty response behind.
fn said(messages: &Exchange) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let first = [header(), init(MECHANISM, Some(&messages.client_first))].concat();
    let last = [first.clone(), response(&messages.client_final)].concat();
    let verified = [last.clone(), response(b"")].concat();
    (first, last, verified)
}

const MECHANISM: &str = "SCRAM-SHA-256";
/// `server-final-message` of somebody who does not know the keys.
const FALSE: &[u8] = b"v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
