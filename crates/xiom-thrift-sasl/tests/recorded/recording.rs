//! The files beside this one, as values.

use std::fs;
use std::path::Path;

use serde_json::Value;
use xiom_thrift_codec::Status;
use xiom_thrift_sasl::LastWord;

/// Who sends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Side {
    Client,
    Server,
}

/// One line of a recording.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Unit {
    Message(Status, Vec<u8>),
    Frame(Vec<u8>),
}

/// One connection.
#[derive(Clone, Debug)]
pub(crate) struct Recording {
    pub(crate) name: String,
    client: String,
    pub(crate) mechanism: &'static str,
    pub(crate) is_open: bool,
    pub(crate) units: Vec<(Side, Unit)>,
}

impl Recording {
    pub(crate) fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded");
        let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut paths = paths.filter(|path| path.extension().is_some_and(|it| it == "jsonl"));
        let mut all = paths.by_ref().map(|path| Self::read(&path)).collect::<Vec<_>>();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(all.len(), 31, "recordings are missing");
        all
    }

    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let head = lines.next().unwrap();
        let word = |name: &str| head[name].as_str().unwrap().to_owned();
        let mechanisms = ["PLAIN", "CRAM-MD5", "DIGEST-MD5", "GSSAPI"];
        Self {
            name: path.file_name().unwrap().to_str().unwrap().to_owned(),
            client: word("client"),
            mechanism: mechanisms.into_iter().find(|name| *name == word("mechanism")).unwrap(),
            is_open: word("outcome") == "open",
            units: lines.filter_map(|line| unit(&line)).collect(),
        }
    }

    /// The messages of one side.
    pub(crate) fn messages(&self, side: Side) -> Vec<(Status, &[u8])> {
        let sent = self.units.iter().filter(|(from, _)| *from == side);
        let messages = sent.filter_map(|(_, unit)| match unit {
            Unit::Message(status, payload) => Some((*status, payload.as_slice())),
            Unit::Frame(_) => None,
        });
        messages.collect()
    }

    /// How the client says that its side has come to its end.
    pub(crate) fn last_word(&self) -> LastWord {
        if self.client.starts_with("python") { LastWord::Ok } else { LastWord::Complete }
    }

    /// What the mechanism of one side says, message by message; START and an absent response are not its words.
    pub(crate) fn words(&self, side: Side) -> Vec<Vec<u8>> {
        let skipped = usize::from(side == Side::Client);
        let messages = self.messages(side).into_iter().skip(skipped);
        messages.map(|(_, payload)| payload.to_vec()).collect()
    }
}

fn unit(line: &Value) -> Option<(Side, Unit)> {
    let side = if line["from"] == "client" { Side::Client } else { Side::Server };
    if let Some(data) = line["frame"].as_str() {
        return Some((side, Unit::Frame(octets(data))));
    }
    let status = match line["status"].as_str()? {
        "START" => Status::Start,
        "OK" => Status::Ok,
        "BAD" => Status::Bad,
        "ERROR" => Status::Error,
        "COMPLETE" => Status::Complete,
        other => panic!("{other}"),
    };
    Some((side, Unit::Message(status, octets(line["payload"].as_str().unwrap()))))
}

/// Octets from hexadecimal digits.
fn octets(digits: &str) -> Vec<u8> {
    let pairs = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}
