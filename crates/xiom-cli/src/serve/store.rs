//! Whom `xiom serve` lets in.

use alloc::sync::Arc;

use xiom::core::OutcomeCode;
use xiom::sasl::scram::Hash;
use xiom::sasl::server::LookupRequest;
use xiom::sasl::{Identity, Principal};
use xiom::{Answer, Found, Likeness, Offers, UserFile, UserTable, Users, acts_as_itself};

/// The users of a file, nobody in particular if it `is_open`, and the principals of a realm if it `has_kerberos`.
pub(super) struct Store {
    pub(super) file: Option<Arc<UserFile>>,
    pub(super) is_open: bool,
    pub(super) has_kerberos: bool,
}

impl Store {
    fn table(&self) -> Arc<UserTable> {
        self.file.as_ref().map_or_else(Arc::default, |file| file.table())
    }
}

impl Users for Store {
    fn offers(&self) -> Offers {
        let offers = self.table().offers();
        Offers { anonymous: offers.anonymous || self.is_open, ..offers }
    }

    fn look_up<'a>(
        &'a self,
        request: &'a LookupRequest,
    ) -> Answer<'a, Result<Found<'a>, OutcomeCode>> {
        match &self.file {
            Some(file) => file.look_up(request),
            None => Answer::Now(Ok(Found::Unknown)),
        }
    }

    fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Result<bool, OutcomeCode>> {
        match (&who.identity, &self.file) {
            (Identity::Anonymous(_), _) if self.is_open => Answer::Now(Ok(who.authzid.is_none())),
            (Identity::Kerberos(_), _) => Answer::Now(Ok(self.has_kerberos && acts_as_itself(who))),
            (_, Some(file)) => file.authorize(who),
            (_, None) => Answer::Now(Ok(false)),
        }
    }

    fn likeness(&self, hash: Hash) -> Likeness {
        self.table().likeness(hash)
    }
}
