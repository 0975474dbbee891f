//! A step in words, for traces and sequence diagrams.

use xiom_core::{Action as Deed, OpenResult, SendId, SendResult};

use super::bench::Response;
use super::setup::{Layers, Setup};
use super::step::{Amount, Below, Command, Step};
use crate::check::Arrow;

/// Those who speak.
pub(super) const PARTICIPANTS: [&str; 4] = ["user", "channel", "socket", "peer"];

const USER: usize = 0;
const CHANNEL: usize = 1;
const SOCKET: usize = 2;
const PEER: usize = 3;

/// The words of a step, by which it is also found again.
pub(super) fn words<L: Layers>(setup: &Setup<L>, step: Step) -> String {
    let unit = |index: u8| setup.units.get(usize::from(index)).map_or("nothing", |unit| unit.name);
    match step {
        Step::Command(Command::Open) => "open".into(),
        Step::Command(Command::Close) => "close".into(),
        Step::Command(Command::Finish) => "finish".into(),
        Step::Command(Command::Send) => "send".into(),
        Step::Command(Command::SendHuge) => "send too much".into(),
        Step::Drop => "drop".into(),
        Step::Answer(index) => {
            let answer = setup.answers.get(usize::from(index)).map_or("nothing", |it| it.name);
            format!("answer {answer}")
        }
        Step::Stray => "answer a question that is over".into(),
        Step::Poll => "poll".into(),
        Step::Receive => "receive".into(),
        Step::Said(first, None) => format!("peer says {}", unit(first)),
        Step::Said(first, Some(second)) => {
            format!("peer says {}, {}", unit(first), unit(second))
        }
        Step::Take(Amount::All) => "socket takes all".into(),
        Step::Take(Amount::Few) => "socket takes a few octets".into(),
        Step::Below(Below::Connected) => "connected".into(),
        Step::Below(Below::Refused) => "refused".into(),
        Step::Below(Below::Ended) => "peer ends".into(),
        Step::Below(Below::Lost) => "socket breaks".into(),
        Step::Below(Below::Disconnected) => "disconnected".into(),
        Step::Below(Below::Expire) => "deadline passes".into(),
    }
}

/// What `step` is between the participants.
pub(super) fn arrows<L: Layers>(setup: &Setup<L>, step: Step, response: &Response) -> Vec<Arrow> {
    let words = words(setup, step);
    match step {
        Step::Command(_) | Step::Answer(_) | Step::Stray => {
            let refused = Arrow::new(CHANNEL, USER, "refused");
            let refused = (!response.accepted).then_some(refused);
            [Arrow::new(USER, CHANNEL, words)].into_iter().chain(refused).collect()
        }
        Step::Drop => vec![Arrow::new(USER, CHANNEL, words)],
        Step::Poll => response.deed.into_iter().map(deed).collect(),
        Step::Receive if response.up != 0 => {
            vec![Arrow::new(CHANNEL, USER, format!("{} octets", response.up))]
        }
        Step::Receive => {
            vec![Arrow::new(CHANNEL, CHANNEL, format!("takes {} octets", response.consumed))]
        }
        Step::Said(..) | Step::Below(Below::Ended) => vec![Arrow::new(PEER, CHANNEL, words)],
        Step::Take(_) => vec![Arrow::new(CHANNEL, SOCKET, words)],
        Step::Below(Below::Expire) => vec![Arrow::new(CHANNEL, CHANNEL, words)],
        Step::Below(Below::Connected | Below::Refused | Below::Lost | Below::Disconnected) => {
            vec![Arrow::new(SOCKET, CHANNEL, words)]
        }
    }
}

fn deed(deed: Deed) -> Arrow {
    let (to, text) = match deed {
        Deed::Connect => (SOCKET, "connect".into()),
        Deed::Shutdown => (SOCKET, "shut writing down".into()),
        Deed::Disconnect => (SOCKET, "disconnect".into()),
        Deed::Ask(_) => (USER, "ask".into()),
        Deed::Work => (CHANNEL, "compute a slice".into()),
        Deed::Opened(OpenResult::Ok) => (USER, "opened".into()),
        Deed::Opened(OpenResult::Cancelled) => (USER, "open cancelled".into()),
        Deed::Opened(OpenResult::Failed(failure)) => (USER, format!("open failed: {failure}")),
        Deed::Sent(SendId(id), SendResult::Ok) => (USER, format!("message {id} sent")),
        Deed::Sent(SendId(id), SendResult::Cancelled) => (USER, format!("message {id} cancelled")),
        Deed::Sent(SendId(id), SendResult::Failed) => (USER, format!("message {id} failed")),
        Deed::Ended => (USER, "peer ended".into()),
        Deed::Failed(failure) => (USER, format!("failed: {failure}")),
        Deed::Closed => (USER, "closed".into()),
    };
    Arrow::new(CHANNEL, to, text)
}
