//! What a comment says that cites requirements.
//!
//! `//= kind ID, ID: reason`, and the habit of C code, `/* Codes_ID: [ text ] */` and `Tests_ID`.

use jiff::civil::Date;

use crate::spec::{is_id, is_id_character};

/// The most ids that one citation may name.
pub(crate) const MOST_IDS: usize = 3;

/// What a citation claims.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    /// The code after it satisfies the requirement.
    Code,
    /// The test after it would fail without it.
    Test,
    /// The model property after it witnesses it.
    Model,
    /// The fuzz target after it witnesses it.
    Fuzz,
    /// The compilation of the item after it proves it.
    ByConstruction,
    /// It is waived until a date.
    Exception,
}

impl Kind {
    /// The word for it in a citation; empty for code.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Code => "",
            Self::Test => "test",
            Self::Model => "model",
            Self::Fuzz => "fuzz",
            Self::ByConstruction => "by-construction",
            Self::Exception => "exception",
        }
    }

    fn of(word: &str) -> Option<Self> {
        [Self::Test, Self::Model, Self::Fuzz, Self::ByConstruction, Self::Exception]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// One citation as written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Citation {
    pub(crate) kind: Kind,
    pub(crate) ids: Vec<String>,
    pub(crate) reason: String,
    pub(crate) until: Option<Date>,
}

/// The citations in `comment`; `Err` says what cannot be understood.
pub(crate) fn parse(comment: &str) -> Result<Vec<Citation>, String> {
    match comment.strip_prefix("//=") {
        Some(body) if body.starts_with('=') => Ok(Vec::new()),
        Some(body) => marked(body).map(|citation| vec![citation]),
        None => Ok(c_habit(comment)),
    }
}

fn marked(body: &str) -> Result<Citation, String> {
    let body = body.strip_prefix(' ').ok_or("`//=` needs a space after it")?.trim();
    let (head, reason) = body.split_once(':').unwrap_or((body, ""));
    let mut words = head.split([' ', ',']).filter(|word| !word.is_empty()).peekable();
    let kind = match words.peek().copied().and_then(Kind::of) {
        Some(kind) => {
            words.next();
            kind
        }
        None => Kind::Code,
    };
    let ids: Vec<String> = words.map(Into::into).collect();
    if ids.is_empty() {
        return Err("names no id".into());
    }
    if let Some(word) = ids.iter().find(|word| !is_id(word)) {
        return Err(format!("`{word}` is neither a kind of citation nor an id"));
    }
    let (reason, until) = split_until(reason.trim())?;
    let wants_reason = matches!(kind, Kind::ByConstruction | Kind::Exception);
    if wants_reason && reason.is_empty() {
        return Err(format!("`{}` needs a reason after a colon", kind.word()));
    }
    if !wants_reason && !reason.is_empty() {
        return Err("only by-construction and exception take a reason".into());
    }
    match (kind, until) {
        (Kind::Exception, None) => Err("`exception` needs `until=YYYY-MM-DD`".into()),
        (Kind::Exception, until) => Ok(Citation { kind, ids, reason, until }),
        (_, Some(_)) => Err("only `exception` takes a date".into()),
        (_, None) => Ok(Citation { kind, ids, reason, until }),
    }
}

fn split_until(reason: &str) -> Result<(String, Option<Date>), String> {
    let Some((before, date)) = reason.rsplit_once("until=") else {
        return Ok((reason.into(), None));
    };
    let date = date.trim();
    let until = date.parse().map_err(|_| format!("`{date}` is no date like 2027-06-30"))?;
    Ok((before.trim_end().into(), Some(until)))
}

/// `Codes_` and `Tests_` before an id, anywhere in the comment.
//= SRS_TRACE_01_011
fn c_habit(comment: &str) -> Vec<Citation> {
    let mut citations = Vec::new();
    for (prefix, kind) in [("Codes_", Kind::Code), ("Tests_", Kind::Test)] {
        for (at, _) in comment.match_indices(prefix) {
            let rest = comment.get(at.saturating_add(prefix.len())..).unwrap_or_default();
            let id = rest.split(|c| !is_id_character(c)).next().unwrap_or_default();
            if is_id(id) {
                let ids = vec![id.to_owned()];
                citations.push(Citation { kind, ids, reason: String::new(), until: None });
            }
        }
    }
    citations
}
