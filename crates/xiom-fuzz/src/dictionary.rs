//! The words of the formats that are fuzzed, taken from the code that reads them, so that they cannot drift.
//!
//! `cargo xtask fuzz dict` writes them to `fuzz/dict` in the form that libFuzzer and AFL++ read; with
//! `--check`, and in every test run, the files are compared with this.

use core::fmt::Write;

use xiom_amqp_codec::{DecodeError, FrameHeader, FrameType, ProtocolHeader, SaslDescriptor, Value};
use xiom_thrift_codec::{Message, Status};
use xiom_trace::Kind;

use crate::targets;

mod text;

/// Which words a target's input has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dictionary {
    /// None in particular.
    None,
    /// Format codes, headers and descriptors of AMQP 1.0.
    Amqp,
    /// Statuses and lengths of Thrift SASL.
    Thrift,
    /// Names and attributes of the mechanisms.
    Sasl,
    /// Schemes of URLs.
    Url,
    /// Keys of a file of users.
    Users,
    /// Marks of requirements and citations.
    Trace,
}

impl Dictionary {
    /// Those that have a file.
    pub const ALL: &[Self] =
        &[Self::Amqp, Self::Thrift, Self::Sasl, Self::Url, Self::Users, Self::Trace];

    /// The name of its file in `fuzz/dict`, if it has words.
    #[must_use]
    pub const fn file(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Amqp => Some("amqp.dict"),
            Self::Thrift => Some("thrift.dict"),
            Self::Sasl => Some("sasl.dict"),
            Self::Url => Some("url.dict"),
            Self::Users => Some("users.dict"),
            Self::Trace => Some("trace.dict"),
        }
    }

    /// The words, each with a name.
    #[must_use]
    pub fn words(self) -> Vec<(String, Vec<u8>)> {
        match self {
            Self::None => Vec::new(),
            Self::Amqp => amqp(),
            Self::Thrift => thrift(),
            Self::Sasl => messages(),
            Self::Url => texts(&text::URL),
            Self::Users => texts(&text::USERS),
            Self::Trace => trace(),
        }
    }

    /// The text of its file.
    #[must_use]
    pub fn text(self) -> String {
        let mut text = String::from(HEAD);
        for (name, word) in self.words() {
            let _infallible = write!(text, "{name}=\"");
            for octet in word {
                let _infallible = write!(text, "\\x{octet:02x}");
            }
            text.push_str("\"\n");
        }
        text
    }
}

fn amqp() -> Vec<(String, Vec<u8>)> {
    let mut words = Vec::new();
    for header in [ProtocolHeader::AMQP, ProtocolHeader::TLS, ProtocolHeader::SASL] {
        let name = header.id.to_string().to_lowercase().replace(' ', "_");
        words.push((format!("header_{name}"), header.encode().to_vec()));
    }
    for frame_type in [FrameType::Amqp, FrameType::Sasl] {
        let [_, _, _, _, rest @ ..] = FrameHeader::new(frame_type, 0).encode();
        words.push((format!("frame_{frame_type:?}").to_lowercase(), rest.to_vec()));
    }
    for descriptor in DESCRIPTORS {
        let name = descriptor.to_string();
        let mut octets = vec![0];
        Value::Ulong(descriptor.code()).encode(&mut octets);
        words.push((name.replace('-', "_"), octets));
        words.push((
            format!("{}_name", name.replace('-', "_")),
            format!("amqp:{name}:list").into_bytes(),
        ));
    }
    for code in 0..=u8::MAX {
        if Value::decode(&[code]) != Err(DecodeError::UnknownConstructor(code)) {
            words.push((format!("code_{code:02x}"), vec![code]));
        }
    }
    words
}

fn thrift() -> Vec<(String, Vec<u8>)> {
    let empty = |status: Status| {
        let message = Message { status, payload: b"" };
        (status.to_string().to_lowercase(), message.header().encode().to_vec())
    };
    let mut words: Vec<_> = Status::ALL.into_iter().map(empty).collect();
    words.push(("largest".to_owned(), xiom_thrift_codec::MAX_LENGTH.to_be_bytes().to_vec()));
    words
}

/// The attributes that good exchanges have, and the names of the mechanisms.
fn messages() -> Vec<(String, Vec<u8>)> {
    let mut words = targets::sasl_words();
    words.sort_unstable();
    words.dedup();
    words.into_iter().map(|word| (named(&word), word)).collect()
}

fn trace() -> Vec<(String, Vec<u8>)> {
    let kinds = [Kind::Test, Kind::Model, Kind::Fuzz, Kind::ByConstruction, Kind::Exception];
    let mut words = texts(&text::TRACE);
    words.extend(kinds.map(|kind| (named(kind.word().as_bytes()), kind.word().into())));
    words
}

fn texts(words: &[&str]) -> Vec<(String, Vec<u8>)> {
    words.iter().map(|word| (named(word.as_bytes()), word.as_bytes().to_vec())).collect()
}

/// A name for a word: its letters and digits.
fn named(word: &[u8]) -> String {
    let letter = |octet: &u8| match octet {
        b'a'..=b'z' | b'0'..=b'9' => char::from(*octet),
        b'A'..=b'Z' => char::from(octet.to_ascii_lowercase()),
        _ => '_',
    };
    format!("word_{}", word.iter().map(letter).collect::<String>())
}

const DESCRIPTORS: [SaslDescriptor; 5] = [
    SaslDescriptor::Mechanisms,
    SaslDescriptor::Init,
    SaslDescriptor::Challenge,
    SaslDescriptor::Response,
    SaslDescriptor::Outcome,
];

/// The first line of every file.
const HEAD: &str =
    "# Written by `cargo xtask fuzz dict` from the constants of the code; not by hand.\n";
