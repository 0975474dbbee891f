//! Who answers the questions of layers, such as a look-up of credentials in a data base.

use core::future::{Future, Ready, ready};

use xiom_core::WireBuf;

/// Answers questions while a connection opens.
///
/// What is asked can be seen in the layers. The future borrows nothing of them, so that the connection
/// goes on meanwhile: its deadline runs, and it can be dropped.
pub trait Responder<L> {
    /// What is found out.
    type Answer;
    /// How it is found out.
    type Future: Future<Output = Self::Answer>;

    /// Begins to find out what `layers` ask.
    fn ask(&mut self, layers: &L) -> Self::Future;

    /// Gives `layers` the answer.
    fn answer(&mut self, answer: Self::Answer, layers: &mut L, out: &mut WireBuf);
}

/// For layers that ask nothing, as clients' layers do.
///
/// Should they ask all the same, they get no answer, and the open fails by its deadline.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct NoQuestions;

impl<L> Responder<L> for NoQuestions {
    type Answer = ();
    type Future = core::future::Pending<()>;

    fn ask(&mut self, _layers: &L) -> Self::Future {
        core::future::pending()
    }

    fn answer(&mut self, (): (), _layers: &mut L, _out: &mut WireBuf) {}
}

/// A responder of two functions: one finds out, the other gives the answer.
///
/// ```
/// use xiom_core::{Plain, WireBuf};
/// use xiom_tokio::{Respond, Responder};
///
/// let mut responder = Respond {
///     ask: |_: &Plain| async { 42 },
///     answer: |answer: i32, _: &mut Plain, _: &mut WireBuf| assert_eq!(answer, 42),
/// };
/// let _future = responder.ask(&Plain::default());
/// responder.answer(42, &mut Plain::default(), &mut WireBuf::default());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Respond<Ask, Answer> {
    /// Begins to find out what the layers ask.
    pub ask: Ask,
    /// Gives the layers the answer.
    pub answer: Answer,
}

impl<L, Ask, Found, Answer> Responder<L> for Respond<Ask, Answer>
where
    Ask: FnMut(&L) -> Found,
    Found: Future,
    Answer: FnMut(Found::Output, &mut L, &mut WireBuf),
{
    type Answer = Found::Output;
    type Future = Found;

    fn ask(&mut self, layers: &L) -> Found {
        (self.ask)(layers)
    }

    fn answer(&mut self, answer: Found::Output, layers: &mut L, out: &mut WireBuf) {
        (self.answer)(answer, layers, out);
    }
}

/// A function that answers at once.
impl<L, Answer: FnMut(&mut L, &mut WireBuf)> Responder<L> for Answer {
    type Answer = ();
    type Future = Ready<()>;

    fn ask(&mut self, _layers: &L) -> Ready<()> {
        ready(())
    }

    fn answer(&mut self, (): (), layers: &mut L, out: &mut WireBuf) {
        self(layers, out);
    }
}
