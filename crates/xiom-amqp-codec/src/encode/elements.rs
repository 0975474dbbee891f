//! The elements of arrays, which share one constructor.
//!
//! Invariant: the shared code is the narrowest that holds every element, and each element is written as it says.

use super::room::Room;
use super::{Content, Length, Sink, compound_code, sized_code};
use crate::constructor::{code, is_narrow, overhead, width};
use crate::{Array, Value};

impl Content for Array<'_> {
    fn count(&self) -> usize {
        self.len()
    }

    fn length(&self) -> usize {
        let (code, content) = common(self);
        let elements = self.len() * overhead(code) + content;
        tell_constructor(self, code, Length(elements)).0
    }

    fn put<'a>(&self, room: Room<'a>) -> Room<'a> {
        let (code, _) = common(self);
        let room = tell_constructor(self, code, room);
        tell_elements(self, Element { code, room }).room
    }
}

/// `constructor = *(%x00 value) code`
fn tell_constructor<S: Sink>(array: &Array<'_>, code: u8, sink: S) -> S {
    let (mut shape, mut sink) = (array.shape(), sink);
    while let Some((descriptor, inner)) = shape.peel() {
        sink = sink.fixed(code::DESCRIBED, []).value(&descriptor);
        shape = inner;
    }
    sink.fixed(code, [])
}

/// Tells `sink` the elements of `array`, without the descriptors that they have in common.
#[inline]
fn tell_elements<S: Sink>(array: &Array<'_>, sink: S) -> S {
    match array.names() {
        Some(names) => {
            names.iter().fold(sink, |sink, name| sink.sized(code::SYM8, name.as_bytes()))
        }
        None => array.primitives().fold(sink, |sink, value| sink.value(&value)),
    }
}

/// The code of the elements of `array`, and the octets that they have in any code.
fn common(array: &Array<'_>) -> (u8, usize) {
    let Common { code, content } = tell_elements(array, Common { code: None, content: 0 });
    (code.unwrap_or_else(|| array.shape().primitive_type().narrowest_code()), content)
}

/// The narrowest code of one type that holds every element, as far as they are known.
pub(super) struct Common {
    code: Option<u8>,
    /// Octets besides those that a code fixes.
    content: usize,
}

impl Common {
    //= SRS_AMQP_CODEC_01_035
    /// Adds an element that `code` holds.
    #[inline]
    fn with(self, code: u8, content: usize) -> Self {
        let code = match (self.code, code) {
            (Some(code::TRUE), code::FALSE) | (Some(code::FALSE), code::TRUE) => code::BOOLEAN,
            (Some(common), _) => common.max(code),
            (None, _) => code,
        };
        Self { code: Some(code), content: self.content + content }
    }
}

impl Sink for Common {
    #[inline]
    fn fixed<const N: usize>(self, code: u8, _: [u8; N]) -> Self {
        self.with(code, 0)
    }

    #[inline]
    fn sized(self, narrow: u8, octets: &[u8]) -> Self {
        self.with(sized_code(narrow, octets), octets.len())
    }

    fn compound(self, narrow: u8, content: &impl Content) -> Self {
        let length = content.length();
        self.with(compound_code(narrow, length, content.count()), length)
    }

    fn value(self, value: &Value<'_>) -> Self {
        value.form(self)
    }
}

/// The data of elements, behind the code that they share.
pub(super) struct Element<'a> {
    code: u8,
    room: Room<'a>,
}

impl Sink for Element<'_> {
    /// A shorter encoding leaves out octets that it implies.
    #[inline]
    fn fixed<const N: usize>(self, code: u8, octets: [u8; N]) -> Self {
        let implied = match (code, octets.first()) {
            (code::TRUE, _) => 1,
            (code::SMALLINT | code::SMALLLONG, Some(0x80..)) => 0xFF,
            _ => 0,
        };
        let room = (N..width(self.code)).fold(self.room, |room, _| room.write([implied], &[]));
        Self { room: room.write(octets, &[]), ..self }
    }

    #[inline]
    fn sized(self, _: u8, octets: &[u8]) -> Self {
        let room = match u8::try_from(octets.len()) {
            Ok(length) if is_narrow(self.code) => self.room.write([length], octets),
            _ => self.room.write_wide(octets),
        };
        Self { room, ..self }
    }

    fn compound(self, _: u8, content: &impl Content) -> Self {
        Self { room: self.room.write_data(self.code, content), ..self }
    }

    fn value(self, value: &Value<'_>) -> Self {
        value.form(self)
    }
}
