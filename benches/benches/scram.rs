//! What SCRAM and a check of PLAIN cost beside PBKDF2, which neither can do without.
//!
//! The mechanisms are alone here, without frames and sockets. All runs are in turns, and the best counts: a
//! login of 4096 iterations, PBKDF2 of the same hash by three libraries, and 8192 compressions one after the
//! other. That is a floor that none of them can touch: there the message of a block is known beforehand, and
//! in PBKDF2 it is the result of the block before.

use core::hint::black_box;
use core::num::NonZero;
use core::time::Duration;
use std::env;

use anyhow::{Result, ensure};
use aws_lc_rs::pbkdf2 as aws;
use ring::pbkdf2 as ring;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use xiom_benches::goals::Goals;
use xiom_benches::login::{Login, context, security};
use xiom_benches::turns::{self, Deed, microseconds};
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::server::LookupAnswer;
use xiom_sasl::{Credentials, Decoy, Limits, Nonce, ScramKeys, client, server};

fn main() -> Result<()> {
    // Without the flag that `cargo bench` gives, such as in a test run, it is enough that all of it works.
    let is_measured = env::args().any(|argument| argument == "--bench");
    let rounds = if is_measured { 200 } else { 1 };
    println!("the processor has SHA instructions: {}", has_sha());
    let mut goals = Goals::new("scram");
    for subject in SUBJECTS {
        subject.measure(rounds, &mut goals)?;
    }
    goals.finish(env!("CARGO_TARGET_TMPDIR"), is_measured)
}

/// Whether the processor has what `sha1` and `sha2` look for when they run.
fn has_sha() -> bool {
    #[cfg(target_arch = "x86_64")]
    let has = std::is_x86_feature_detected!("sha") && std::is_x86_feature_detected!("sse4.1");
    #[cfg(target_arch = "aarch64")]
    let has = std::arch::is_aarch64_feature_detected!("sha2");
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let has = false;
    has
}

/// One hash, and PBKDF2 with it.
struct Subject {
    name: &'static str,
    variant: Variant,
    hash: Hash,
    /// 8192 compressions.
    floor: fn(),
    bare: fn(&[u8]) -> Vec<u8>,
    aws: aws::Algorithm,
    ring: ring::Algorithm,
}

impl Subject {
    fn measure(&self, rounds: u32, goals: &mut Goals) -> Result<()> {
        let (security, limits) = (security(), Limits::default());
        let cx = context(&security, &limits);
        let keys = ScramKeys::derive(self.hash, PASSWORD, SALT, ITERATIONS)?;
        let answer = LookupAnswer::Scram(&keys);
        let decoy = || Decoy::new([3; 32], ITERATIONS, SALT.len());
        let credentials = || Credentials::new("user", PASSWORD);
        let scram = || {
            let nonce = Nonce::new([1; Nonce::ENTROPY]);
            client::Scram::new(self.variant, credentials(), nonce)
        };
        let nonce = || Nonce::new([2; Nonce::ENTROPY]);
        let scram_server = || server::Scram::new(self.variant, decoy(), nonce());
        let login = Login::record(scram()?, scram_server(), &cx, answer)?;
        let plain = client::Plain::new(credentials())?;
        let plain_login = Login::record(plain, server::Plain::new(decoy()), &cx, answer)?;
        self.check(&(self.bare)(PASSWORD.as_bytes()))?;
        let mut failures = [0_u32; 3];
        let [of_client, of_plain, of_server] = &mut failures;
        let client = || {
            let run = scram().map(|scram| login.client(scram, &cx, &mut Vec::new()));
            *of_client += u32::from(!matches!(run, Ok(Ok(()))));
        };
        let plain = || {
            let server = server::Plain::new(decoy());
            let run = plain_login.server(server, &cx, answer, &mut Vec::new());
            *of_plain += u32::from(run.is_err());
        };
        let server = || {
            let run = login.server(scram_server(), &cx, answer, &mut Vec::new());
            *of_server += u32::from(run.is_err());
        };
        let mut deeds: [Deed<'_>; 7] = [
            Box::new(|| drop(black_box((self.bare)(black_box(PASSWORD.as_bytes()))))),
            Box::new(client),
            Box::new(plain),
            Box::new(self.floor),
            Box::new(|| drop(black_box(self.by_aws()))),
            Box::new(|| drop(black_box(self.by_ring()))),
            Box::new(server),
        ];
        let best = turns::best(rounds, &mut deeds);
        drop(deeds);
        ensure!(failures == [0; 3], "logins have failed");
        self.report(&best, goals)
    }

    /// All libraries have to agree, or their times say nothing.
    fn check(&self, salted: &[u8]) -> Result<()> {
        ensure!(salted == self.by_aws(), "aws-lc-rs disagrees");
        ensure!(salted == self.by_ring(), "ring disagrees");
        Ok(())
    }

    fn report(&self, best: &[Duration], goals: &mut Goals) -> Result<()> {
        let [bare, client, plain, floor, aws, ring, server] = *best else {
            anyhow::bail!("figures are missing");
        };
        let name = self.name;
        let mut figure = |what: &str, time| {
            goals.figure(format!("{name}, {what}"), microseconds(time), "us");
        };
        figure("8192 compressions", floor);
        figure("PBKDF2 of pbkdf2", bare);
        figure("PBKDF2 of aws-lc-rs", aws);
        figure("PBKDF2 of ring", ring);
        figure("SCRAM client", client);
        figure("PLAIN server, keys known", plain);
        figure("SCRAM server", server);
        let mut ratio = |what: &str, time: Duration, limit: Duration, goal: f64| {
            let ratio = time.as_secs_f64() / limit.as_secs_f64();
            goals.at_most(format!("{name}, {what}"), ratio, "x", goal);
        };
        ratio("SCRAM client / pbkdf2", client, bare, MOST);
        ratio("PLAIN server / pbkdf2", plain, bare, MOST);
        ratio("SCRAM client / fastest library", client, bare.min(aws).min(ring), MOST);
        let above = client.as_secs_f64() / floor.as_secs_f64();
        goals.figure(format!("{name}, SCRAM client / 8192 compressions"), above, "x");
        Ok(())
    }

    fn by_aws(&self) -> Vec<u8> {
        let mut salted = vec![0; usize::from(self.hash.bits()) / 8];
        let (count, secret) = (COUNT, black_box(PASSWORD.as_bytes()));
        aws::derive(self.aws, count, SALT, secret, &mut salted);
        salted
    }

    fn by_ring(&self) -> Vec<u8> {
        let mut salted = vec![0; usize::from(self.hash.bits()) / 8];
        let (count, secret) = (COUNT, black_box(PASSWORD.as_bytes()));
        ring::derive(self.ring, count, SALT, secret, &mut salted);
        salted
    }
}

fn bare<const LEN: usize>(derive: fn(&[u8], &[u8], u32, &mut [u8]), password: &[u8]) -> Vec<u8> {
    let mut salted = [0; LEN];
    derive(password, SALT, ITERATIONS, &mut salted);
    salted.to_vec()
}

/// Twice as many compressions as iterations, each of which needs the one before.
fn chain<S, const B: usize>(mut state: S, compress: fn(&mut S, &[[u8; B]])) {
    for _ in 0..2 * ITERATIONS {
        compress(black_box(&mut state), black_box(&[[0x5A; B]]));
    }
}

const SUBJECTS: [Subject; 3] = [
    Subject {
        name: "SHA-1",
        variant: Variant::Sha1,
        hash: Hash::Sha1,
        floor: || chain([7_u32; 5], sha1::block_api::compress),
        bare: |password| bare::<20>(pbkdf2::pbkdf2_hmac::<Sha1>, password),
        aws: aws::PBKDF2_HMAC_SHA1,
        ring: ring::PBKDF2_HMAC_SHA1,
    },
    Subject {
        name: "SHA-256",
        variant: Variant::Sha256,
        hash: Hash::Sha256,
        floor: || chain([7_u32; 8], sha2::block_api::compress256),
        bare: |password| bare::<32>(pbkdf2::pbkdf2_hmac::<Sha256>, password),
        aws: aws::PBKDF2_HMAC_SHA256,
        ring: ring::PBKDF2_HMAC_SHA256,
    },
    Subject {
        name: "SHA-512",
        variant: Variant::Sha512,
        hash: Hash::Sha512,
        floor: || chain([7_u64; 8], sha2::block_api::compress512),
        bare: |password| bare::<64>(pbkdf2::pbkdf2_hmac::<Sha512>, password),
        aws: aws::PBKDF2_HMAC_SHA512,
        ring: ring::PBKDF2_HMAC_SHA512,
    },
];
const PASSWORD: &str = "password";
const SALT: &[u8] = b"0123456789abcdef";
const ITERATIONS: u32 = 4096;
const COUNT: NonZero<u32> = NonZero::new(ITERATIONS).unwrap();
/// The most that a login may cost, as a multiple.
const MOST: f64 = 1.05;
