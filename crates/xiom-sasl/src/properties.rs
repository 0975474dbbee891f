//! What a mechanism is, before it runs; every decision is computed from this, never from a name.

use crate::Layers;

/// The facts about a mechanism that a [`crate::Policy`] decides by.
///
/// ```
/// use xiom_sasl::{Credentials, client::{ClientMechanism, Plain}};
///
/// let plain = Plain::new(Credentials::new("tim", "tanstaaftanstaaf"))?;
/// assert_eq!(plain.properties().name, "PLAIN");
/// assert!(plain.properties().reveals_secret);
/// # Ok::<(), xiom_core::AuthFault>(())
/// ```
#[expect(clippy::struct_excessive_bools, reason = "each is an independent fact with its own name")]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Properties {
    /// The name on the wire (RFC 4422 section 3.1).
    pub name: &'static str,
    /// The messages show the password, or a token that is as good, to whoever reads them.
    pub reveals_secret: bool,
    /// Nobody in particular is authenticated.
    pub anonymous: bool,
    /// The identity comes from the layer below, not from the messages.
    pub external: bool,
    /// The server proves to the client that it knows the credentials.
    pub mutual: bool,
    /// Who reads the messages can try passwords at leisure.
    pub dictionary: bool,
    /// The exchange is bound to the channel below (RFC 5056).
    pub binds: bool,
    /// The mechanism is broken by today's standard, and used only when the policy says so.
    pub legacy: bool,
    /// The client speaks first, so that an initial response exists.
    pub client_first: bool,
    /// Bits of the hash that the proof rests on; 0 when there is none.
    pub strength: u16,
    /// What the mechanism can do with the octets after authentication.
    pub layers: Layers,
}

impl Properties {
    /// The facts of a mechanism `name` that does nothing but let the client speak first.
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self {
            name,
            reveals_secret: false,
            anonymous: false,
            external: false,
            mutual: false,
            dictionary: false,
            binds: false,
            legacy: false,
            client_first: true,
            strength: 0,
            layers: Layers::NONE,
        }
    }
}
