//! Our client and our server of AMQP SASL, in clear and over TLS, and somebody between them.

use super::pairs::{self, Case, amqp};
use crate::Target;
use crate::dictionary::Dictionary;

//= fuzz SRS_SASL_MECHANISMS_01_062, SRS_SASL_MECHANISMS_01_079
//= fuzz SRS_SASL_MECHANISMS_01_027, SRS_SASL_MECHANISMS_01_072, SRS_SASL_MECHANISMS_01_067
//= fuzz SRS_SASL_MECHANISMS_01_005
//= fuzz SRS_SASLCLIENTIO_50_003, SRS_SASL_SERVER_IO_50_016
/// Every mechanism, and octets that are cut, held back, changed, moved, doubled, lost and put in.
pub const TARGET: Target = Target {
    explain,
    seeds: pairs::seeds,
    dictionary: Dictionary::Amqp,
    memory: 1 << 20,
    longest: 512,
    ..Target::new("pair_amqp", "our AMQP SASL client and server, and somebody between them", run)
};

fn run(input: &[u8]) {
    let Some((case, steps)) = Case::of(input) else { return };
    if case.has_tls {
        let layers = amqp(case, case.tls());
        pairs::run(case, layers.unwrap_or_else(|_| unreachable!("names are printable")), steps);
    } else {
        let layers = amqp(case, case.plain());
        pairs::run(case, layers.unwrap_or_else(|_| unreachable!("names are printable")), steps);
    }
}

fn explain(input: &[u8]) -> String {
    let Some((case, steps)) = Case::of(input) else { return "no login\n".to_owned() };
    pairs::explain(case, steps)
}
