//! A step as arrows of a sequence diagram: users outside, connections inside, the network between them.
//!
//! It takes the step once more on a copy, so what it tells is what happened.

use xiom_core::{Action as Deed, OpenResult, SendResult};

use super::Pair;
use super::end::{Side, Told};
use super::logins::{Answer, Below};
use super::world::{Step, World};
use crate::check::Arrow;

const NETWORK: usize = 2;

impl Side {
    const fn user(self) -> usize {
        match self {
            Self::Client => 0,
            Self::Server => 4,
        }
    }

    const fn end(self) -> usize {
        match self {
            Self::Client => 1,
            Self::Server => 3,
        }
    }
}

impl<L: Below> World<L> {
    /// The words of a step in a sequence diagram.
    pub(super) fn tell(&self, model: &Pair<L>, step: Step) -> Vec<Arrow> {
        let mut after = self.clone();
        after.step(model, step);
        let mut arrows: Vec<Arrow> = self.stimulus(step).into_iter().collect();
        for side in Side::BOTH {
            let came = usize::from(after.pipe(side).is_shut && !self.pipe(side).is_shut);
            let sent = after.pipe(side).flight.len().saturating_sub(self.pipe(side).flight.len());
            if sent != 0 {
                arrows.push(Arrow::new(side.end(), NETWORK, format!("{sent} octets")));
            }
            if came != 0 {
                arrows.push(Arrow::new(side.end(), NETWORK, "no more octets"));
            }
        }
        arrows
    }

    fn stimulus(&self, step: Step) -> Option<Arrow> {
        let command = |side: Side, text: &str| Arrow::new(side.user(), side.end(), text);
        let event = |side: Side, text: String| Arrow::new(NETWORK, side.end(), text);
        Some(match step {
            Step::Open(side) => command(side, "open"),
            Step::Close(side) => command(side, "close"),
            Step::Finish(side) => command(side, "half-close"),
            Step::Send(side) => command(side, "send"),
            Step::Answer(Answer::Yes) => command(Side::Server, "yes"),
            Step::Answer(Answer::No) => command(Side::Server, "no"),
            Step::Answer(Answer::Down) => command(Side::Server, "the store is down"),
            Step::Poll(side) => return self.told(side),
            Step::Connected(side) => event(side, "connected".into()),
            Step::Refused => event(Side::Client, "refused".into()),
            Step::Arrive(side, count) => event(side, format!("{count} octets")),
            Step::End(side) => event(side, "end of octets".into()),
            Step::Lost(side) => event(side, "reset".into()),
            Step::Disconnected(side) => event(side, "disconnected".into()),
            Step::Expire(side) => Arrow::new(side.end(), side.end(), "the deadline passes"),
            Step::Tear => Arrow::new(NETWORK, NETWORK, "is torn"),
            Step::Take(_) => return None,
        })
    }

    /// What a poll tells.
    fn told(&self, side: Side) -> Option<Arrow> {
        let told = match side {
            Side::Client => self.client.clone().poll(),
            Side::Server => self.server.clone().poll(),
        };
        let (to, text) = match told? {
            Told::Data(octets) => (side.user(), format!("{:?}", String::from_utf8_lossy(&octets))),
            Told::Deed(Deed::Connect) => (NETWORK, "connect".into()),
            Told::Deed(Deed::Shutdown) => (NETWORK, "shut writing down".into()),
            Told::Deed(Deed::Disconnect) => (NETWORK, "disconnect".into()),
            Told::Deed(Deed::Ask(_)) => (side.user(), "asks".into()),
            Told::Deed(Deed::Work) => (side.end(), "computes".into()),
            Told::Deed(Deed::Opened(OpenResult::Ok)) => (side.user(), "open".into()),
            Told::Deed(Deed::Opened(OpenResult::Cancelled)) => {
                (side.user(), "open cancelled".into())
            }
            Told::Deed(Deed::Opened(OpenResult::Failed(failure)) | Deed::Failed(failure)) => {
                (side.user(), format!("failed: {failure}"))
            }
            Told::Deed(Deed::Sent(_, SendResult::Ok)) => (side.user(), "sent".into()),
            Told::Deed(Deed::Sent(_, result)) => (side.user(), format!("not sent: {result:?}")),
            Told::Deed(Deed::Ended) => (side.user(), "the peer ended".into()),
            Told::Deed(Deed::Closed) => (side.user(), "closed".into()),
        };
        Some(Arrow::new(side.end(), to, text))
    }
}
