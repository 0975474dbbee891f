//! One page for people: a single file, without network, readable without JavaScript.
//!
//! Each view is a section of the page. The script only hides the views that are not asked for,
//! filters, and listens to keys; every fact and every link is there without it.

use alloc::collections::BTreeMap;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{Evidence, Place, Span};

mod audit;
mod code;
mod gaps;
mod head;
mod item;
mod list;
mod matrix;
mod parts;
mod snippet;
mod spec;

/// The style sheet.
const STYLE: &str = include_str!("page.css");
/// The script.
const SCRIPT: &str = include_str!("page.js");
/// What the page may load: nothing.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'";

/// The views after the head of the page: anchor and name.
const VIEWS: [(&str, &str); 6] = [
    ("requirements", "Requirements"),
    ("matrix", "Matrix"),
    ("spec", "Documents"),
    ("code", "Code"),
    ("gaps", "Gaps"),
    ("audit", "Audit"),
];

/// The evidence and the texts that it names.
struct Page<'a> {
    evidence: &'a Evidence,
    texts: BTreeMap<&'a str, String>,
    /// The number of each file that has a place in the code view.
    files: BTreeMap<&'a str, usize>,
}

pub(super) fn page(evidence: &Evidence, sources: &dyn Fn(&str) -> Option<String>) -> String {
    Page::new(evidence, sources).render().into_string()
}

impl<'a> Page<'a> {
    fn new(evidence: &'a Evidence, sources: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut texts = BTreeMap::new();
        let code = evidence.requirements.iter().flat_map(|it| &it.code);
        let shown = code
            .map(|it| it.place.file.as_str())
            .chain(evidence.documents.iter().map(|it| it.file.as_str()));
        for file in shown {
            if !texts.contains_key(file)
                && let Some(text) = sources(file)
            {
                texts.insert(file, text);
            }
        }
        let mut files: BTreeMap<&str, usize> = BTreeMap::new();
        for place in code::places(evidence) {
            files.insert(&place.file, 0);
        }
        for (number, slot) in files.values_mut().enumerate() {
            *slot = number + 1;
        }
        Self { evidence, texts, files }
    }

    fn render(&self) -> Markup {
        let Self { evidence, .. } = self;
        let title = format!("{}: requirement evidence", evidence.project);
        html! {
            (DOCTYPE)
            html lang="en" data-base=[self.base()] {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    title { (title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    a.skip href="#requirements" { "Skip to the requirements" }
                    (head::head(evidence))
                    nav aria-label="Views" {
                        @for (anchor, name) in VIEWS {
                            a href={ "#" (anchor) } { (name) (self.number(anchor)) }
                        }
                    }
                    main {
                        (list::view(self))
                        (matrix::view(evidence))
                        (spec::view(self))
                        (code::view(self))
                        (gaps::view(self))
                        (audit::view(self))
                    }
                    (parts::help())
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        }
    }

    /// The base of links to source lines, if it is an address of the web.
    fn base(&self) -> Option<&'a str> {
        let base = self.evidence.run.link_base.as_deref()?;
        (base.starts_with("https://") || base.starts_with("http://")).then_some(base)
    }

    /// How much is behind a view, where a number says something.
    fn number(&self, view: &str) -> Markup {
        let number = match view {
            "requirements" => self.evidence.requirements.len(),
            "gaps" => self.evidence.findings.len(),
            _ => return html! {},
        };
        html! { " " small { (number) } }
    }

    /// A link to the lines of `place`: to the file in the code view, which the script turns into a
    /// link to the source itself where its address is known.
    /// Lines of the file under whose name this stands.
    fn line(&self, span: Span) -> Markup {
        let lines = if span.line < span.end_line {
            format!("{}–{}", span.line, span.end_line)
        } else {
            span.line.to_string()
        };
        html! { @if self.base().is_some() { a.ln { (lines) } } @else { (lines) } }
    }

    fn link(&self, place: &Place) -> Markup {
        self.lines(&place.file, place.span.line, place.span.end_line)
    }

    fn lines(&self, file: &str, line: usize, end: usize) -> Markup {
        let text = match (line, end) {
            (0, _) => file.to_owned(),
            (line, end) if end > line => format!("{file}:{line}–{end}"),
            (line, _) => format!("{file}:{line}"),
        };
        let number = self.files.get(file).map(|number| format!("#file-{number}"));
        html! { a.at href=[number] { (text) } }
    }
}
