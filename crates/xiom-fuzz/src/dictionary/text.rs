//! Words of the formats that are text, which no constant of the code says.
//!
//! A test of each format's target would not start without them: its seeds are made of these.

/// Parts of URLs.
pub(super) const URL: [&str; 10] = [
    "amqp://",
    "amqps://",
    "thrift+sasl://",
    "thrift+sasl+tls://",
    "user:pass@",
    "[::1]",
    "%00",
    "%C3%A9",
    ":5671",
    "localhost",
];

/// Parts of a file of users.
pub(super) const USERS: [&str; 11] = [
    "version = 1",
    "decoy = ",
    "anonymous = true",
    "[user.",
    "[certificate.",
    "scram = [",
    "act-as = [",
    "SCRAM-SHA-1$",
    "SCRAM-SHA-256$4096:",
    "SCRAM-SHA-512$",
    "PbYJmvHUmbB1Or3HZTnr0ySTYTQFpoSBxHHHxtVyfYU=",
];

/// Parts of documents of requirements and of citations.
pub(super) const TRACE: [&str; 12] = [
    "**SRS_X_01_001: [**",
    "**]**",
    "```\n",
    "# ",
    "](",
    "//=",
    "SRS_X_01_002",
    "Codes_",
    "Tests_",
    "until=2027-06-30",
    "#[test]\n",
    "fn a() {}\n",
];
