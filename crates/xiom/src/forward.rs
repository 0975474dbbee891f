//! A layer that is one of several: each call goes to the one that is there, without dynamic dispatch.

/// The calls of [`xiom_core::Layer`] for an enum whose variants each hold a layer.
macro_rules! forward {
    ($($variant:ident),+) => {
        fn open(&mut self, below: &Security, out: &mut WireBuf) {
            match self { $(Self::$variant(layer) => layer.open(below, out),)+ }
        }

        fn receive(&mut self, input: &mut [u8], out: &mut WireBuf) -> Option<Received> {
            match self { $(Self::$variant(layer) => layer.receive(input, out),)+ }
        }

        fn send(&mut self, octets: &[u8], out: &mut WireBuf) {
            match self { $(Self::$variant(layer) => layer.send(octets, out),)+ }
        }

        fn lead(&mut self, length: usize, out: &mut WireBuf) -> bool {
            match self { $(Self::$variant(layer) => layer.lead(length, out),)+ }
        }

        fn close(&mut self, out: &mut WireBuf) {
            match self { $(Self::$variant(layer) => layer.close(out),)+ }
        }

        fn end(&mut self) {
            match self { $(Self::$variant(layer) => layer.end(),)+ }
        }

        fn phase(&self) -> Phase {
            match self { $(Self::$variant(layer) => layer.phase(),)+ }
        }

        fn security(&self) -> Security {
            match self { $(Self::$variant(layer) => layer.security(),)+ }
        }

        fn is_transparent(&self) -> bool {
            match self { $(Self::$variant(layer) => layer.is_transparent(),)+ }
        }

        fn take_peer_text(&mut self) -> Option<Box<str>> {
            match self { $(Self::$variant(layer) => layer.take_peer_text(),)+ }
        }

        fn work(&mut self, iterations: u32, out: &mut WireBuf) {
            match self { $(Self::$variant(layer) => layer.work(iterations, out),)+ }
        }
    };
}

pub(crate) use forward;
