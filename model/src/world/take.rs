//! What a step does to the machine and to its surroundings.

use super::bench::{Bench, Response, Stimulus};
use super::env::{Env, Socket, View};
use super::promises::Promise;
use super::setup::{End, Layers};
use super::step::{Amount, Below, Command, Step};
use super::{ChannelModel, World};
use crate::machine::Hold;

/// Takes `step`; gives what the surroundings noticed of it.
pub(super) fn take<L: Layers, H: Hold<Bench<L>>>(
    model: &ChannelModel<L, H>,
    world: &mut World<H::Held>,
    step: Step,
) -> Response {
    let response = match step {
        Step::Command(command) => commanded(model, world, command),
        Step::Drop => dropped(model, world),
        Step::Answer(index) => answered(model, world, index),
        Step::Stray => strays(model, world),
        Step::Poll => polled(model, world),
        Step::Receive => received(model, world),
        Step::Said(first, None) => heard(model, world, first),
        Step::Said(first, Some(second)) => {
            heard(model, world, first);
            heard(model, world, second)
        }
        Step::Take(amount) => taken(model, world, amount),
        Step::Below(below) => below_happens(model, world, below),
    };
    let face = model.face(world);
    world.env.settled(&model.setup, &face);
    response
}

fn react<L: Layers, H: Hold<Bench<L>>>(
    model: &ChannelModel<L, H>,
    world: &mut World<H::Held>,
    stimulus: Stimulus,
) -> Response {
    let response = model.hold.react(&model.setup, &mut world.held, stimulus);
    world.env.check(Promise::NoPasswordInClear, !response.leaked);
    response
}

fn commanded<L: Layers, H: Hold<Bench<L>>>(
    model: &ChannelModel<L, H>,
    world: &mut World<H::Held>,
    command: Command,
) -> Response {
    let stimulus = match command {
        Command::Open => Stimulus::Open,
        Command::Close => Stimulus::Close,
        Command::Finish => Stimulus::Finish,
        Command::Send => Stimulus::Send(world.env.accepted),
        Command::SendHuge => Stimulus::SendHuge,
    };
    let before = model.face(world);
    let response = react(model, world, stimulus);
    let env = &mut world.env;
    if command == Command::Send {
        let has_room = env.has_room(&model.setup, &before);
        env.check(Promise::RoomIsGiven, response.accepted || !has_room);
    }
    let spent = match command {
        Command::Open => &mut env.spent.opens,
        Command::Close => &mut env.spent.closes,
        Command::Finish => &mut env.spent.finishes,
        Command::Send | Command::SendHuge => &mut env.spent.sends,
    };
    *spent += 1;
    if env.command(response) {
        match command {
            Command::Open => env.opened_anew(),
            Command::Close => env.closes(),
            Command::Finish => env.finishes(),
            Command::Send => env.sends(),
            Command::SendHuge => env.check(Promise::Bounds, false),
        }
    }
    response
}

fn dropped<L: Layers, H: Hold<Bench<L>>>(
    model: &ChannelModel<L, H>,
    world: &mut World<H::Held>,
) -> Response {
    world.held = model.hold.hold(&model.setup, Bench::new(&model.setup));
    let Env { spent, broken, .. } = world.env;
    world.env = Env { spent, broken, ..Env::default() };
    world.env.spent.drops += 1;
    Response::default()
}

fn answered<L: Layers, H: Hold<Bench<L>>>(
    model: &ChannelModel<L, H>,
    world: &mut World<H::Held>,
    index: u8,
) -> Response {
    let response = react(model, world, Stimulus::Answer(index));
    let env = &mut world.env;
    env.check(Promise::StaleAnswer, response.accepted == env.asking);
    if env.command(response) {
        let means = model.setup.answers.get(usize::from(index)).map_or("", |answer| answer.means);
        env.progress = env.progress.answered(&model.setup, means);
    }
    env.asking = false;
    response
}

fn strays<L: Layers, H: Hold<Bench<L>>>(
    model: &ChannelModel<L, H>,
    world: &mut World<H::Held>,
) -> Response {
    let response = react(model, world, Stimulus::Stray);
    let env = &mut world.env;
    env.spent.strays += 1;
    env.command(response);
    env.check(Promise::StaleAnswer, !response.accepted);
    response
}

fn polled<L: Layers, H: Hold<Bench<L>>>(
    model: &ChannelModel<L, H>,
    world: &mut World<H::Held>,
) -> Response {
    let response = react(model, world, Stimulus::Poll);
    if let Some(deed) = response.deed {
        let face = model.face(world);
        world.env.perform(&model.setup, deed, &face);
    }
    response
}

fn received<L: Layers, H: Hold<Bench<L>>>(
    model: &ChannelModel<L, H>,
    world: &mut World<H::Held>,
) -> Response {
    let before = model.face(world).session;
    let response = react(model, world, Stimulus::Receive);
    let after = model.face(world).session;
    let env = &mut world.env;
    env.check(Promise::EndOnce, !env.ended || before == after);
    let is_open = env.view == View::Open && !env.ended;
    env.check(Promise::DataInOpen, response.up == 0 || is_open);
    env.check(Promise::Paused, !env.asking || response.consumed == 0);
    response
}

fn heard<L: Layers, H: Hold<Bench<L>>>(
    model: &ChannelModel<L, H>,
    world: &mut World<H::Held>,
    unit: u8,
) -> Response {
    let is_undecided = world.env.view == View::Opening && model.face(world).session;
    let env = &mut world.env;
    env.units += 1;
    if let Some(unit) = model.setup.units.get(usize::from(unit)) {
        // What a record has begun goes on with the next octets, whatever they are.
        env.goodbye |= unit.end == End::Goodbye && !env.partial;
        env.partial = unit.end == End::Partial;
        if is_undecided {
            env.progress = env.progress.said(&model.setup, unit.means);
        }
    }
    react(model, world, Stimulus::Hear(unit))
}

fn taken<L: Layers, H: Hold<Bench<L>>>(
    model: &ChannelModel<L, H>,
    world: &mut World<H::Held>,
    amount: Amount,
) -> Response {
    let (stimulus, faults) = match amount {
        Amount::Few => (Stimulus::TakeFew, 1),
        Amount::All => (Stimulus::TakeAll, 0),
    };
    world.env.spent.faults += faults;
    let response = react(model, world, stimulus);
    let face = model.face(world);
    world.env.took(&model.setup, &face);
    response
}

fn below_happens<L: Layers, H: Hold<Bench<L>>>(
    model: &ChannelModel<L, H>,
    world: &mut World<H::Held>,
    below: Below,
) -> Response {
    let is_undecided = model.face(world).session;
    let env = &mut world.env;
    let was = env.socket;
    let (stimulus, socket) = match below {
        Below::Connected => (Stimulus::Connected, Socket::Up),
        Below::Refused => (Stimulus::Refused, Socket::Gone),
        Below::Ended if was == Socket::Shut => (Stimulus::Ended, Socket::Dead),
        Below::Ended => (Stimulus::Ended, Socket::Deaf),
        Below::Lost => (Stimulus::Lost, Socket::Dead),
        Below::Disconnected => (Stimulus::Disconnected, Socket::Gone),
        Below::Expire => (Stimulus::Expire, was),
    };
    env.socket = socket;
    let is_fault = matches!(below, Below::Refused | Below::Lost) || socket == Socket::Deaf;
    env.spent.faults += u8::from(is_fault);
    // What is decided is not disturbed by what comes later.
    env.disturbed |= is_undecided && !matches!(below, Below::Connected | Below::Disconnected);
    let ends = below == Below::Ended;
    env.goodbye |= ends && model.setup.end_is_goodbye && !env.partial;
    let response = react(model, world, stimulus);
    if ends && socket == Socket::Dead {
        // After a half-close the user is still there; otherwise nothing is left to wait for.
        let goes_on = matches!(world.env.view, View::Open | View::Broken);
        let owed = model.face(world).owed;
        world.env.check(Promise::Goodbye, owed || goes_on);
    }
    response
}
