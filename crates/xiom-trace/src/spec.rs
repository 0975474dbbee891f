//! Requirements in Markdown: `**SRS_X_01_001: [** text **]**`.
//!
//! The text may span lines and hold brackets and code fences; only `**]` ends it. Everything that
//! looks like a requirement and is none is a finding, so that none is lost in silence.

use crate::hash::digest;
use crate::manifest::{Entry, Project, line_of};
use crate::{Finding, Rule, Strength};

/// One requirement as its document states it.
#[derive(Clone, Debug)]
pub struct Stated {
    /// The id.
    pub id: String,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// The line on which it ends.
    pub end_line: usize,
    /// The headings over it, from the outermost.
    pub section: Vec<String>,
    /// The text, without markup and with single spaces.
    pub text: String,
    /// The hash of that text.
    pub hash: String,
    /// How strongly it binds.
    pub strength: Strength,
}

/// One document and its requirements.
#[derive(Clone, Debug)]
pub struct Specification {
    /// What the manifest says about it.
    pub entry: Entry,
    /// Its file, relative to the root.
    pub file: String,
    /// Its first heading.
    pub title: String,
    /// The requirements, in its order.
    pub requirements: Vec<Stated>,
}

impl Specification {
    /// Reads the `text` of the document of `entry`, which is called `file`; what is wrong with it goes to
    /// `findings`.
    pub fn parse(entry: Entry, file: String, text: &str, findings: &mut Vec<Finding>) -> Self {
        let mut document = Self { entry, file, title: String::new(), requirements: Vec::new() };
        Reader { text, document: &mut document, findings, section: Vec::new() }.read();
        judge_count(&document, findings);
        document
    }
}

/// Reads the document of `entry`; what is wrong with it goes to `findings`.
pub(crate) fn read(project: &Project, entry: &Entry, findings: &mut Vec<Finding>) -> Specification {
    let file = project.beside(&entry.file);
    let text = match project.read(&file) {
        Ok(text) => text,
        Err(finding) => {
            findings.push(finding);
            String::new()
        }
    };
    Specification::parse(entry.clone(), file, &text, findings)
}

fn judge_count(document: &Specification, findings: &mut Vec<Finding>) {
    let (found, expected) = (document.requirements.len(), document.entry.expected);
    //= SRS_TRACE_01_004
    if found == 0 {
        findings.push(
            Finding::new(Rule::EmptySpec, &document.file, 1, "holds no requirement".into())
                .help("write requirements as `**ID: [** text **]**`, or take the document out"),
        );
    } else if found != expected {
        //= SRS_TRACE_01_005
        let message = format!("holds {found} requirements, the manifest expects {expected}");
        findings.push(
            Finding::new(Rule::WrongCount, &document.file, 1, message)
                .help("a requirement was lost or added: set `expected` in the same change"),
        );
    }
}

struct Reader<'a> {
    text: &'a str,
    document: &'a mut Specification,
    findings: &'a mut Vec<Finding>,
    section: Vec<(usize, String)>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut fenced = false;
        let mut offset = 0;
        while let Some(rest) = self.text.get(offset..).filter(|rest| !rest.is_empty()) {
            let line = rest.split_inclusive('\n').next().unwrap_or(rest);
            let mut next = offset.saturating_add(line.len());
            if line.trim_start().starts_with("```") {
                //= SRS_TRACE_01_006
                fenced = !fenced;
            } else if !fenced {
                self.heading(line);
                let mut from = offset;
                while let Some(after) = self.requirement(from, next) {
                    from = after;
                    if next < after {
                        let tail = self.text.get(after..).unwrap_or_default();
                        let tail = tail.split_inclusive('\n').next().map_or(0, str::len);
                        next = after.saturating_add(tail);
                    }
                }
            }
            offset = next;
        }
    }

    fn heading(&mut self, line: &str) {
        let depth = line.bytes().take_while(|octet| *octet == b'#').count();
        let Some(title) = line.get(depth..).and_then(|rest| rest.strip_prefix(' ')) else { return };
        if depth == 0 {
            return;
        }
        let title = plain(title);
        if self.document.title.is_empty() {
            self.document.title.clone_from(&title);
        }
        self.section.retain(|(above, _)| *above < depth);
        self.section.push((depth, title));
    }

    /// Reads the first requirement that begins in `from..until`; returns where it ends.
    fn requirement(&mut self, from: usize, until: usize) -> Option<usize> {
        let text = self.text;
        let line = text.get(from..until)?;
        let (start, id, body) = line.match_indices("**").find_map(|(at, _)| {
            let (id, length) = opening(line.get(at..)?)?;
            Some((from.saturating_add(at), id, from.saturating_add(at).saturating_add(length)))
        })?;
        let rest = text.get(body..)?;
        let number = line_of(text, start);
        let closing = rest.find("**]");
        let next = next_opening(rest);
        let end = match (closing, next) {
            (Some(end), None) => end,
            (Some(end), Some(next)) if end < next => end,
            //= SRS_TRACE_01_002
            _ => {
                let message = format!("{id} begins and has no closing `**]**`");
                self.findings.push(
                    Finding::new(Rule::UnclosedBracket, &self.document.file, number, message)
                        .about(id)
                        .help("close the text with `**]**` before the next requirement"),
                );
                return Some(until);
            }
        };
        let (stated, length) = (rest.get(..end)?, body.saturating_add(end));
        let words = plain(stated);
        //= SRS_TRACE_01_001
        self.document.requirements.push(Stated {
            id: id.into(),
            line: number,
            end_line: line_of(text, length),
            section: self.section.iter().map(|(_, title)| title.clone()).collect(),
            hash: digest([words.as_str()]),
            strength: Strength::of(&words),
            text: words,
        });
        Some(length.saturating_add("**]".len()))
    }
}

/// The id and the length of the opening of a requirement at the start of `text`, if it is one.
fn opening(text: &str) -> Option<(&str, usize)> {
    let rest = text.strip_prefix("**")?;
    let rest = rest.strip_prefix('`').unwrap_or(rest);
    let length = rest.find(|c: char| !is_id_character(c))?;
    let (id, rest) = (rest.get(..length)?, rest.get(length..)?);
    let rest = rest.strip_prefix('`').unwrap_or(rest);
    let rest = rest.trim_start_matches(' ');
    let rest = rest.strip_prefix(':').unwrap_or(rest).trim_start_matches(' ');
    let rest = rest.strip_prefix("[**")?;
    is_id(id).then_some((id, text.len().saturating_sub(rest.len())))
}

fn next_opening(text: &str) -> Option<usize> {
    text.match_indices("**")
        .map(|(at, _)| at)
        .find(|at| text.get(*at..).and_then(opening).is_some())
}

/// Whether `text` has the shape of an id: capitals, digits and underscores, a number at the end.
#[must_use]
pub fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().all(is_id_character)
        && text.rsplit_once('_').is_some_and(|(head, number)| {
            !head.is_empty() && !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit())
        })
}

pub(crate) const fn is_id_character(c: char) -> bool {
    c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'
}

/// The ids that `text` mentions, each with its line.
pub(crate) fn mentions(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().zip(1..).flat_map(|(line, number)| {
        line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .filter(|word| is_id(word))
            .map(move |word| (number, word))
    })
}

/// `text` without emphasis, code marks and link targets, with single spaces.
//= SRS_TRACE_01_003
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = match c {
            '*' | '`' => after,
            ']' => match after.strip_prefix('(').and_then(|link| link.split_once(')')) {
                Some((_, behind)) => behind,
                None => keep(&mut out, c, after),
            },
            '[' if after.split_once("](").is_some_and(|(words, _)| !words.contains(['[', ']'])) => {
                after
            }
            _ => keep(&mut out, c, after),
        };
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn keep<'a>(out: &mut String, c: char, rest: &'a str) -> &'a str {
    out.push(c);
    rest
}
