//! What is due from a side of Thrift SASL, by the rules alone: octet by octet, without the shipped codec.
//!
//! It reads what the side has taken, and knows what the mechanism would say; what it says itself is what the
//! side must do, no more and no less.

use xiom_thrift_sasl::LastWord;

use super::Side;
use crate::models::thrift::script::{NAME, Reply, TOKEN};
use crate::models::thrift::words::{BAD, COMPLETE, ERROR, OK, START, number};

/// Where a side should stand, and what it should do next.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Sceptic {
    side: Side,
    last_word: LastWord,
    /// Challenges that may yet be answered or said.
    rounds: u8,
    /// What the mechanism will say, the next at the end.
    replies: Vec<Reply>,
    pub(super) is_done: bool,
    pub(super) stand: Stand,
    /// The beginning of a message or a frame, up to its length, and its payload.
    head: Vec<u8>,
    payload: Vec<u8>,
    /// Octets that are still announced.
    missing: u32,
}

/// Where a side should stand.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Stand {
    /// A server waits for START.
    First,
    /// A server waits for the initial response.
    Initial,
    /// Either side waits for the other.
    Exchange,
    /// The server asks its application, and its mechanism has a last word or none.
    Asking(bool),
    Open,
    Ended,
    Failed,
}

/// What a side should do after some octets, a call or an answer.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Due {
    /// Messages; where there is no payload, any text will do.
    pub(super) words: Vec<(u8, Option<&'static [u8]>)>,
    /// Octets that go up.
    pub(super) up: Vec<u8>,
    /// What people should be shown of the peer's text.
    pub(super) text: Option<String>,
    /// Why it should have failed just now.
    pub(super) why: Option<Why>,
    /// Octets were taken while the application was asked.
    pub(super) is_early: bool,
}

/// Why a side should fail.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Why {
    /// BAD or ERROR came.
    Refused,
    /// A length is beyond its bound.
    Length,
    /// START names no mechanism that is accepted.
    Name,
    /// Anything else.
    Other,
}

/// The bound of a payload.
pub(super) const PAYLOAD: u32 = 24;
/// The bound of a frame.
pub(super) const FRAME: u32 = 2;

impl Sceptic {
    pub(super) const fn new(
        side: Side,
        replies: Vec<Reply>,
        last_word: LastWord,
        rounds: u8,
    ) -> Self {
        Self {
            side,
            last_word,
            rounds,
            replies,
            is_done: false,
            stand: Stand::First,
            head: Vec::new(),
            payload: Vec::new(),
            missing: 0,
        }
    }

    /// The side is opened.
    pub(super) fn open(&mut self, due: &mut Due) {
        if self.side == Side::Client {
            self.stand = Stand::Exchange;
            due.words.push((START, Some(NAME.as_bytes())));
            self.reply(due);
            if self.stand == Stand::Failed {
                // Nothing was said that would have to be taken back.
                due.words.clear();
            }
        }
    }

    /// The side has taken `octets`.
    pub(super) fn take(&mut self, octets: &[u8], due: &mut Due) {
        for octet in octets {
            match self.stand {
                Stand::Failed | Stand::Ended => {}
                Stand::Asking(_) => due.is_early = true,
                Stand::Open => self.frame(*octet, due),
                Stand::First | Stand::Initial | Stand::Exchange => self.message(*octet, due),
            }
        }
    }

    /// The application answers.
    pub(super) fn answer(&mut self, granted: bool, due: &mut Due) {
        if let Stand::Asking(has_token) = self.stand {
            if granted {
                due.words.push((COMPLETE, Some(token(has_token))));
                self.opened();
            } else {
                self.fail(Why::Other, &[BAD], due);
            }
        }
    }

    /// Nothing follows.
    pub(super) fn end(&mut self, due: &mut Due) {
        let is_between = self.head.is_empty() && self.missing == 0;
        match self.stand {
            Stand::Open if is_between => self.stand = Stand::Ended,
            Stand::Ended | Stand::Failed => {}
            Stand::Open | Stand::First | Stand::Initial | Stand::Exchange | Stand::Asking(_) => {
                self.fail(Why::Other, &[], due);
            }
        }
    }

    fn message(&mut self, octet: u8, due: &mut Due) {
        if self.head.len() == 5 {
            self.payload.push(octet);
            self.missing -= 1;
        } else {
            self.head.push(octet);
            if !(START..=COMPLETE).contains(self.head.first().unwrap_or(&octet)) {
                return self.fail(Why::Other, &[ERROR], due);
            }
            if self.head.len() < 5 {
                return;
            }
            self.missing = number(self.head.get(1..).unwrap_or_default());
            if PAYLOAD < self.missing {
                let is_over = self.is_last_of_peer();
                return self.fail(Why::Length, if is_over { &[] } else { &[ERROR] }, due);
            }
        }
        if self.missing == 0 {
            self.judge(due);
        }
    }

    fn status(&self) -> u8 {
        self.head.first().copied().unwrap_or_default()
    }

    /// Whether the peer reads no message behind this one.
    fn is_last_of_peer(&self) -> bool {
        let status = self.status();
        matches!(status, BAD | ERROR) || self.side == Side::Client && status == COMPLETE
    }

    fn judge(&mut self, due: &mut Due) {
        let (status, payload) = (self.status(), core::mem::take(&mut self.payload));
        self.head.clear();
        match (self.side, self.stand, status) {
            (_, _, BAD | ERROR) => {
                let text = String::from_utf8_lossy(&payload).trim().to_owned();
                due.text = (!text.is_empty()).then_some(text);
                self.fail(Why::Refused, &[], due);
            }
            (Side::Client, _, OK) if !self.is_done => self.reply(due),
            (Side::Client, _, COMPLETE) => {
                let takes = |reply| !payload.is_empty() && reply == Some(Reply::Done(false));
                if self.is_done || takes(self.replies.pop()) {
                    self.opened();
                } else {
                    self.fail(Why::Other, &[], due);
                }
            }
            (Side::Server, Stand::First, START) if payload == NAME.as_bytes() => {
                self.stand = Stand::Initial;
            }
            (Side::Server, Stand::First, START) => self.fail(Why::Name, &[BAD], due),
            (Side::Server, Stand::Initial | Stand::Exchange, OK | COMPLETE) => self.reply(due),
            _ => self.fail(Why::Other, &[ERROR], due),
        }
    }

    /// The mechanism says its next reply.
    fn reply(&mut self, due: &mut Due) {
        let is_first = self.side == Side::Client && !due.words.is_empty();
        let is_more = matches!(self.replies.last(), Some(Reply::More(_)));
        if !is_first && (self.side == Side::Client || is_more) {
            let Some(rounds) = self.rounds.checked_sub(1) else {
                return self.fail(Why::Other, &[BAD], due);
            };
            self.rounds = rounds;
        }
        match self.replies.pop() {
            Some(Reply::More(has_token)) => {
                self.stand = Stand::Exchange;
                due.words.push((OK, Some(token(has_token))));
            }
            Some(Reply::Done(has_token)) => {
                self.is_done = true;
                if self.side == Side::Server {
                    self.stand = Stand::Asking(has_token);
                } else {
                    let status = if self.last_word == LastWord::Complete { COMPLETE } else { OK };
                    due.words.push((status, Some(token(has_token))));
                }
            }
            Some(Reply::Reject) => self.fail(Why::Other, &[BAD], due),
            Some(Reply::Garble) | None => self.fail(Why::Other, &[ERROR], due),
        }
    }

    fn frame(&mut self, octet: u8, due: &mut Due) {
        if self.missing != 0 {
            self.missing -= 1;
            due.up.push(octet);
            return;
        }
        self.head.push(octet);
        if self.head.len() == 4 {
            let length = number(&self.head);
            self.head.clear();
            if FRAME < length {
                self.fail(Why::Length, &[], due);
            } else {
                self.missing = length;
            }
        }
    }

    fn opened(&mut self) {
        self.is_done = true;
        self.stand = Stand::Open;
        self.forget();
    }

    fn fail(&mut self, why: Why, words: &[u8], due: &mut Due) {
        due.why = Some(why);
        due.words.extend(words.iter().map(|status| (*status, None)));
        self.stand = Stand::Failed;
        self.forget();
    }

    /// What was before makes no difference any more.
    fn forget(&mut self) {
        self.replies.clear();
        self.head.clear();
        self.payload.clear();
        (self.missing, self.rounds, self.last_word) = (0, 0, LastWord::Complete);
    }
}

const fn token(has_token: bool) -> &'static [u8] {
    if has_token { TOKEN } else { b"" }
}
