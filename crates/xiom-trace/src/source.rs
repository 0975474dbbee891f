//! One Rust file as tokens and the comments between them.
//!
//! Comments are what lies between two tokens, so no string, raw string or documentation can be taken
//! for one, and nested block comments are found whole.

use core::ops::Range;

use proc_macro2::{Delimiter, Span as TokenSpan, TokenStream, TokenTree};

use crate::Span;

/// A file, its tokens and its comments; offsets are octets from its start.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
    pub(crate) comments: Vec<Comment>,
    /// Where each line begins.
    lines: Vec<usize>,
}

/// One token; a whole doc comment counts as one.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) range: Range<usize>,
    pub(crate) kind: TokenKind,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum TokenKind {
    Word,
    Literal,
    Punctuation,
    Open,
    Close,
    Documentation,
}

/// One comment, a line's or a block.
#[derive(Debug)]
pub(crate) struct Comment {
    pub(crate) range: Range<usize>,
    /// Whether nothing but blanks stands before it on its line.
    pub(crate) alone: bool,
}

impl Source {
    /// The tokens and comments of `text`, from its `stream`.
    pub(crate) fn new(text: String, stream: TokenStream) -> Self {
        let mut tokens = Vec::new();
        flatten(&text, stream, &mut tokens);
        let lines = core::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at.saturating_add(1)))
            .collect();
        let mut source = Self { text, tokens, comments: Vec::new(), lines };
        source.find_comments();
        source
    }

    pub(crate) fn slice(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// The line, from 1, of `offset`.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset)
    }

    /// `range` as lines and columns.
    pub(crate) fn span(&self, range: &Range<usize>) -> Span {
        let (line, column) = self.position(range.start);
        let (end_line, end_column) = self.position(range.end);
        Span { line, column, end_line, end_column }
    }

    fn position(&self, offset: usize) -> (usize, usize) {
        let line = self.line(offset);
        let start = line.checked_sub(1).and_then(|index| self.lines.get(index)).copied();
        let before = self.slice(&(start.unwrap_or_default()..offset));
        (line, before.chars().count().saturating_add(1))
    }

    /// The index of the first token that begins at or after `offset`.
    pub(crate) fn token_after(&self, offset: usize) -> Option<usize> {
        let index = self.tokens.partition_point(|token| token.range.start < offset);
        (index < self.tokens.len()).then_some(index)
    }

    /// The texts of the tokens in `range`, without documentation.
    //= SRS_TRACE_01_021
    pub(crate) fn words<'a>(&'a self, range: &'a Range<usize>) -> impl Iterator<Item = &'a str> {
        let first = self.tokens.partition_point(|token| token.range.start < range.start);
        self.tokens
            .iter()
            .skip(first)
            .take_while(|token| token.range.start < range.end)
            .filter(|token| token.kind != TokenKind::Documentation)
            .map(|token| self.slice(&token.range))
    }

    fn find_comments(&mut self) {
        let mut comments = Vec::new();
        let mut end = 0;
        for start in self.tokens.iter().map(|it| it.range.start).chain([self.text.len()]) {
            if end < start {
                self.comments_in(end..start, &mut comments);
            }
            let index = self.tokens.partition_point(|token| token.range.start < start);
            end = self.tokens.get(index).map_or(start, |token| token.range.end).max(end);
        }
        self.comments = comments;
    }

    //= SRS_TRACE_01_009
    fn comments_in(&self, gap: Range<usize>, comments: &mut Vec<Comment>) {
        let mut at = gap.start;
        while let Some(rest) = self.text.get(at..gap.end) {
            let Some(slash) = rest.find('/') else { return };
            let Some(comment) = rest.get(slash..) else { return };
            let length = if comment.starts_with("//") {
                comment.find('\n').unwrap_or(comment.len())
            } else {
                block_length(comment)
            };
            let start = at.saturating_add(slash);
            at = start.saturating_add(length.max(1));
            let line = self.line(start).checked_sub(1).and_then(|index| self.lines.get(index));
            let before = self.slice(&(line.copied().unwrap_or_default()..start));
            comments.push(Comment { range: start..at, alone: before.trim().is_empty() });
        }
    }
}

/// How long the block comment at the start of `text` is; block comments nest.
fn block_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth = depth.saturating_add(1);
            at = at.saturating_add(2);
        } else if rest.starts_with("*/") {
            depth = depth.saturating_sub(1);
            at = at.saturating_add(2);
            if depth == 0 {
                return at;
            }
        } else {
            at = at.saturating_add(rest.chars().next().map_or(1, char::len_utf8));
        }
    }
    text.len()
}

fn flatten(text: &str, stream: TokenStream, out: &mut Vec<Token>) {
    for tree in stream {
        let range = tree.span().byte_range();
        if is_documentation(text, &range) {
            if out.last().is_none_or(|token| token.range != range) {
                out.push(Token { range, kind: TokenKind::Documentation });
            }
            continue;
        }
        let kind = match tree {
            TokenTree::Group(group) => {
                let delimited = group.delimiter() != Delimiter::None;
                if delimited {
                    push(out, group.span_open(), TokenKind::Open);
                }
                flatten(text, group.stream(), out);
                if delimited {
                    push(out, group.span_close(), TokenKind::Close);
                }
                continue;
            }
            TokenTree::Ident(_) => TokenKind::Word,
            TokenTree::Punct(_) => TokenKind::Punctuation,
            TokenTree::Literal(_) => TokenKind::Literal,
        };
        out.push(Token { range, kind });
    }
}

fn push(out: &mut Vec<Token>, span: TokenSpan, kind: TokenKind) {
    out.push(Token { range: span.byte_range(), kind });
}

/// All tokens that stand for a doc comment span the whole comment.
fn is_documentation(text: &str, range: &Range<usize>) -> bool {
    text.get(range.clone()).is_some_and(|it| it.starts_with("//") || it.starts_with("/*"))
}
