//! Keys and proofs of SCRAM, DIGEST-MD5 and CRAM-MD5, computed a second time with other cryptography.

use core::num::NonZeroU32;

use arbitrary::{Arbitrary, Unstructured};
use ring::{digest, hmac, pbkdf2};
use xiom_core::Security;
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::digest_md5::DigestKey;
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::{Context, Credentials, Limits, Nonce, ScramKeys};

use crate::{Seed, Target};

mod md5;
mod scram;

/// Derives keys and answers challenges with what the input says.
pub const TARGET: Target = Target {
    explain,
    seeds,
    memory: 1 << 20,
    longest: 256,
    ..Target::new(
        "sasl_keys",
        "keys and proofs of SCRAM, DIGEST-MD5 and CRAM-MD5, compared with other cryptography",
        run,
    )
};

/// What is derived; the texts are cut down to what the mechanisms admit.
#[derive(Arbitrary, Clone, Copy, Debug)]
struct Case<'a> {
    mechanism: u8,
    iterations: u8,
    salt: &'a [u8],
    user: &'a [u8],
    nonce: [u8; 6],
    password: &'a [u8],
}

fn run(input: &[u8]) {
    let Ok(case) = Case::arbitrary_take_rest(Unstructured::new(input)) else { return };
    let (user, password) = (printable(case.user), printable(case.password));
    if user.is_empty() || password.is_empty() {
        return;
    }
    match case.mechanism & 3 {
        0 => scram::keys(&case, &password),
        1 => scram::proof(&case, &user, &password),
        2 => md5::digest(&case, &user, &password),
        _ => md5::cram(&case, &user, &password),
    }
}

impl Case<'_> {
    fn variant(&self) -> Variant {
        match self.mechanism >> 2 & 3 {
            0 => Variant::Sha1,
            1 => Variant::Sha512,
            _ => Variant::Sha256,
        }
    }

    fn iterations(&self) -> NonZeroU32 {
        NonZeroU32::MIN.saturating_add(u32::from(self.iterations & 15))
    }

    /// Sixteen letters and digits, from the input.
    fn server_nonce(&self) -> String {
        hex(&self.nonce)
    }
}

/// The printable part of ASCII in `octets`, without the characters that messages escape or forbid.
fn printable(octets: &[u8]) -> String {
    let taken = octets.iter().filter(|octet| octet.is_ascii_graphic());
    taken.filter(|octet| !b",=\"\\".contains(octet)).map(|octet| char::from(*octet)).collect()
}

fn hex(octets: &[u8]) -> String {
    use core::fmt::Write;
    let mut text = String::new();
    for octet in octets {
        let _infallible = write!(text, "{octet:02x}");
    }
    text
}

/// What a client answers to `challenge`, and the client; the context has nothing below it.
fn answered<M: ClientMechanism>(mut client: M, challenge: &str) -> Option<(M, Vec<u8>, Vec<u8>)> {
    let (security, limits) = below();
    let cx = Context::new(&security, &limits);
    let (mut first, mut out) = (Vec::new(), Vec::new());
    client.start(&cx, &mut first).ok()?;
    let mut step = client.challenge(&cx, challenge.as_bytes(), &mut out);
    while step == Ok(ClientStep::Working) {
        step = client.work(&cx, 3, &mut out);
    }
    assert_eq!(step, Ok(ClientStep::Send), "a good challenge is refused: {challenge}");
    Some((client, first, out))
}

/// Judges that `client` takes `additional` for the server's proof, and nothing that differs in one bit.
fn proven<M: ClientMechanism + Clone>(client: M, additional: &[u8]) {
    let (security, limits) = below();
    let cx = Context::new(&security, &limits);
    assert!(client.clone().outcome_ok(&cx, Some(additional)).is_ok(), "the proof is refused");
    let mut wrong = additional.to_vec();
    if let Some(octet) = wrong.last_chunk_mut::<6>().and_then(|last| last.first_mut()) {
        *octet ^= 1;
    }
    assert!(client.outcome_ok(&cx, Some(&wrong)).is_err(), "a wrong proof is taken");
}

fn below() -> (Security, Limits) {
    (Security::default(), Limits { iterations: 1..=16, ..Limits::default() })
}

fn explain(input: &[u8]) -> String {
    let case = Case::arbitrary_take_rest(Unstructured::new(input));
    case.map_or_else(|fault| format!("{fault}\n"), |case| format!("{case:?}\n"))
}

fn seeds() -> Vec<Seed> {
    let of = |mechanism: u8| {
        let octets = [&[mechanism, 4][..], b"saltuser\xc1\xc2\xc3\xc4\xc5\xc6password", &[4, 4]];
        Seed::new(format!("mechanism-{mechanism:02}"), octets.concat())
    };
    (0..12).map(of).collect()
}
