//! The source documents as models: written down as they stand, and asked to keep what they should.
//!
//! Each model says what is wrong with its document as a list of [`Defect`]s, each with the length of a
//! shortest way to it. They show why a rule of the specification differs from its source, and that the search
//! finds what it is to find.

pub mod oracle;
pub mod saslclientio;
pub mod thrift;
pub mod tlsio;

pub use saslclientio::saslclientio_defects;
pub use thrift::thrift_defects;
pub use tlsio::tlsio_defects;

use super::Size;
use crate::check::Checked;
use crate::run::{Entry, Subject};
use saslclientio::SaslClientIo;
use thrift::Thrift;
use tlsio::TlsIo;

/// Something a document should keep and does not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Defect {
    /// Its number.
    pub id: &'static str,
    /// The name of a property or of a return of the model.
    pub property: &'static str,
    /// Steps of a shortest way to it; none for what should be reached and never is.
    pub steps: usize,
    /// What happens.
    pub sentence: &'static str,
}

/// The number of a [`Defect`], and the steps of a shortest way to it in one configuration.
pub type Shown = (&'static str, usize);

/// Those of `all` that one configuration shows.
fn shown(all: &[Defect], shown: &[Shown]) -> Vec<Defect> {
    let find = |(id, steps): &Shown| {
        let defect = all.iter().find(|defect| defect.id == *id)?;
        Some(Defect { steps: *steps, ..*defect })
    };
    shown.iter().filter_map(find).collect()
}

/// Every configuration of every document.
#[must_use]
pub fn entries() -> Vec<Entry> {
    vec![
        document("literal-saslclientio-plain", |_| SaslClientIo::plain(), SaslClientIo::defects),
        document("literal-saslclientio-faulty", |_| SaslClientIo::faulty(), SaslClientIo::defects),
        document("literal-saslclientio", |_| SaslClientIo::reentrant(), SaslClientIo::defects),
        document("literal-saslclientio-late", |_| SaslClientIo::late(), SaslClientIo::defects),
        document("literal-saslclientio-early", |_| SaslClientIo::early(), SaslClientIo::defects),
        document(
            "literal-saslclientio-echoing",
            |_| SaslClientIo::echoing(),
            SaslClientIo::defects,
        ),
        document(
            "literal-saslclientio-destroying",
            |_| SaslClientIo::destroying(),
            SaslClientIo::defects,
        ),
        document("literal-tlsio-state-first", |_| TlsIo::state_first(), TlsIo::defects),
        document("literal-tlsio-calls-first", |_| TlsIo::calls_first(), TlsIo::defects),
        document(
            "literal-tlsio-state-first-reentrant",
            |_| TlsIo::state_first_reentrant(),
            TlsIo::defects,
        ),
        document(
            "literal-tlsio-calls-first-reentrant",
            |_| TlsIo::calls_first_reentrant(),
            TlsIo::defects,
        ),
        document("literal-thrift", |_| Thrift::literal(), Thrift::defects),
        document("literal-thrift-mutual", |_| Thrift::mutual(), Thrift::defects),
        document("literal-thrift-mutual-cut", |_| Thrift::mutual_cut(), Thrift::defects),
        document("literal-thrift-server-waits", |_| Thrift::server_waits(), Thrift::defects),
        document("literal-thrift-client-answers", |_| Thrift::client_answers(), Thrift::defects),
        document("literal-thrift-server-ends", |_| Thrift::server_ends(), Thrift::defects),
        document("literal-thrift-credulous", |_| Thrift::credulous(), Thrift::defects),
        document("literal-thrift-stranger", |_| Thrift::stranger(), Thrift::defects),
        document(
            "literal-thrift-credulous-stranger",
            |_| Thrift::credulous_stranger(),
            Thrift::defects,
        ),
    ]
}

fn document<M: Checked + 'static>(
    name: &'static str,
    make: fn(Size) -> M,
    defects: fn(&M) -> Vec<Defect>,
) -> Entry {
    let defects = defects(&make(Size::Review));
    let expected: Vec<_> = defects.iter().map(|it| (it.property, it.steps)).collect();
    Entry::new(name, Subject::Document, make).expecting(&expected)
}
