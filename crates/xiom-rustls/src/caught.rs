//! What rustls tells only in passing: the exporter secret, and the name that a client asked for.
//!
//! rustls calls its key log and its resolver within `process_tls_records`, on the same thread; they
//! leave what they hear in a slot of the thread, which the engine empties right after that call. So
//! one configuration serves all connections, and resumption works. The secret is wiped.

use alloc::sync::Arc;
use core::cell::RefCell;

use rustls::KeyLog;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use xiom_core::Secret;

use crate::key_log::KeyLogFile;

/// What was heard since the last [`take`].
#[derive(Default)]
pub(crate) struct Caught {
    /// `EXPORTER_SECRET` of TLS 1.3.
    pub(crate) exporter: Option<Secret>,
    /// The server name indication.
    pub(crate) server_name: Option<Box<str>>,
}

/// Empties the slot of this thread.
pub(crate) fn take() -> Caught {
    with_slot(core::mem::take).unwrap_or_default()
}

fn with_slot<T>(deed: impl FnOnce(&mut Caught) -> T) -> Option<T> {
    // The slot is gone, or taken, only when a thread ends or panics.
    SLOT.try_with(|slot| slot.try_borrow_mut().ok().map(|mut slot| deed(&mut slot))).ok().flatten()
}

thread_local! {
    static SLOT: RefCell<Caught> = const { RefCell::new(Caught { exporter: None, server_name: None }) };
}

/// Catches the exporter secret; hands all secrets to a file if the user asked for that.
#[derive(Debug)]
pub(crate) struct Catcher(pub(crate) Option<Arc<KeyLogFile>>);

impl KeyLog for Catcher {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        if label == EXPORTER_SECRET {
            with_slot(|slot| slot.exporter = Some(Secret::new(secret)));
        }
        if let Some(file) = &self.0 {
            file.log(label, client_random, secret);
        }
    }

    fn will_log(&self, label: &str) -> bool {
        label == EXPORTER_SECRET || self.0.is_some()
    }
}

/// Serves one certificate whatever the client asks for, and notes what that was.
#[derive(Debug)]
pub(crate) struct Resolver(pub(crate) Arc<CertifiedKey>);

impl ResolvesServerCert for Resolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        with_slot(|slot| slot.server_name = hello.server_name().map(Into::into));
        Some(Arc::clone(&self.0))
    }
}

const EXPORTER_SECRET: &str = "EXPORTER_SECRET";
