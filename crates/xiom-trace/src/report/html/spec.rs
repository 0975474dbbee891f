//! The documents as they are written, each requirement tinted and named by where it stands.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "tags that lead nowhere are passed on as they are"
)]

use alloc::collections::BTreeMap;

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{
    CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, TextMergeWithOffset, html::push_html,
};

use super::super::tally::Share;
use super::Page;
use super::parts::mark;
use crate::{Document, Requirement};

pub(super) fn view(page: &Page<'_>) -> Markup {
    html! {
        section #spec {
            h2 { "Documents" }
            @for document in &page.evidence.documents {
                article id={ "spec-" (document.name) } {
                    p.file { (page.lines(&document.file, 0, 0)) }
                    @match page.texts.get(document.file.as_str()) {
                        Some(text) => { (rendered(page, document, text)) }
                        None => { h3 { (document.title) } p { "The document is not at hand, or changed since the run." } }
                    }
                }
            }
        }
    }
}

fn rendered(page: &Page<'_>, document: &Document, text: &str) -> Markup {
    let requirements: Vec<&Requirement> =
        page.evidence.requirements.iter().filter(|it| it.document == document.name).collect();
    let mut writer = Writer {
        lines: Lines::new(text),
        by_id: requirements.iter().map(|it| (it.id.as_str(), *it)).collect(),
        by_line: requirements.iter().map(|it| (it.line, *it)).collect(),
        depth: 0,
        open: None,
        events: Vec::new(),
    };
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    for (event, range) in
        TextMergeWithOffset::new(Parser::new_ext(text, options).into_offset_iter())
    {
        let first = writer.lines.number(range.start);
        let last = writer.lines.number(range.end.saturating_sub(1).max(range.start));
        writer.take(event, first, last);
    }
    let mut out = String::with_capacity(text.len() * 2);
    push_html(&mut out, writer.events.into_iter());
    PreEscaped(out)
}

/// From offsets to numbers of lines.
struct Lines(Vec<usize>);

impl Lines {
    fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, octet)| *octet == b'\n');
        Self(ends.map(|(offset, _)| offset).collect())
    }

    fn number(&self, offset: usize) -> usize {
        self.0.partition_point(|end| *end < offset) + 1
    }
}

/// A box around the blocks of one requirement.
struct Open {
    depth: usize,
    /// Where the requirement ends; `None` when the box fills an item of a list.
    end_line: Option<usize>,
}

struct Writer<'a> {
    lines: Lines,
    by_id: BTreeMap<&'a str, &'a Requirement>,
    by_line: BTreeMap<usize, &'a Requirement>,
    depth: usize,
    open: Option<Open>,
    events: Vec<Event<'a>>,
}

impl<'a> Writer<'a> {
    fn take(&mut self, event: Event<'a>, first: usize, last: usize) {
        match event {
            Event::Start(tag) => self.start(tag, first, last),
            Event::End(tag) => self.end(tag, last),
            Event::Text(text) => self.text(text),
            Event::Html(text) | Event::InlineHtml(text) => self.events.push(Event::Text(text)),
            Event::Code(_)
            | Event::SoftBreak
            | Event::HardBreak
            | Event::Rule
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => self.events.push(event),
        }
    }

    fn start(&mut self, tag: Tag<'a>, first: usize, last: usize) {
        let block = matches!(tag, Tag::Paragraph | Tag::Item);
        // An item must begin with the requirement; it may hold a list of others.
        let last = if tag == Tag::Item { first } else { last };
        let begins = self.by_line.range(first..=last).next().map(|(_, it)| *it);
        let found = begins.filter(|_| block && self.open.is_none());
        match found {
            // The box lies in the item, and around the paragraph.
            Some(it) if tag == Tag::Item => {
                self.events.push(Event::Start(tag));
                self.begin(it, self.depth + 1, None);
            }
            Some(it) => {
                self.begin(it, self.depth, Some(it.end_line));
                self.events.push(Event::Start(tag));
            }
            None => self.plain(tag),
        }
        self.depth += 1;
    }

    /// A tag as it is, but without anything that leads out of the page.
    fn plain(&mut self, tag: Tag<'a>) {
        match tag {
            Tag::Heading { level, .. } => {
                let level = deeper(level);
                let (id, classes, attrs) = (None, Vec::new(), Vec::new());
                self.events.push(Event::Start(Tag::Heading { level, id, classes, attrs }));
            }
            Tag::Link { dest_url, .. } => {
                let open = html! { (PreEscaped("<span class=\"link\" title=\"")) (&*dest_url) (PreEscaped("\">")) };
                self.raw(open.into_string());
            }
            Tag::Image { .. } | Tag::HtmlBlock => self.raw("<span>".into()),
            tag => self.events.push(Event::Start(tag)),
        }
    }

    fn end(&mut self, tag: TagEnd, last: usize) {
        self.depth = self.depth.saturating_sub(1);
        // What encloses the box ends, so the box does too.
        if self.open.as_ref().is_some_and(|open| self.depth < open.depth) {
            self.close();
        }
        match tag {
            TagEnd::Heading(level) => self.events.push(Event::End(TagEnd::Heading(deeper(level)))),
            TagEnd::Link | TagEnd::Image | TagEnd::HtmlBlock => self.raw("</span>".into()),
            tag => self.events.push(Event::End(tag)),
        }
        let done =
            |open: &Open| self.depth == open.depth && open.end_line.is_some_and(|end| last >= end);
        if self.open.as_ref().is_some_and(done) {
            self.close();
        }
    }

    /// Where an id stands at the head of a requirement, its standing comes first.
    fn text(&mut self, text: CowStr<'a>) {
        let head = text.split([':', ' ']).next().and_then(|id| self.by_id.remove(id));
        let bold = matches!(self.events.last(), Some(Event::Start(Tag::Strong)));
        match head {
            Some(it) if bold => {
                let rest: String = text.get(it.id.len()..).unwrap_or_default().to_owned();
                let share = Share::of(it);
                let label = html! {
                    span.label {
                        b.v.(share.class()) { (share.name()) } " "
                        span.(it.status.word()) { (mark(it.status)) " " (it.status.word()) }
                    }
                    a id={ "spec-" (it.id) } href={ "#" (it.id) } { (it.id) }
                };
                self.raw(label.into_string());
                self.events.push(Event::Text(rest.into()));
            }
            Some(it) => {
                self.by_id.insert(&it.id, it);
                self.events.push(Event::Text(text));
            }
            None => self.events.push(Event::Text(text)),
        }
    }

    fn begin(&mut self, it: &Requirement, depth: usize, end_line: Option<usize>) {
        self.raw(format!("<div class=\"q {}\">", Share::of(it).class()));
        self.open = Some(Open { depth, end_line });
    }

    fn close(&mut self) {
        self.open = None;
        self.raw("</div>".into());
    }

    fn raw(&mut self, html: String) {
        self.events.push(Event::InlineHtml(html.into()));
    }
}

/// The heading two levels below, so that it stands below those of the page.
const fn deeper(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}
