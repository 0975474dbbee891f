//! What a layer promises the one above: facts that decide whether a mechanism may run, and bind it.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// What the layers below give, as the layer above may rely on it.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Security {
    /// Nobody between the two ends reads along or changes octets, and the client knows whom it talks to.
    pub confidential: bool,
    /// This end holds a certificate that it shows when asked: EXTERNAL may be tried.
    pub certificate: bool,
    /// The identity that the peer proved below, such as the subject of its verified certificate.
    pub peer: Option<Box<str>>,
    /// Channel bindings of the layer below (RFC 5056).
    pub bindings: Bindings,
}

/// Channel bindings: octets that only the two ends of one channel share.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Bindings {
    /// `tls-exporter`, 32 octets (RFC 9266 section 2).
    pub exporter: Option<[u8; 32]>,
    /// `tls-server-end-point`, the hash of the server's certificate (RFC 5929 section 4).
    pub end_point: Option<EndPoint>,
}

/// The hash of a server's certificate: 32, 48 or 64 octets; clones share them.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct EndPoint(Arc<Vec<u8>>);

impl EndPoint {
    /// Keeps `hash`; `None` when it has more than 64 octets.
    #[must_use]
    pub fn new(hash: &[u8]) -> Option<Self> {
        (hash.len() <= LONGEST_HASH).then(|| Self(Arc::new(hash.to_vec())))
    }

    /// The octets of the hash.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for EndPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for octet in self.octets() {
            write!(f, "{octet:02x}")?;
        }
        Ok(())
    }
}

const LONGEST_HASH: usize = 64;
