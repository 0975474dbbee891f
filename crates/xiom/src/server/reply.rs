//! The users' reply to the question of one connection.
//!
//! Invariant: every way out of here is an answer that the users gave, or a refusal.

use alloc::sync::Arc;
use core::fmt;

use xiom_core::{OutcomeCode, WireBuf};
use xiom_sasl::server::Question;

use super::ServerLayers;
use crate::{Found, Users};

/// What the users say to the question of one connection; see [`super::Server::ask`].
#[must_use = "a question that is not answered is asked until the deadline"]
pub struct Reply(Result<Said, OutcomeCode>);

enum Said {
    Found(Found<'static>),
    Authorized(bool),
    /// Nothing was asked.
    Nothing,
}

impl Reply {
    /// A refusal for an error of this application.
    pub const fn refused(code: OutcomeCode) -> Self {
        Self(Err(code))
    }

    /// Gives it to `layers`; one that does not fit what they ask ends the exchange.
    pub fn give(self, layers: &mut ServerLayers, out: &mut WireBuf) {
        layers.with_upper(out, |sasl, out| match self.0 {
            //= SRS_SASL_MECHANISMS_01_144
            Ok(Said::Found(found)) => sasl.lookup(found.as_answer(), out),
            Ok(Said::Authorized(granted)) => sasl.authorize(granted, out),
            Ok(Said::Nothing) => {}
            //= SRS_SASL_MECHANISMS_01_143
            Err(code) => sasl.refuse(code, out),
        });
    }
}

/// The kind alone: keys and names are nobody's business.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").finish_non_exhaustive()
    }
}

pub(super) async fn ask(users: Arc<dyn Users>, question: Option<Question>) -> Reply {
    let said = match &question {
        Some(Question::Lookup(request)) => {
            let found = users.look_up(request).wait().await;
            found.map(|found| Said::Found(found.into_owned()))
        }
        Some(Question::Authorize(who)) => users.authorize(who).wait().await.map(Said::Authorized),
        None => Ok(Said::Nothing),
    };
    Reply(said)
}
