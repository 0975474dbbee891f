//! A step as arrows of a sequence diagram, with the octets as they travel.
//!
//! It takes the step once more on a copy, so what it tells is what happened.

use super::Exchange;
use super::attacker::Forged;
use super::world::{ClientEnd, Step, World};
use crate::check::Arrow;

const CLIENT: usize = 0;
const ATTACKER: usize = 1;
const SERVER: usize = 2;
const APPLICATION: usize = 3;

impl World {
    /// The words of a step in a sequence diagram.
    pub(super) fn tell(&self, model: &Exchange, step: Step) -> Vec<Arrow> {
        let mut after = self.clone();
        after.step(model, step);
        let (listener, mut arrows) = self.stimulus(model, step);
        arrows.extend(self.answers(&after));
        arrows.extend(after.stand(listener).map(|it| Arrow::new(listener, listener, it)));
        arrows
    }

    /// Who is touched by the step, and by what.
    fn stimulus(&self, model: &Exchange, step: Step) -> (usize, Vec<Arrow>) {
        let forged = |forged: Forged| {
            let octets = forged.octets(model, self).unwrap_or_default();
            format!("{} ({:?} {:?})", String::from_utf8_lossy(&octets), forged.edit, forged.source)
        };
        let (from, to, text) = match step {
            Step::Start => return (CLIENT, Vec::new()),
            Step::Work(count) => (CLIENT, CLIENT, format!("{count} iterations")),
            Step::Lookup => (APPLICATION, SERVER, "what the store holds".into()),
            Step::Authorize(true) => (APPLICATION, SERVER, "may come in".into()),
            Step::Authorize(false) => (APPLICATION, SERVER, "may not come in".into()),
            Step::ToClient(it) => (ATTACKER, CLIENT, forged(it)),
            Step::ToServer(Some(it)) => (ATTACKER, SERVER, forged(it)),
            Step::ToServer(None) => (ATTACKER, SERVER, "no initial response".into()),
            Step::Outcome(Some(it)) => (ATTACKER, CLIENT, format!("ok with {}", forged(it))),
            Step::Outcome(None) => (ATTACKER, CLIENT, "ok".into()),
            Step::Refuse => (ATTACKER, CLIENT, "not ok".into()),
        };
        (to, vec![Arrow::new(from, to, text)])
    }

    /// What was said meanwhile, which is the attacker's.
    fn answers(&self, after: &Self) -> Vec<Arrow> {
        let pairs = [
            (CLIENT, &self.said.first, &after.said.first),
            (SERVER, &self.said.challenge, &after.said.challenge),
            (CLIENT, &self.said.last, &after.said.last),
            (SERVER, &self.said.verifier, &after.said.verifier),
        ];
        let changed = pairs.into_iter().filter(|(_, before, after)| before != after);
        changed
            .filter_map(|(who, _, after)| Some((who, after.as_deref()?)))
            .map(|(who, it)| Arrow::new(who, ATTACKER, String::from_utf8_lossy(it)))
            .collect()
    }

    /// Where one side stands, when it has come to an end or asks.
    fn stand(&self, who: usize) -> Option<String> {
        if who == SERVER {
            return self.server.note();
        }
        match &self.client {
            ClientEnd::Established(_) => Some("established".into()),
            ClientEnd::Failed(_) | ClientEnd::Over => Some("failed".into()),
            ClientEnd::Fresh(_) | ClientEnd::Awaiting(_) | ClientEnd::Working(..) => None,
        }
    }
}
