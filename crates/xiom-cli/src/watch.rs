//! A connection that is watched: every phase timed, every unit of the login seen, every fact kept.
//!
//! What was seen outlives the connection, so that a failure can be told with all that came before it.
//! Nothing here changes an octet.

use alloc::sync::Arc;
use core::ops::DerefMut;
use std::sync::{Mutex, PoisonError};

use xiom::core::{Direction, Layer, Phase, Received, Security, Stack, Tap, WireBuf};
use xiom::rustls::{ClientEngine, Facts};
use xiom::sasl::{Established, NoLayer};
use xiom::xio::{Blocking, Config, Error, Remote};
use xiom::{ClientSasl, Transport};
use xiom_amqp_codec::{Performative, ProtocolHeader};
use xiom_thrift_codec::{MechanismName, Message, Status};

use crate::frames::{Cut, Cutter};
use crate::timeline::{self, Timeline};
use crate::trace::Trace;
use crate::unit::Unit;

/// What is seen of one connection.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// What the TLS handshake agreed on.
    pub(crate) facts: Option<Facts>,
    /// Whether what is below SASL came to be open.
    pub(crate) is_below_open: bool,
    /// What it gives to SASL.
    pub(crate) security: Security,
    /// The mechanisms that the server offers; those of Thrift offer none.
    pub(crate) offered: Option<Vec<String>>,
    /// The mechanism that was begun.
    pub(crate) chosen: Option<String>,
    /// The code of the outcome; the status of the last message of a Thrift server.
    pub(crate) outcome: Option<String>,
    /// The proof of the login.
    pub(crate) established: Option<Established<NoLayer>>,
}

/// The eyes on one connection; a clone looks at the same.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    timeline: Arc<Mutex<Timeline>>,
    seen: Arc<Mutex<Seen>>,
    trace: Trace,
}

impl Watch {
    /// Starts the clock with `phase`.
    pub(crate) fn start(phase: &'static str, trace: Trace) -> Self {
        let timeline = Arc::new(Mutex::new(Timeline::start(phase)));
        Self { timeline, seen: Arc::default(), trace }
    }

    /// The spans; not to be held while the connection is used.
    pub(crate) fn timeline(&self) -> impl DerefMut<Target = Timeline> {
        self.timeline.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was seen; not to be held while the connection is used.
    pub(crate) fn seen(&self) -> impl DerefMut<Target = Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens `sasl` over `transport` over a socket to `remote`, and watches.
    ///
    /// # Errors
    ///
    /// As [`Blocking::connect`].
    pub(crate) fn connect(
        &self,
        remote: Remote,
        sasl: ClientSasl,
        transport: Transport<ClientEngine>,
        config: Config,
    ) -> Result<Blocking<impl Layer + use<>>, Error> {
        self.timeline().enter(timeline::CONNECT);
        let layers = Stack::new(self.upper(sasl), self.lower(transport));
        Blocking::connect(remote, layers, config)
    }

    /// Watches SASL: its phases and its frames, or messages.
    fn upper(&self, sasl: ClientSasl) -> impl Layer + use<> {
        let mut cutter = match &sasl {
            ClientSasl::Amqp(_) => Cutter::amqp(),
            ClientSasl::Thrift(_) | _ => Cutter::thrift(),
        };
        let this = self.clone();
        let tap = Tap::new(sasl, move |direction, octets: &[u8]| {
            cutter.cut(direction, octets, |cut| this.unit(direction, cut));
        });
        let this = self.clone();
        Phased::new(tap, move |tap: &Tap<ClientSasl, _>| {
            this.phase(tap.phase());
            if tap.phase() == Phase::Open {
                this.seen().established = tap.layer().established().cloned();
            }
        })
    }

    /// Watches what is below SASL: its phases, the TLS headers, and all octets on the wire.
    fn lower(&self, transport: Transport<ClientEngine>) -> impl Layer + use<> {
        let has_headers = matches!(transport, Transport::Header(_));
        let mut cutter = Cutter::header(has_headers);
        let this = self.clone();
        let tap = Tap::new(transport, move |direction, octets: &[u8]| {
            cutter.cut(direction, octets, |cut| this.unit(direction, cut));
            match direction {
                Direction::Sent => this.timeline().sent(octets.len()),
                Direction::Received => this.timeline().received(octets.len()),
            }
        });
        let this = self.clone();
        let phased = Phased::new(tap, move |tap: &Tap<Transport<ClientEngine>, _>| {
            let layer = tap.layer();
            if layer.phase() == Phase::Open {
                let mut seen = this.seen();
                seen.facts = layer.engine().and_then(ClientEngine::facts);
                seen.security = layer.security();
                seen.is_below_open = true;
            } else {
                // Once this is open SASL begins, in the same call, and says so itself.
                this.phase(layer.phase());
            }
        });
        phased.opaque()
    }

    fn phase(&self, phase: Phase) {
        match phase {
            Phase::Opening(_) | Phase::Asking(_) | Phase::Working(_) | Phase::Open => {
                self.timeline().enter(timeline::phase(phase.stage()));
            }
            Phase::Idle | Phase::Ended | Phase::Failed(_) => {}
        }
    }

    /// Shows a header that passed above SASL.
    pub(crate) fn header(&self, direction: Direction, header: ProtocolHeader) {
        self.unit(direction, &Ok(Unit::Header(header)));
    }

    fn unit(&self, direction: Direction, cut: &Cut<'_>) {
        self.trace.unit(self.timeline().elapsed(), direction, cut);
        match cut {
            Ok(Unit::Sasl(performative, _)) => self.seen().performative(performative),
            Ok(Unit::Message(message)) => self.seen().message(direction, *message),
            Ok(Unit::Header(_) | Unit::Amqp(_) | Unit::Data(_)) | Err(_) => {}
        }
    }
}

impl Seen {
    fn performative(&mut self, performative: &Performative<'_>) {
        match performative {
            Performative::Mechanisms(offer) => {
                self.offered = Some(offer.iter().map(str::to_owned).collect());
            }
            Performative::Init(init) => self.chosen = Some(init.mechanism.to_string()),
            Performative::Outcome(outcome) => self.outcome = Some(outcome.code.to_string()),
            Performative::Challenge(_) | Performative::Response(_) => {}
        }
    }

    fn message(&mut self, direction: Direction, message: Message<'_>) {
        match (direction, message.status) {
            (Direction::Sent, Status::Start) => {
                let name = MechanismName::new(message.payload).ok();
                self.chosen = name.map(|name| name.as_str().to_owned());
            }
            (Direction::Received, status @ (Status::Complete | Status::Bad | Status::Error)) => {
                self.outcome = Some(status.to_string());
            }
            (Direction::Sent | Direction::Received, _) => {}
        }
    }
}

/// `L`, whose changes of phase are shown to `look`.
struct Phased<L, F> {
    layer: L,
    look: F,
    told: Phase,
    is_opaque: bool,
}

impl<L: Layer, F: FnMut(&L)> Phased<L, F> {
    fn new(layer: L, look: F) -> Self {
        Self { layer, look, told: Phase::Idle, is_opaque: false }
    }

    /// Never to be passed by, not even where the layer does nothing.
    fn opaque(self) -> Self {
        Self { is_opaque: true, ..self }
    }

    fn tell(&mut self) {
        let phase = self.layer.phase();
        if core::mem::replace(&mut self.told, phase) != phase {
            (self.look)(&self.layer);
        }
    }
}

impl<L: Layer, F: FnMut(&L)> Layer for Phased<L, F> {
    fn open(&mut self, below: &Security, out: &mut WireBuf) {
        self.layer.open(below, out);
        self.tell();
    }

    fn receive(&mut self, input: &mut [u8], out: &mut WireBuf) -> Option<Received> {
        let received = self.layer.receive(input, out);
        self.tell();
        received
    }

    fn send(&mut self, octets: &[u8], out: &mut WireBuf) {
        self.layer.send(octets, out);
    }

    fn close(&mut self, out: &mut WireBuf) {
        self.layer.close(out);
        self.tell();
    }

    fn end(&mut self) {
        self.layer.end();
        self.tell();
    }

    fn phase(&self) -> Phase {
        self.layer.phase()
    }

    fn security(&self) -> Security {
        self.layer.security()
    }

    fn is_transparent(&self) -> bool {
        !self.is_opaque && self.layer.is_transparent()
    }

    fn take_peer_text(&mut self) -> Option<Box<str>> {
        self.layer.take_peer_text()
    }

    fn work(&mut self, iterations: u32, out: &mut WireBuf) {
        self.layer.work(iterations, out);
        self.tell();
    }
}
