//! What a citation attaches to: the next item, statement, arm or block.
//!
//! A target is found by where it begins, from the syntax tree, so a citation can never cover more or
//! less than one whole thing.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the syntax has many forms; those not named are whole"
)]

use core::ops::Range;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Arm, Attribute, Block, Expr, Field, FieldValue, File, ForeignItem, ImplItem, Item, ItemImpl,
    ItemMod, ItemTrait, Local, Macro, Meta, Stmt, TraitItem, Type, Variant,
};

use crate::source::{Source, TokenKind};

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shape {
    Module,
    Function,
    Test,
    /// A `const _`, whose compilation can be a proof.
    Proof,
    /// A declaration that is never executed.
    Declaration,
    /// Code inside of a function.
    Code,
}

/// One thing that a citation can attach to.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) range: Range<usize>,
    /// The part whose execution counts; `None` when nothing of it is ever executed.
    pub(crate) principal: Option<Range<usize>>,
    pub(crate) shape: Shape,
    pub(crate) item: String,
    /// Whether it is compiled for tests only.
    pub(crate) in_test: bool,
    /// Whether its documentation holds an example that must not compile.
    pub(crate) compile_fail: bool,
}

/// The targets that begin at the offsets `starts`, which are sorted; the outermost for each.
pub(crate) fn find(file: &File, source: &Source, starts: &[usize]) -> Vec<Option<Target>> {
    let mut finder = Finder {
        source,
        starts,
        found: vec![None; starts.len()],
        path: Vec::new(),
        in_test: false,
        macros: Vec::new(),
    };
    finder.visit_file(file);
    let macros = finder.macros;
    let mut found = finder.found;
    for (slot, start) in found.iter_mut().zip(starts) {
        if slot.is_none() {
            let inside = macros.iter().find(|(range, ..)| range.contains(start));
            *slot = inside.and_then(|(range, path, in_test)| {
                in_macro(source, *start, range.end, path, *in_test)
            });
        }
    }
    found
}

struct Finder<'a> {
    source: &'a Source,
    starts: &'a [usize],
    found: Vec<Option<Target>>,
    path: Vec<String>,
    in_test: bool,
    /// The insides of macro calls, which the syntax tree does not look into.
    macros: Vec<(Range<usize>, Vec<String>, bool)>,
}

impl Finder<'_> {
    /// Whether any wanted start lies in `range`.
    fn is_wanted(&self, range: &Range<usize>) -> bool {
        let index = self.starts.partition_point(|start| *start < range.start);
        self.starts.get(index).is_some_and(|start| *start < range.end)
    }

    /// Notes what begins at a wanted start, before, among or behind its attributes, unless something
    /// around it begins there too.
    fn note(
        &mut self,
        range: &Range<usize>,
        attributes: &[Attribute],
        shape: Shape,
        principal: Option<Range<usize>>,
    ) {
        let behind = attributes.last().map(|last| bytes(last).end);
        let behind = behind.and_then(|end| self.source.token_after(end));
        let behind = behind.and_then(|index| self.source.tokens.get(index));
        let behind = behind.map_or(range.start, |token| token.range.start);
        let first = self.starts.partition_point(|start| *start < range.start);
        let target = Target {
            range: range.clone(),
            principal,
            shape,
            item: self.path.join("::"),
            in_test: self.in_test,
            compile_fail: attributes.iter().any(is_compile_fail),
        };
        //= SRS_TRACE_01_012
        for (slot, start) in self.found.iter_mut().zip(self.starts).skip(first) {
            if *start <= behind && slot.is_none() {
                *slot = Some(target.clone());
            }
        }
    }

    /// Visits a named thing: its path and whether it is test code hold inside of it.
    fn within(&mut self, name: String, attributes: &[Attribute], visit: impl FnOnce(&mut Self)) {
        let in_test = self.in_test;
        self.in_test |= attributes.iter().any(|it| is_test_marker(it) || is_cfg_test(it));
        self.path.push(name);
        visit(self);
        self.path.pop();
        self.in_test = in_test;
    }

    fn function(&mut self, range: &Range<usize>, attributes: &[Attribute], block: Option<&Block>) {
        let is_test = attributes.iter().any(is_test_marker);
        let shape = match block {
            Some(_) if is_test => Shape::Test,
            Some(_) => Shape::Function,
            None => Shape::Declaration,
        };
        self.note(range, attributes, shape, block.map(bytes));
    }

    fn expression(&mut self, range: &Range<usize>, expression: &Expr) {
        self.note(range, &[], Shape::Code, Some(principal(expression)));
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item(&mut self, node: &'ast Item) {
        let range = bytes(node);
        if !self.is_wanted(&range) {
            return;
        }
        let (name, attributes) = describe(node);
        self.within(name, attributes, |finder| {
            match node {
                Item::Mod(_) => finder.note(&range, attributes, Shape::Module, None),
                Item::Fn(it) => finder.function(&range, &it.attrs, Some(&it.block)),
                Item::Const(it) if it.ident == "_" => {
                    finder.note(&range, attributes, Shape::Proof, None);
                }
                Item::Macro(_) => finder.note(&range, attributes, Shape::Code, Some(range.clone())),
                _ => finder.note(&range, attributes, Shape::Declaration, None),
            }
            visit::visit_item(finder, node);
        });
    }

    fn visit_impl_item(&mut self, node: &'ast ImplItem) {
        let range = bytes(node);
        if !self.is_wanted(&range) {
            return;
        }
        if let ImplItem::Fn(it) = node {
            self.within(it.sig.ident.to_string(), &it.attrs, |finder| {
                finder.function(&range, &it.attrs, Some(&it.block));
                visit::visit_impl_item(finder, node);
            });
        } else {
            self.note(&range, &[], Shape::Declaration, None);
            visit::visit_impl_item(self, node);
        }
    }

    fn visit_trait_item(&mut self, node: &'ast TraitItem) {
        let range = bytes(node);
        if !self.is_wanted(&range) {
            return;
        }
        if let TraitItem::Fn(it) = node {
            self.within(it.sig.ident.to_string(), &it.attrs, |finder| {
                finder.function(&range, &it.attrs, it.default.as_ref());
                visit::visit_trait_item(finder, node);
            });
        } else {
            self.note(&range, &[], Shape::Declaration, None);
            visit::visit_trait_item(self, node);
        }
    }

    fn visit_foreign_item(&mut self, node: &'ast ForeignItem) {
        self.note(&bytes(node), &[], Shape::Declaration, None);
    }

    fn visit_variant(&mut self, node: &'ast Variant) {
        self.note(&bytes(node), &node.attrs, Shape::Declaration, None);
    }

    fn visit_field(&mut self, node: &'ast Field) {
        self.note(&bytes(node), &node.attrs, Shape::Declaration, None);
    }

    fn visit_stmt(&mut self, node: &'ast Stmt) {
        let range = bytes(node);
        if !self.is_wanted(&range) {
            return;
        }
        match node {
            Stmt::Local(local) => {
                let principal = principal_of_local(local, &range);
                self.note(&range, &local.attrs, Shape::Code, principal);
            }
            Stmt::Expr(expression, _) => self.expression(&range, expression),
            Stmt::Macro(it) => self.note(&range, &it.attrs, Shape::Code, Some(range.clone())),
            Stmt::Item(_) => {}
        }
        visit::visit_stmt(self, node);
    }

    fn visit_arm(&mut self, node: &'ast Arm) {
        let range = bytes(node);
        if self.is_wanted(&range) {
            self.note(&range, &node.attrs, Shape::Code, Some(bytes(&*node.body)));
            visit::visit_arm(self, node);
        }
    }

    fn visit_expr(&mut self, node: &'ast Expr) {
        let range = bytes(node);
        if self.is_wanted(&range) {
            self.expression(&range, node);
            visit::visit_expr(self, node);
        }
    }

    fn visit_field_value(&mut self, node: &'ast FieldValue) {
        let range = bytes(node);
        if self.is_wanted(&range) {
            self.note(&range, &node.attrs, Shape::Code, Some(principal(&node.expr)));
            visit::visit_field_value(self, node);
        }
    }

    fn visit_macro(&mut self, node: &'ast Macro) {
        let delimiters = node.delimiter.span();
        let inside = delimiters.open().byte_range().end..delimiters.close().byte_range().start;
        self.macros.push((inside, self.path.clone(), self.in_test));
    }
}

/// The part of `expression` whose execution counts.
//= SRS_TRACE_01_014
fn principal(expression: &Expr) -> Range<usize> {
    match expression {
        Expr::If(it) => bytes(&it.then_branch),
        Expr::While(it) => bytes(&it.body),
        Expr::ForLoop(it) => bytes(&it.body),
        Expr::Loop(it) => bytes(&it.body),
        Expr::Closure(it) => bytes(&*it.body),
        _ => bytes(expression),
    }
}

fn principal_of_local(local: &Local, range: &Range<usize>) -> Option<Range<usize>> {
    let init = local.init.as_ref()?;
    Some(init.diverge.as_ref().map_or_else(|| range.clone(), |(_, diverge)| bytes(&**diverge)))
}

fn bytes(node: &impl Spanned) -> Range<usize> {
    node.span().byte_range()
}

fn describe(item: &Item) -> (String, &[Attribute]) {
    match item {
        Item::Const(it) => (it.ident.to_string(), &it.attrs),
        Item::Enum(it) => (it.ident.to_string(), &it.attrs),
        Item::Fn(it) => (it.sig.ident.to_string(), &it.attrs),
        Item::Impl(ItemImpl { self_ty, attrs, .. }) => (type_name(self_ty), attrs),
        Item::Macro(it) => {
            let name = it.ident.as_ref().map_or_else(|| "macro".into(), ToString::to_string);
            (name, &it.attrs)
        }
        Item::Static(it) => (it.ident.to_string(), &it.attrs),
        Item::Struct(it) => (it.ident.to_string(), &it.attrs),
        Item::Mod(ItemMod { ident, attrs, .. }) | Item::Trait(ItemTrait { ident, attrs, .. }) => {
            (ident.to_string(), attrs)
        }
        Item::Type(it) => (it.ident.to_string(), &it.attrs),
        Item::Use(it) => ("use".into(), &it.attrs),
        _ => ("item".into(), &[]),
    }
}

/// The last word of the type's name.
pub(crate) fn type_name(of: &Type) -> String {
    match of {
        Type::Path(path) => path.path.segments.last().map(|it| it.ident.to_string()),
        Type::Reference(reference) => Some(type_name(&reference.elem)),
        _ => None,
    }
    .unwrap_or_else(|| "impl".into())
}

/// Whether the attribute makes a function a test: its last word is one of the usual ones.
fn is_test_marker(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|it| {
        ["test", "rstest", "test_case", "test_matrix"].iter().any(|w| it.ident == w)
    })
}

fn is_cfg_test(attribute: &Attribute) -> bool {
    match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => list.tokens.to_string() == "test",
        _ => false,
    }
}

fn is_compile_fail(attribute: &Attribute) -> bool {
    match &attribute.meta {
        Meta::NameValue(it) if it.path.is_ident("doc") => match &it.value {
            Expr::Lit(literal) => match &literal.lit {
                syn::Lit::Str(text) => {
                    let text = text.value();
                    text.trim_start().starts_with("```") && text.contains("compile_fail")
                }
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}

/// The function or statement that begins at `start` inside of a macro call that ends at `end`.
//= SRS_TRACE_01_016
fn in_macro(
    source: &Source,
    start: usize,
    end: usize,
    path: &[String],
    in_test: bool,
) -> Option<Target> {
    let first = source.token_after(start)?;
    let tokens: Vec<(&str, &Range<usize>, TokenKind)> = source
        .tokens
        .iter()
        .skip(first)
        .take_while(|token| token.range.start < end)
        .map(|token| (source.slice(&token.range), &token.range, token.kind))
        .collect();
    let mut depth = 0_usize;
    let mut marked = false;
    let mut name = None;
    let mut stop = None;
    let mut rest = tokens.iter().peekable();
    while let Some((word, range, kind)) = rest.next() {
        match kind {
            TokenKind::Open => depth = depth.saturating_add(1),
            TokenKind::Close if depth == 0 => break,
            TokenKind::Close => depth = depth.saturating_sub(1),
            TokenKind::Word if name.is_none() && *word == "test" => marked = true,
            TokenKind::Word if name.is_none() && *word == "fn" && depth == 0 => {
                name = rest.peek().map(|(name, ..)| (*name).to_owned());
            }
            TokenKind::Word
            | TokenKind::Literal
            | TokenKind::Punctuation
            | TokenKind::Documentation => {}
        }
        stop = Some(range.end);
        let ends_here = match name {
            Some(_) => *word == "}",
            None => matches!(*word, ";" | "," | "}"),
        };
        if depth == 0 && ends_here {
            break;
        }
    }
    let range = start..stop?;
    let mut item = path.to_vec();
    // The name of the macro is no part of a test's name.
    if item.last().is_some_and(|last| last == "macro") {
        item.pop();
    }
    item.extend(name.clone());
    let shape = match name {
        Some(_) if marked => Shape::Test,
        Some(_) => Shape::Function,
        None => Shape::Code,
    };
    let principal = Some(range.clone());
    let item = item.join("::");
    Some(Target { range, principal, shape, item, in_test: in_test || marked, compile_fail: false })
}
