//! Good exchanges, recorded from the shipped mechanisms: where an engine starts from.

use std::sync::LazyLock;

use xiom_core::{AuthFault, Secret};
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::digest_md5::DigestKey;
use xiom_sasl::scram::Hash;
use xiom_sasl::server::{
    self, LookupAnswer, LookupRequest, ServerInput, ServerMechanism, ServerStep,
};
use xiom_sasl::{Context, ScramKeys};
use xiom_testing::FakeGss;

use super::{Below, Kind, PASSWORD, REALM, USER};

/// The messages of one exchange, as each side receives them.
#[derive(Clone, Debug, Default)]
pub(in crate::targets) struct Exchange {
    /// Challenges, and the additional data of the outcome at last, if there is any.
    pub(in crate::targets) to_client: Vec<Vec<u8>>,
    /// Whether the last of them came with the outcome.
    pub(in crate::targets) additional: bool,
    /// The initial response, if the client speaks first, and responses.
    pub(in crate::targets) to_server: Vec<Vec<u8>>,
}

/// The exchange of a mechanism over what an octet says; `None` where the two do not come to a good end.
pub(in crate::targets) fn transcript(kind: Kind, below: u8) -> Option<Exchange> {
    let below = Below::of(below);
    if kind == Kind::Gssapi {
        let client = client::Gssapi::new(FakeGss::initiator("tim@EXAMPLE"), None).ok()?;
        return meet(client, server::Gssapi::new(FakeGss::acceptor()), &below.cx()).ok();
    }
    meet(kind.client().ok()?, kind.server().ok()?, &below.cx()).ok()
}

fn meet<C: ClientMechanism, S: ServerMechanism>(
    mut client: C,
    server: S,
    cx: &Context<'_>,
) -> Result<Exchange, AuthFault> {
    let (mut exchange, mut message, mut out) = (Exchange::default(), Vec::new(), Vec::new());
    let first = client.start(cx, &mut message)? == ClientStep::Send;
    if first {
        exchange.to_server.push(message.clone());
    }
    let initial = first.then_some(&*message);
    let mut step = server.step(cx, ServerInput::Initial(initial), &mut out);
    loop {
        step = match step {
            ServerStep::Challenge(server) => {
                exchange.to_client.push(out.clone());
                message.clear();
                let mut said = client.challenge(cx, &out, &mut message)?;
                while said == ClientStep::Working {
                    said = client.work(cx, u32::MAX, &mut message)?;
                }
                exchange.to_server.push(message.clone());
                out.clear();
                server.step(cx, ServerInput::Response(&message), &mut out)
            }
            ServerStep::Lookup(server, request) => {
                server.step(cx, ServerInput::Lookup(good(&request)), &mut out)
            }
            ServerStep::Authorize(server, _) => {
                server.step(cx, ServerInput::Authorized(true), &mut out)
            }
            ServerStep::Working(server) => server.step(cx, ServerInput::Work(u32::MAX), &mut out),
            ServerStep::Success { additional, .. } => {
                exchange.additional = additional;
                if additional {
                    exchange.to_client.push(out.clone());
                }
                client.outcome_ok(cx, additional.then_some(&*out))?;
                return Ok(exchange);
            }
            ServerStep::Failure { fault, .. } => return Err(fault),
            _ => return Err(AuthFault::Unexpected),
        };
    }
}

/// What a store that has the user says.
#[expect(clippy::wildcard_enum_match_arm, reason = "whoever is not known, by whatever question")]
pub(in crate::targets) fn good(request: &LookupRequest) -> LookupAnswer<'static> {
    let Some(store) = STORE.as_ref() else { return LookupAnswer::Unknown };
    let scram = |wanted: Hash| {
        let keys = store.scram.iter().find(|keys| keys.hash() == wanted);
        keys.map_or(LookupAnswer::Unknown, LookupAnswer::Scram)
    };
    match request {
        LookupRequest::Scram { user, hash } if **user == *USER => scram(*hash),
        LookupRequest::Password { user, .. } if **user == *USER => scram(Hash::Sha256),
        LookupRequest::Bearer { token } if token.expose() == super::TOKEN.as_bytes() => {
            LookupAnswer::Subject(USER)
        }
        LookupRequest::DigestMd5 { user, .. } if **user == *USER => {
            LookupAnswer::DigestMd5(&store.digest)
        }
        LookupRequest::SharedSecret { user } if **user == *USER => {
            LookupAnswer::Secret(&store.password)
        }
        _ => LookupAnswer::Unknown,
    }
}

/// Judges that `shown` has no key of the store, unless `input` says the same digits.
pub(in crate::targets) fn hides_keys(shown: &str, input: &[u8]) {
    let Some(store) = STORE.as_ref() else { return };
    let scram = store.scram.iter().flat_map(|keys| [keys.stored_key(), keys.server_key()]);
    for key in scram.chain([store.digest.octets()]) {
        let octets = format!("{:?}", key.get(..8).unwrap_or(key));
        let digits = octets.trim_matches(['[', ']']);
        let is_said = input.windows(digits.len()).any(|it| it == digits.as_bytes());
        assert!(is_said || !shown.contains(digits), "{shown}");
    }
}

/// One user, in every form that a mechanism asks for.
struct Store {
    scram: Vec<ScramKeys>,
    digest: DigestKey,
    password: Secret,
}

static STORE: LazyLock<Option<Store>> = LazyLock::new(|| {
    let derive = |hash| ScramKeys::derive(hash, PASSWORD, &[1; 16], 2).ok();
    let scram = [Hash::Sha1, Hash::Sha256, Hash::Sha512].into_iter().filter_map(derive).collect();
    let digest = DigestKey::derive(USER, REALM, PASSWORD).ok()?;
    Some(Store { scram, digest, password: Secret::new(PASSWORD) })
});
