//! Whom the demo's servers let in: a user, the holder of a certificate, of a token, and anybody.

use xiom::core::{AuthFault, OutcomeCode};
use xiom::sasl::digest_md5::DigestKey;
use xiom::sasl::scram::Hash;
use xiom::sasl::server::LookupRequest;
use xiom::sasl::{Identity, Principal};
use xiom::{Answer, Found, Likeness, Offers, UserTable, Users, acts_as_itself};

use super::{CLIENT, PASSWORD, REALM, TOKEN, USER};

/// The users of the demo; a token, and the key of DIGEST-MD5, are judged beside the table.
pub(super) struct Guests {
    table: UserTable,
    digest: DigestKey,
}

impl Guests {
    pub(super) fn new() -> Result<Self, AuthFault> {
        let mut table = UserTable::new().with_certificate(CLIENT).with_anonymous();
        let hashes = [Hash::Sha1, Hash::Sha256, Hash::Sha512];
        table.add(USER, PASSWORD, &hashes, UserTable::ITERATIONS)?;
        Ok(Self { table, digest: DigestKey::derive(USER, REALM, PASSWORD)? })
    }
}

impl Users for Guests {
    fn offers(&self) -> Offers {
        Offers { bearer: true, digest_md5: true, ..self.table.offers() }
    }

    fn look_up<'a>(
        &'a self,
        request: &'a LookupRequest,
    ) -> Answer<'a, Result<Found<'a>, OutcomeCode>> {
        let found = match request {
            LookupRequest::Bearer { token } if *token == TOKEN.into() => {
                Found::Subject(USER.into())
            }
            LookupRequest::DigestMd5 { user, realm } if **user == *USER && **realm == *REALM => {
                Found::DigestMd5(self.digest.clone())
            }
            LookupRequest::Bearer { .. } | LookupRequest::DigestMd5 { .. } => Found::Unknown,
            LookupRequest::Scram { .. } | LookupRequest::Password { .. } | _ => {
                return self.table.look_up(request);
            }
        };
        Answer::Now(Ok(found))
    }

    fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Result<bool, OutcomeCode>> {
        match &who.identity {
            Identity::Bearer(name) => Answer::Now(Ok(**name == *USER && acts_as_itself(who))),
            Identity::Anonymous(_)
            | Identity::User(_)
            | Identity::External(_)
            | Identity::Kerberos(_) => self.table.authorize(who),
        }
    }

    fn likeness(&self, hash: Hash) -> Likeness {
        self.table.likeness(hash)
    }
}
