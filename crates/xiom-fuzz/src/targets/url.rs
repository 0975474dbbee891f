//! URLs: whatever text comes from a command line or a configuration.

use xiom::{Address, UrlFault};

use crate::dictionary::Dictionary;
use crate::{Seed, Target, oracle};

/// Takes any text apart; what is a URL is told without the password, and means the same when read again.
pub const TARGET: Target = Target {
    explain,
    seeds,
    dictionary: Dictionary::Url,
    longest: 512,
    ..Target::new("url", "URLs of servers: any text, and no password in what is printed", run)
};

fn run(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let Ok(address) = Address::parse(text) else { return };
    assert!(!address.host().is_empty());
    let shown = address.to_string();
    let again = Address::parse(&shown);
    let Some(credentials) = address.credentials() else {
        assert_eq!(again, Ok(address), "{shown} means something else");
        return;
    };
    assert!(!credentials.user.is_empty() && !credentials.user.contains('\0'));
    // A user without a password is refused, so a password has to come back first.
    assert_eq!(again, Err(UrlFault::Password), "{shown} has a password");
    let with = shown.replacen('@', ":x@", 1);
    let again = Address::parse(&with);
    let facts = |it: &Address| (it.protocol(), it.host().to_owned(), it.port(), it.is_tls());
    assert_eq!(again.as_ref().map(facts), Ok(facts(&address)), "{with} means something else");
    let user = again.ok().and_then(|it| it.credentials().map(|it| it.user.clone()));
    assert_eq!(user.as_deref(), Some(&*credentials.user));
    if oracle::sampled(input) {
        let password = credentials.password.expose();
        let other = Address::parse(&with);
        if let (Ok(other), false) = (other, password.is_empty()) {
            oracle::redacted(&address, &other);
        }
    }
}

fn explain(input: &[u8]) -> String {
    match str::from_utf8(input).map(Address::parse) {
        Ok(Ok(address)) => format!("{address:?}\n"),
        Ok(Err(fault)) => format!("{}\n{fault}\n", input.escape_ascii()),
        Err(fault) => format!("{fault}\n"),
    }
}

fn seeds() -> Vec<Seed> {
    let texts = [
        ("amqp", "amqp://localhost"),
        ("amqps", "amqps://user:p%40ss@broker.example"),
        ("port", "amqp://user%40realm:secret@broker.example:5673"),
        ("ipv4", "amqp://127.0.0.1:5672"),
        ("ipv6", "amqps://ann:pencil@[::1]:5671"),
        ("thrift", "thrift+sasl://ann:pencil@hive.example:10000"),
        ("thrift-tls", "thrift+sasl+tls://[2001:db8::1]:10000"),
        ("encoded", "amqp://%C3%A9:%E2%82%AC@xn--bcher-kva.example"),
        ("no-password", "amqp://user@host"),
        ("http", "http://user:pass@host/"),
    ];
    texts.map(|(name, text)| Seed::new(name, text)).to_vec()
}
