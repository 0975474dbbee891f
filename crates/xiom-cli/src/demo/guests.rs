//! Whom the demo's server lets in: a user, the holder of a certificate, of a token, and anybody.

use xiom::core::{AuthFault, OutcomeCode};
use xiom::sasl::scram::Hash;
use xiom::sasl::server::LookupRequest;
use xiom::sasl::{Identity, Principal};
use xiom::{Answer, Found, Likeness, Offers, UserTable, Users, acts_as_itself};

use super::{CLIENT, PASSWORD, TOKEN, USER};

/// The users of the demo; a token is judged beside the table.
pub(super) struct Guests(UserTable);

impl Guests {
    pub(super) fn new() -> Result<Self, AuthFault> {
        let mut table = UserTable::new().with_certificate(CLIENT).with_anonymous();
        let hashes = [Hash::Sha1, Hash::Sha256, Hash::Sha512];
        table.add(USER, PASSWORD, &hashes, UserTable::ITERATIONS)?;
        Ok(Self(table))
    }
}

impl Users for Guests {
    fn offers(&self) -> Offers {
        Offers { bearer: true, ..self.0.offers() }
    }

    fn look_up<'a>(
        &'a self,
        request: &'a LookupRequest,
    ) -> Answer<'a, Result<Found<'a>, OutcomeCode>> {
        let LookupRequest::Bearer { token } = request else { return self.0.look_up(request) };
        let is_good = *token == TOKEN.into();
        Answer::Now(Ok(if is_good { Found::Subject(USER.into()) } else { Found::Unknown }))
    }

    fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Result<bool, OutcomeCode>> {
        match &who.identity {
            Identity::Bearer(name) => Answer::Now(Ok(**name == *USER && acts_as_itself(who))),
            Identity::Anonymous(_)
            | Identity::User(_)
            | Identity::External(_)
            | Identity::Kerberos(_) => self.0.authorize(who),
        }
    }

    fn likeness(&self, hash: Hash) -> Likeness {
        self.0.likeness(hash)
    }
}
