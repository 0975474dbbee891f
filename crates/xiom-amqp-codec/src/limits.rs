//! What a peer may ask of a decoder, and the walk that holds it to that.
//!
//! Invariant: a value that passed [`check`] can be visited to its last element without an error, in work that is
//! bounded by its octets, times the depth, and the elements that take none.

use crate::constructor::{Constructor, Encoded, overhead};
use crate::run::Run;
use crate::{DecodeError, Value};

/// What one value may ask of its reader beyond its octets.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Limits {
    /// Levels of nesting: each list, map, array and descriptor is one. By default 32.
    pub depth: u8,
    /// Elements of arrays, over the whole value, that take no octets (such as `true`): nine octets can count four
    /// billion of them. By default 65 536.
    pub zero_width: u32,
}

impl Default for Limits {
    //= SRS_AMQP_CODEC_01_007, SRS_AMQP_CODEC_01_008
    fn default() -> Self {
        Self { depth: 32, zero_width: 65_536 }
    }
}

/// Walks all that `value` holds.
pub(crate) fn check(value: Value<'_>, limits: Limits) -> Result<(), DecodeError> {
    Check { limits, zero_width: limits.zero_width }.value(value, limits.depth)
}

struct Check {
    limits: Limits,
    /// Elements without octets that may still come.
    zero_width: u32,
}

impl Check {
    fn value(&mut self, value: Value<'_>, depth: u8) -> Result<(), DecodeError> {
        match value {
            Value::List(list) => self.elements(list.run(), depth),
            Value::Map(map) => self.elements(map.run(), depth),
            Value::Array(array) => self.array(array.run(), depth),
            Value::Described(described) => match described.encoded() {
                Some(Encoded { constructor, data }) => {
                    let (constructor, depth) = self.constructor(constructor, depth)?;
                    self.value(Encoded { constructor, data }.value()?, depth)
                }
                None => Ok(()),
            },
            // A scalar was judged as it was read.
            Value::Null
            | Value::Boolean(_)
            | Value::Ubyte(_)
            | Value::Ushort(_)
            | Value::Uint(_)
            | Value::Ulong(_)
            | Value::Byte(_)
            | Value::Short(_)
            | Value::Int(_)
            | Value::Long(_)
            | Value::Float(_)
            | Value::Double(_)
            | Value::Decimal32(_)
            | Value::Decimal64(_)
            | Value::Decimal128(_)
            | Value::Char(_)
            | Value::Timestamp(_)
            | Value::Uuid(_)
            | Value::Binary(_)
            | Value::String(_)
            | Value::Symbol(_) => Ok(()),
        }
    }

    fn elements(&mut self, run: Option<Run<'_>>, depth: u8) -> Result<(), DecodeError> {
        let Some(mut run) = run else { return Ok(()) };
        let depth = self.fall(depth)?;
        loop {
            run.pass_scalars();
            let Some(value) = run.next_value::<DecodeError>() else { return run.end() };
            self.value(value?, depth)?;
        }
    }

    /// Walks the descriptors of an array once, not once for each element, or the work would be their product.
    fn array(&mut self, run: Option<Run<'_>>, depth: u8) -> Result<(), DecodeError> {
        let Some(run) = run else { return Ok(()) };
        let Some(constructor) = run.shared() else { return Ok(()) };
        let (primitive, depth) = self.constructor(constructor, depth)?;
        if overhead(primitive.code()) > 0 {
            return self.elements(Some(run.bare()), depth);
        }
        // Elements without octets are all the same: they are counted, not visited.
        self.fall(depth)?;
        let (count, limit) = (run.left(), self.limits.zero_width);
        let zero_width = self.zero_width.checked_sub(count);
        //= SRS_AMQP_CODEC_01_008
        self.zero_width = zero_width.ok_or(DecodeError::ZeroWidth { count, limit })?;
        run.without_elements().end()
    }

    /// Walks the descriptors in front of a primitive constructor, each one level deeper.
    fn constructor<'a>(
        &mut self,
        constructor: Constructor<'a>,
        depth: u8,
    ) -> Result<(Constructor<'a>, u8), DecodeError> {
        let (mut constructor, mut depth) = (constructor, depth);
        //= SRS_AMQP_CODEC_01_032
        while let Some(peeled) = constructor.peel() {
            let (descriptor, inner) = peeled?;
            depth = self.fall(depth)?;
            self.value(descriptor, depth)?;
            constructor = inner;
        }
        Ok((constructor, depth))
    }

    //= SRS_AMQP_CODEC_01_007
    fn fall(&self, depth: u8) -> Result<u8, DecodeError> {
        depth.checked_sub(1).ok_or(DecodeError::Depth { limit: self.limits.depth })
    }
}
