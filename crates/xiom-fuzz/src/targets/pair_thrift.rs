//! Our client and our server of Thrift SASL, in clear and over TLS, and somebody between them.

use super::pairs::{self, Case, thrift};
use crate::Target;
use crate::dictionary::Dictionary;

//= fuzz SRS_THRIFT_SASL_50_011, SRS_THRIFT_SASL_50_012, SRS_THRIFT_SASL_01_021
/// Every mechanism, and octets that are cut, held back, changed, moved, doubled, lost and put in.
pub const TARGET: Target = Target {
    explain,
    seeds: pairs::seeds,
    dictionary: Dictionary::Thrift,
    memory: 1 << 20,
    longest: 512,
    ..Target::new(
        "pair_thrift",
        "our Thrift SASL client and server, and somebody between them",
        run,
    )
};

fn run(input: &[u8]) {
    let Some((case, steps)) = Case::of(input) else { return };
    if case.has_tls {
        let layers = thrift(case, case.tls());
        pairs::run(case, layers.unwrap_or_else(|_| unreachable!("names are printable")), steps);
    } else {
        let layers = thrift(case, case.plain());
        pairs::run(case, layers.unwrap_or_else(|_| unreachable!("names are printable")), steps);
    }
}

fn explain(input: &[u8]) -> String {
    let Some((case, steps)) = Case::of(input) else { return "no login\n".to_owned() };
    pairs::explain(case, steps)
}
