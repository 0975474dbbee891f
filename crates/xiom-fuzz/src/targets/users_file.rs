//! The file of users of a server.

use xiom::UserFile;

use crate::dictionary::Dictionary;
use crate::{Seed, Target, oracle};

/// Reads any octets; what is wrong is told by a line that is there, and what is right by no key.
pub const TARGET: Target = Target {
    explain,
    seeds,
    dictionary: Dictionary::Users,
    memory: 4 << 20,
    longest: 1024,
    ..Target::new(
        "users_file",
        "files of users: any octets, faults on lines that exist, no key in Debug",
        run,
    )
};

fn run(input: &[u8]) {
    let lines = input.split(|octet| *octet == b'\n').count();
    let table = match UserFile::parse(input) {
        Ok(table) => table,
        Err(fault) => {
            let told = fault.to_string();
            let line = told.split(' ').find_map(|word| word.trim_matches([':', ',']).parse().ok());
            assert!(line.is_none_or(|line: usize| line <= lines), "{told} of {lines}");
            assert!(told.is_ascii(), "a fault repeats the text");
            return;
        }
    };
    for (name, record) in table.users() {
        assert!(!name.is_empty());
        assert!(record.keys().next().is_some() || record.act_as().next().is_some());
        for keys in record.keys() {
            let length = usize::from(keys.hash().bits() >> 3);
            assert_eq!((keys.stored_key().len(), keys.server_key().len()), (length, length));
            assert!(0 < keys.iterations() && !keys.salt().is_empty());
        }
    }
    if oracle::sampled(input) {
        let shown = format!("{table:?}");
        let keys = table.users().flat_map(|(_, record)| record.keys());
        for key in keys.flat_map(|keys| [keys.stored_key(), keys.server_key()]) {
            let octets = format!("{:?}", key.get(..8).unwrap_or(key));
            assert!(!shown.contains(octets.trim_matches(['[', ']'])), "a key in Debug");
        }
    }
}

fn explain(input: &[u8]) -> String {
    match UserFile::parse(input) {
        Ok(table) => format!("{} users\n", table.users().count()),
        Err(fault) => format!("{fault}\n{}\n", String::from_utf8_lossy(input)),
    }
}

fn seeds() -> Vec<Seed> {
    let head = "version = 1\ndecoy = \"PbYJmvHUmbB1Or3HZTnr0ySTYTQFpoSBxHHHxtVyfYU=\"\n";
    let key = "SCRAM-SHA-256$4096:c2FsdHNhbHQ=$PbYJmvHUmbB1Or3HZTnr0ySTYTQFpoSBxHHHxtVyfYU=:PbYJmvHUmbB1Or3HZTnr0ySTYTQFpoSBxHHHxtVyfYU=";
    let ann = format!("{head}\n[user.ann]\nscram = [\"{key}\"]\nact-as = [\"stock\"]\n");
    vec![
        Seed::new("empty", head),
        Seed::new("user", ann.as_str()),
        Seed::new("anonymous", format!("{head}anonymous = true\n")),
        Seed::new("certificate", format!("{head}[certificate.client1]\nact-as = [\"stock\"]\n")),
        Seed::new("twice", format!("{head}[user.ann]\nscram = [\"{key}\", \"{key}\"]\n")),
        Seed::new("version", "version = 2\n"),
        Seed::new("syntax", "version = 1\n[user\n"),
    ]
}
