//! Backward traceability: public functions in cited files that no requirement explains.

use alloc::collections::BTreeMap;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItemFn, ItemFn, ItemImpl, ItemMod, Visibility};

use crate::citation::Kind;
use crate::evidence::Place;
use crate::target::type_name;
use crate::{Span, Trace};

/// The public functions in files that are cited as code, in which no citation lies.
pub(crate) fn unexplained(trace: &Trace) -> Vec<Place> {
    let mut cited: BTreeMap<&str, Vec<Span>> = BTreeMap::new();
    for link in trace.links.values().flatten() {
        if matches!(link.kind, Kind::Code | Kind::ByConstruction | Kind::Exception) {
            cited.entry(&link.place.file).or_default().push(link.place.span);
        }
    }
    let mut places = Vec::new();
    for (file, spans) in cited {
        let Ok(text) = trace.project.read(file) else { continue };
        let Ok(syntax) = syn::parse_file(&text) else { continue };
        let mut finder = Finder { file, spans: &spans, path: Vec::new(), places: &mut places };
        finder.visit_file(&syntax);
        proc_macro2::extra::invalidate_current_thread_spans();
    }
    places
}

struct Finder<'a> {
    file: &'a str,
    spans: &'a [Span],
    path: Vec<String>,
    places: &'a mut Vec<Place>,
}

impl Finder<'_> {
    fn judge(&mut self, name: String, attributes: &[Attribute], node: &impl Spanned) {
        if attributes.iter().any(|it| it.path().is_ident("test")) {
            return;
        }
        let (start, end) = (node.span().start(), node.span().end());
        let span = Span {
            line: start.line,
            column: start.column.saturating_add(1),
            end_line: end.line,
            end_column: end.column.saturating_add(1),
        };
        if self.spans.iter().any(|it| span.contains(*it) || it.contains(span)) {
            return;
        }
        let mut item = self.path.clone();
        item.push(name);
        self.places.push(Place { file: self.file.into(), item: item.join("::"), span });
    }

    fn within(&mut self, name: String, visit: impl FnOnce(&mut Self)) {
        self.path.push(name);
        visit(self);
        self.path.pop();
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_mod(&mut self, node: &'ast ItemMod) {
        self.within(node.ident.to_string(), |finder| visit::visit_item_mod(finder, node));
    }

    fn visit_item_impl(&mut self, node: &'ast ItemImpl) {
        let name = type_name(&node.self_ty);
        self.within(name, |finder| visit::visit_item_impl(finder, node));
    }

    fn visit_item_fn(&mut self, node: &'ast ItemFn) {
        if matches!(node.vis, Visibility::Public(_)) {
            self.judge(node.sig.ident.to_string(), &node.attrs, node);
        }
    }

    fn visit_impl_item_fn(&mut self, node: &'ast ImplItemFn) {
        if matches!(node.vis, Visibility::Public(_)) {
            self.judge(node.sig.ident.to_string(), &node.attrs, node);
        }
    }
}
