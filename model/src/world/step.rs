//! What may happen next.

use super::ChannelModel;
use super::bench::{Bench, Face};
use super::env::{Env, Socket, View};
use super::setup::Layers;
use crate::machine::Hold;

/// One thing that may happen.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Step {
    /// The user commands.
    Command(Command),
    /// The user drops the channel, and makes a new one.
    Drop,
    /// The application answers.
    Answer(u8),
    /// The application answers a question that is over.
    Stray,
    /// The driver takes the next deed.
    Poll,
    /// The driver shows the layers what came.
    Receive,
    /// One or two units come in one read.
    Said(u8, Option<u8>),
    /// The socket takes octets.
    Take(Amount),
    /// Something happens below.
    Below(Below),
}

/// A command of the user.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Command {
    /// Opens.
    Open,
    /// Closes.
    Close,
    /// Half-closes.
    Finish,
    /// Sends a message.
    Send,
    /// Sends a message beyond the limit.
    SendHuge,
}

/// How many octets the socket takes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Amount {
    /// A few, see [`super::FEW`].
    Few,
    /// All that wait.
    All,
}

/// What may happen below.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Below {
    /// The socket comes up.
    Connected,
    /// The socket cannot come up.
    Refused,
    /// The peer ends its octets.
    Ended,
    /// The socket breaks.
    Lost,
    /// The socket is gone, as asked.
    Disconnected,
    /// The deadline passes.
    Expire,
}

impl Step {
    /// Whether it needs nobody's help: the driver does what it owes, and time passes.
    #[must_use]
    pub const fn is_own(self) -> bool {
        matches!(
            self,
            Self::Poll | Self::Receive | Self::Below(Below::Disconnected | Below::Expire)
        )
    }
}

/// Offers all that may happen next.
pub(super) fn offer<L: Layers, H: Hold<Bench<L>>>(
    model: &ChannelModel<L, H>,
    env: &Env,
    face: &Face,
    steps: &mut Vec<Step>,
) {
    commands(model, env, steps);
    if face.owed {
        steps.push(Step::Poll);
        return;
    }
    if !face.stalled && env.socket != Socket::Gone {
        steps.push(Step::Receive);
        return;
    }
    let faulty = env.spent.faults < model.bounds.spent.faults;
    match env.socket {
        Socket::Gone => return,
        Socket::Connecting => {
            steps.push(Step::Below(Below::Connected));
            steps.extend(faulty.then_some(Step::Below(Below::Refused)));
        }
        Socket::Up | Socket::Shut | Socket::Deaf => traffic(model, env, face, steps),
        Socket::Dead => {}
        Socket::Leaving => steps.push(Step::Below(Below::Disconnected)),
    }
    steps.extend(face.deadline.then_some(Step::Below(Below::Expire)));
}

fn commands<L: Layers, H: Hold<Bench<L>>>(
    model: &ChannelModel<L, H>,
    env: &Env,
    steps: &mut Vec<Step>,
) {
    let (spent, may) = (&env.spent, &model.bounds.spent);
    let mut command = |allowed: bool, command| {
        steps.extend(allowed.then_some(Step::Command(command)));
    };
    command(spent.opens < may.opens, Command::Open);
    command(spent.closes < may.closes, Command::Close);
    command(spent.finishes < may.finishes, Command::Finish);
    command(spent.sends < may.sends, Command::Send);
    // Once is enough, and the last of them: it must be refused, so it changes nothing.
    command(spent.sends + 1 == may.sends, Command::SendHuge);
    steps.extend((spent.drops < may.drops && 0 < spent.opens).then_some(Step::Drop));
    let answers = 0..u8::try_from(model.setup.answers.len()).unwrap_or(u8::MAX);
    if env.asking {
        steps.extend(answers.map(Step::Answer));
    }
    let is_over = 1 < env.asked || env.asked == 1 && !env.asking;
    steps.extend((is_over && spent.strays < may.strays).then_some(Step::Stray));
}

/// What may happen on a socket that is up.
fn traffic<L: Layers, H: Hold<Bench<L>>>(
    model: &ChannelModel<L, H>,
    env: &Env,
    face: &Face,
    steps: &mut Vec<Step>,
) {
    let faulty = env.spent.faults < model.bounds.spent.faults;
    if face.wire != 0 {
        steps.push(Step::Take(Amount::All));
        steps.extend(faulty.then_some(Step::Take(Amount::Few)));
    }
    if env.socket != Socket::Deaf {
        // A peer that was told goodbye ends, too: no fault.
        let ends = faulty || env.socket == Socket::Shut;
        steps.extend(ends.then_some(Step::Below(Below::Ended)));
        if face.reading {
            words(model, env, face, steps);
        }
    }
    steps.extend(faulty.then_some(Step::Below(Below::Lost)));
}

fn words<L: Layers, H: Hold<Bench<L>>>(
    model: &ChannelModel<L, H>,
    env: &Env,
    face: &Face,
    steps: &mut Vec<Step>,
) {
    let listens = match env.view {
        View::Opening => face.session,
        View::Open => !env.ended,
        View::Closed | View::Broken | View::Closing => false,
    };
    let units = (0_u8..).zip(&model.setup.units);
    // Once open, every octet is the user's; where nobody listens, one unit stands for all.
    let is_handshake = listens && env.view == View::Opening;
    let said = units.filter(|(_, unit)| is_handshake || unit.is_data).map(|(index, _)| index);
    let said: Vec<u8> = said.take(if listens { usize::MAX } else { 1 }).collect();
    if env.units < model.bounds.units {
        steps.extend(said.iter().map(|unit| Step::Said(*unit, None)));
    }
    if listens && model.bounds.pairs && env.units + 1 < model.bounds.units {
        let pairs = said.iter().flat_map(|a| said.iter().map(move |b| (*a, Some(*b))));
        steps.extend(pairs.map(|(a, b)| Step::Said(a, b)));
    }
}
