//! Xiom's rows beside other implementations, in the same turns of the same process.
//!
//! ```text
//! xiom-bench-peers --bench [--quick] [--out FILE] [ROW-FILTER…]
//! ```

use anyhow::Result;
use xiom_benches::contest::{Contest, Rival};
use xiom_benches::material::Material;
use xiom_benches::rows::{self, Peers, codec, connect, thrift as rows_of_thrift};

mod buffered;
mod fe2o3;
mod in_c;
mod openssl_tls;
mod outside;
mod pipe;
mod thrift;
mod tokio_tls;

fn main() -> Result<()> {
    let mut contest = Contest::from_arguments()?;
    rows::run(&mut contest, &Others)?;
    contest.finish()
}

/// What can be linked into a Rust program, and what runs in a process of its own.
struct Others;

impl Peers for Others {
    fn memory<'a>(&self, material: &Material, message: &'a [u8]) -> Vec<Rival<'a>> {
        vec![
            or_absent("rustls", buffered::memory(material, message)),
            or_absent("OpenSSL", openssl_tls::memory(material, message)),
        ]
    }

    fn loopback<'a>(&self, material: &Material, message: &'a [u8]) -> Vec<Rival<'a>> {
        vec![
            or_absent("rustls", buffered::loopback(material, message)),
            or_absent("tokio-rustls", tokio_tls::loopback(material, message)),
            or_absent("OpenSSL", openssl_tls::loopback(material, message)),
        ]
    }

    fn shake<'a>(&self, material: &Material) -> Vec<Rival<'a>> {
        vec![
            or_absent("rustls", buffered::shake(material)),
            or_absent("OpenSSL", openssl_tls::shake(material)),
        ]
    }

    fn codec<'a>(&self, case: &codec::Case<'_>) -> Vec<Rival<'a>> {
        let rust = fe2o3::codec(case).map(|rival| or_absent("serde_amqp", rival));
        rust.into_iter().chain(in_c::codec(case)).collect()
    }

    fn login<'a>(&self, mechanism: &str, said: &'a [Vec<u8>]) -> Vec<Rival<'a>> {
        let mut rivals = vec![or_absent("fe2o3-amqp", fe2o3::login(mechanism, said))];
        rivals.extend(in_c::login(mechanism, said));
        rivals
    }

    fn connect<'a>(&self, at: &connect::Place<'_>) -> Vec<Rival<'a>> {
        let mut rivals = vec![or_absent("fe2o3-amqp", fe2o3::connect(at))];
        rivals.extend(in_c::connect(at));
        rivals
    }

    fn thrift_data<'a>(&self, case: &rows_of_thrift::Data<'a>) -> Vec<Rival<'a>> {
        thrift::data(case)
    }

    fn thrift_connect<'a>(&self, at: &rows_of_thrift::Place<'_>) -> Vec<Rival<'a>> {
        thrift::connect(at)
    }
}

/// One that cannot be made is told with its reason.
fn or_absent<'a>(who: &str, rival: Result<Rival<'a>>) -> Rival<'a> {
    rival.unwrap_or_else(|error| Rival::absent(who, format!("{error:#}")))
}
