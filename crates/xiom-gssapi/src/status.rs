//! What the library says when it refuses, and what to do about it.

use core::fmt;

use xiom_core::{AuthFault, LayerFault};

use crate::ffi::{INTERFACE_CODE, MECHANISM_CODE};
use crate::handle;
use crate::library::Library;

/// A refusal of the library: its two codes, its own text, and the reason if it is a known one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Status {
    major: u32,
    minor: u32,
    reason: Reason,
    text: Box<str>,
}

/// Why the library refuses, where that is known and something can be done.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// There is no ticket, and no key to get one.
    NoCredentials,
    /// The ticket is too old.
    Expired,
    /// The realm does not know the user.
    UnknownUser,
    /// The realm does not know the service.
    UnknownService,
    /// The clocks of this machine and of the peer differ too much.
    ClockSkew,
    /// No server of the realm answers, or it is not known where they are.
    Unreachable,
    /// The service's key is not in the keytab.
    NoKey,
    /// The password, or the key in the keytab, is not that of the realm.
    WrongKey,
    /// Anything else.
    Other,
}

impl Status {
    /// Asks the library for its text; to be called in the thread that was refused, before any other call.
    pub(crate) fn new(library: &Library, major: u32, minor: u32) -> Self {
        let interface = handle::status_text(library, major, INTERFACE_CODE);
        let mechanism = handle::status_text(library, minor, MECHANISM_CODE);
        let text = match (minor != 0 && !mechanism.is_empty(), major) {
            // The interface says no more than that it failed.
            (true, FAILURE) => mechanism,
            (true, _) => format!("{interface}: {mechanism}"),
            (false, _) => interface,
        };
        Self { major, minor, reason: reason(major, minor), text: text.into() }
    }

    /// The same where a service's key was looked for, and not a ticket.
    pub(crate) fn of_service(self) -> Self {
        let reason = match self.reason {
            Reason::NoCredentials | Reason::Other => Reason::NoKey,
            Reason::Expired
            | Reason::UnknownUser
            | Reason::UnknownService
            | Reason::ClockSkew
            | Reason::Unreachable
            | Reason::NoKey
            | Reason::WrongKey => self.reason,
        };
        Self { reason, ..self }
    }

    /// The status of the interface.
    #[must_use]
    pub const fn major(&self) -> u32 {
        self.major
    }

    /// The status of the mechanism below it.
    #[must_use]
    pub const fn minor(&self) -> u32 {
        self.minor
    }

    /// Why the library refuses.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// The fault of an exchange.
    pub(crate) const fn auth_fault(&self) -> AuthFault {
        AuthFault::Gss { major: self.major, minor: self.minor }
    }

    /// The fault of a layer.
    pub(crate) const fn layer_fault(&self) -> LayerFault {
        LayerFault::Gss { major: self.major, minor: self.minor }
    }
}

impl Reason {
    /// What the user can do.
    const fn advice(self) -> &'static str {
        match self {
            Self::NoCredentials => "; run kinit, or name a credential cache or a keytab",
            Self::Expired => "; run kinit again",
            Self::UnknownUser => {
                "; the realm does not know this user: check its name and the realm"
            }
            Self::UnknownService => {
                "; the realm does not know this service: check its name and the host's"
            }
            Self::ClockSkew => "; set the clock of this machine",
            Self::Unreachable => "; check krb5.conf, and that a kdc of the realm can be reached",
            Self::NoKey => "; the keytab must hold a key of this service",
            Self::WrongKey => "; the password or the keytab is not the one that the realm knows",
            Self::Other => "",
        }
    }
}

impl fmt::Display for Status {
    //= SRS_SASL_MECHANISMS_01_118
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.text, self.reason.advice())
    }
}

/// Why the library gives these codes.
const fn reason(major: u32, minor: u32) -> Reason {
    // Kerberos numbers its errors from here (RFC 4120 section 7.5.9, and the library's own behind).
    match minor.wrapping_sub(ERROR_TABLE) {
        6 => Reason::UnknownUser,
        7 => Reason::UnknownService,
        24 | 31 => Reason::WrongKey,
        32 => Reason::Expired,
        37 => Reason::ClockSkew,
        154 | 156 => Reason::Unreachable,
        45 | 181 => Reason::NoKey,
        141 | 195 => Reason::NoCredentials,
        _ => match major {
            NO_CRED => Reason::NoCredentials,
            CREDENTIALS_EXPIRED | CONTEXT_EXPIRED => Reason::Expired,
            _ => Reason::Other,
        },
    }
}

/// The first code of Kerberos, -1765328384, as the library gives it.
const ERROR_TABLE: u32 = 0x96c7_3a00;
/// `GSS_S_NO_CRED`
const NO_CRED: u32 = 7 << 16;
/// `GSS_S_FAILURE`
const FAILURE: u32 = 13 << 16;
/// `GSS_S_CREDENTIALS_EXPIRED`
const CREDENTIALS_EXPIRED: u32 = 11 << 16;
/// `GSS_S_CONTEXT_EXPIRED`
const CONTEXT_EXPIRED: u32 = 12 << 16;

#[cfg(test)]
mod tests {
    use super::*;

    /// The signed codes of Kerberos' own tables; whatever has a reason but the last has an advice.
    #[test]
    fn reasons_are_those_of_the_codes() {
        let table = [
            (-1_765_328_378, Reason::UnknownUser),
            (-1_765_328_377, Reason::UnknownService),
            (-1_765_328_360, Reason::WrongKey),
            (-1_765_328_353, Reason::WrongKey),
            (-1_765_328_352, Reason::Expired),
            (-1_765_328_347, Reason::ClockSkew),
            (-1_765_328_339, Reason::NoKey),
            (-1_765_328_243, Reason::NoCredentials),
            (-1_765_328_230, Reason::Unreachable),
            (-1_765_328_228, Reason::Unreachable),
            (-1_765_328_203, Reason::NoKey),
            (-1_765_328_189, Reason::NoCredentials),
            (-1_765_328_384, Reason::Other),
            (0, Reason::Other),
        ];
        for (code, expected) in table {
            let reason = reason(FAILURE, i32::cast_unsigned(code));
            assert_eq!(reason, expected, "{code}");
            assert_eq!(reason.advice().is_empty(), reason == Reason::Other);
        }
        assert_eq!(reason(NO_CRED, 0), Reason::NoCredentials);
        assert_eq!(reason(CREDENTIALS_EXPIRED, 0), Reason::Expired);
        assert_eq!(reason(CONTEXT_EXPIRED, 0), Reason::Expired);
    }
}
