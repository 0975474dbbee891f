//! What the types alone prove of options: each item is checked by the compiler, and none is ever run.

use core::fmt::Debug;

use xiom_core::Secret;
use xiom_rustls::{Client, ClientEngine, ClientOptions, OptionsError, Version};

const fn is_owned<T: 'static>() {}

/// An engine keeps no part of the name by reference: its type has no lifetime.
const fn keeps_nothing_borrowed(
    engine: fn(&Client, &str) -> Result<ClientEngine, OptionsError>,
) -> fn(&Client, &str) -> Result<ClientEngine, OptionsError> {
    is_owned::<ClientEngine>();
    engine
}

//= by-construction SRS_TLSIO_30_016: the engine borrows nothing of the name that it was made for
const _: fn(&Client, &str) -> Result<ClientEngine, OptionsError> =
    keeps_nothing_borrowed(Client::engine);

//= by-construction SRS_TLSIO_30_120: an option is set on a value, which there is
//= by-construction SRS_TLSIO_30_121: each option is a function, so that there are no names to get wrong
//= by-construction SRS_TLSIO_30_122: a value has the type of its option, which cannot be nothing
const _: fn(ClientOptions, Version) -> ClientOptions = ClientOptions::min_version;

//= by-construction SRS_TLSIO_30_122: a certificate is set together with its key
const _: fn(ClientOptions, &'static [u8], Secret) -> ClientOptions = ClientOptions::certificate;

const fn is_value<T: Clone + Debug + Eq + 'static>(_: fn(&T) -> T) {}

//= by-construction SRS_TLSIO_30_160: options are a value that its owner keeps, copies and compares
const _: () = is_value::<ClientOptions>(Clone::clone);
