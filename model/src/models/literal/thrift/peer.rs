//! One peer of the document: octets in, octets out.

use super::Reading;

/// A client or a server.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Peer {
    is_client: bool,
    /// What the mechanism will say, the next at the end.
    replies: Vec<Reply>,
    /// The mechanism is satisfied.
    pub is_done: bool,
    /// The other side has said COMPLETE.
    pub has_heard: bool,
    /// Where the peer is.
    pub phase: Phase,
    /// Octets that have come and are not understood yet.
    pub input: Vec<u8>,
    /// A length has been read that nobody meant.
    pub is_absurd: bool,
    /// The other side's data has come, as it was sent.
    pub has_data: bool,
    /// Data has come that was not sent.
    pub is_garbled: bool,
}

/// Where a peer is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Phase {
    /// A server waits for START.
    Start,
    /// A server waits for the initial response.
    Initial,
    /// Steps 6 to 8.
    Exchange,
    /// Authenticated.
    Open,
    /// No further communication takes place.
    Failed,
}

/// What a mechanism says to one message.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Reply {
    /// It wants more; whether it has something to say itself.
    More(bool),
    /// It is satisfied; whether it has something to say.
    Done(bool),
    /// It understands and does not accept.
    Reject,
    /// It does not understand.
    Garble,
}

/// All that a mechanism may say to up to three messages, the first at the end.
pub(in crate::models) fn scripts() -> Vec<Vec<Reply>> {
    let ends = [Reply::Done(false), Reply::Done(true), Reply::Reject, Reply::Garble];
    let mut scripts: Vec<_> = ends.iter().map(|end| vec![*end]).collect();
    let mut last = scripts.clone();
    for _ in 0..2 {
        let more = [Reply::More(false), Reply::More(true)];
        let longer = |script: &Vec<Reply>| {
            let script = script.clone();
            more.map(|first| script.iter().copied().chain([first]).collect::<Vec<_>>())
        };
        last = last.iter().flat_map(longer).collect();
        scripts.extend(last.iter().cloned());
    }
    scripts
}

impl Peer {
    /// A client, which says START and its initial response at once.
    pub(super) fn client(replies: Vec<Reply>, reading: Reading, out: &mut Vec<u8>) -> Self {
        let mut client = Self { is_client: true, phase: Phase::Exchange, ..Self::server(replies) };
        put(out, START, NAME);
        // Only steps 6 and 7 want a length that is not zero; the initial response is step 5.
        client.ask(Reading { allows_empty: true, ..reading }, out);
        client
    }

    /// A server.
    pub(super) const fn server(replies: Vec<Reply>) -> Self {
        Self {
            is_client: false,
            replies,
            is_done: false,
            has_heard: false,
            phase: Phase::Start,
            input: Vec::new(),
            is_absurd: false,
            has_data: false,
            is_garbled: false,
        }
    }

    /// Takes octets, and says what follows.
    pub(super) fn read(
        &mut self,
        octets: impl Iterator<Item = u8>,
        reading: Reading,
        out: &mut Vec<u8>,
    ) {
        self.input.extend(octets);
        loop {
            match self.phase {
                Phase::Failed => return self.input.clear(),
                Phase::Open => {
                    let Some((_, data)) = self.take(0) else { return };
                    self.is_garbled |= data != DATA;
                    self.has_data = true;
                    if !self.is_client {
                        put_frame(out);
                    }
                }
                Phase::Start | Phase::Initial | Phase::Exchange => {
                    let Some((status, payload)) = self.take(1) else { return };
                    self.hear(status, &payload, reading, out);
                }
            }
        }
    }

    /// The first `before` octets of a message and its payload, when all of it is there.
    fn take(&mut self, before: usize) -> Option<(u8, Vec<u8>)> {
        let (head, rest) = self.input.split_at_checked(before + 4)?;
        let status = head.first().copied().unwrap_or_default();
        let length =
            head.get(before..)?.iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet));
        self.is_absurd |= length > LONGEST;
        let payload = rest.get(..length)?.to_vec();
        self.input.drain(..before + 4 + length);
        Some((status, payload))
    }

    fn hear(&mut self, status: u8, payload: &[u8], reading: Reading, out: &mut Vec<u8>) {
        match (self.phase, status) {
            (Phase::Start, START) if payload == NAME => self.phase = Phase::Initial,
            (_, BAD | ERROR) => self.phase = Phase::Failed,
            (Phase::Initial | Phase::Exchange, COMPLETE) => self.complete(reading, out),
            (Phase::Initial, OK) => {
                self.phase = Phase::Exchange;
                self.ask(reading, out);
            }
            (Phase::Exchange, OK) if reading.allows_empty || !payload.is_empty() => {
                self.ask(reading, out);
            }
            _ => self.fail(ERROR, out),
        }
    }

    /// The other side says COMPLETE.
    fn complete(&mut self, reading: Reading, out: &mut Vec<u8>) {
        self.has_heard = true;
        self.phase = Phase::Exchange;
        if self.is_done || self.is_client && !reading.client_asks {
            return self.open(out);
        }
        self.ask(reading, out);
    }

    /// Asks the mechanism, and says what it says.
    fn ask(&mut self, reading: Reading, out: &mut Vec<u8>) {
        match self.replies.pop() {
            Some(Reply::More(has_token)) => {
                // A reading that wants octets leaves a side without them nothing that it may say.
                if has_token || reading.allows_empty {
                    put(out, OK, token(has_token));
                }
            }
            Some(Reply::Done(has_token)) => {
                self.is_done = true;
                let is_answer = self.is_client && self.has_heard;
                if !is_answer || reading.client_answers {
                    put(out, COMPLETE, token(has_token));
                }
                if self.has_heard || !self.is_client && !reading.server_waits {
                    self.open(out);
                }
            }
            Some(Reply::Reject) => self.fail(BAD, out),
            Some(Reply::Garble) | None => self.fail(ERROR, out),
        }
    }

    /// A client has something to say as soon as it may.
    fn open(&mut self, out: &mut Vec<u8>) {
        self.phase = Phase::Open;
        if self.is_client {
            put_frame(out);
        }
    }

    fn fail(&mut self, status: u8, out: &mut Vec<u8>) {
        put(out, status, &[]);
        self.phase = Phase::Failed;
    }
}

fn put(out: &mut Vec<u8>, status: u8, payload: &[u8]) {
    out.push(status);
    out.extend([0, 0, 0, u8::try_from(payload.len()).unwrap_or(u8::MAX)]);
    out.extend(payload);
}

fn put_frame(out: &mut Vec<u8>) {
    out.extend([0, 0, 0, 1]);
    out.extend(DATA);
}

const fn token(has_token: bool) -> &'static [u8] {
    if has_token { b"x" } else { b"" }
}

/// Octets as their sender meant them: no frame here is so long that its length begins with a status.
pub(super) fn words(mut octets: &[u8]) -> String {
    let mut words = Vec::new();
    while let Some((&first, rest)) = octets.split_first() {
        let (word, head) = match first {
            0 => ("frame", octets),
            START => ("START", rest),
            OK => ("OK", rest),
            BAD => ("BAD", rest),
            ERROR => ("ERROR", rest),
            COMPLETE => ("COMPLETE", rest),
            _ => ("unknown status", rest),
        };
        let length = head.get(..4).unwrap_or_default();
        let length = length.iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet));
        words.push(format!("{word}({length})"));
        octets = head.get(4 + length..).unwrap_or_default();
    }
    words.join(" ")
}

const START: u8 = 1;
const OK: u8 = 2;
const BAD: u8 = 3;
const ERROR: u8 = 4;
const COMPLETE: u8 = 5;
const NAME: &[u8] = b"M";
const DATA: &[u8] = b"D";
/// Nobody here says more at once.
const LONGEST: usize = 1;
