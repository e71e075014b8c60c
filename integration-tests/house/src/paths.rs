//! The paths that a module's code names.

use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Item, UseTree};

/// The paths in an item, each as its names. Not those of variables, which are one small word.
pub(crate) fn paths_in(item: &Item) -> Vec<Vec<String>> {
    let mut paths = Paths(Vec::new());
    paths.visit_item(item);
    paths.0
}

/// True for what is there in tests only.
pub(crate) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Path>().is_ok_and(|what| what.is_ident("test"))
    })
}

struct Paths(Vec<Vec<String>>);

impl Paths {
    fn add(&mut self, path: &syn::Path) {
        self.0.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
    }
}

impl<'a> Visit<'a> for Paths {
    fn visit_path(&mut self, path: &'a syn::Path) {
        let may_be_variable = |name: &syn::Ident| name.to_string().starts_with(|c: char| c.is_lowercase());
        if !path.get_ident().is_some_and(may_be_variable) {
            self.add(path);
        }
        visit::visit_path(self, path);
    }

    fn visit_expr_call(&mut self, call: &'a syn::ExprCall) {
        if let Expr::Path(called) = &*call.func {
            self.add(&called.path);
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_impl_item_fn(&mut self, function: &'a syn::ImplItemFn) {
        if !is_for_tests(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    /// The path of `pub(in …)` uses nothing.
    fn visit_visibility(&mut self, _: &'a syn::Visibility) {}

    /// A `use` within a function.
    fn visit_item_use(&mut self, brought: &'a syn::ItemUse) {
        self.add_brought(&brought.tree, &mut Vec::new());
    }
}

impl Paths {
    fn add_brought(&mut self, tree: &UseTree, before: &mut Vec<String>) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.add_brought(&path.tree, before);
                before.pop();
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_brought(tree, before)),
            UseTree::Name(name) => self.0.push([&before[..], &[name.ident.to_string()]].concat()),
            UseTree::Rename(rename) => self.0.push([&before[..], &[rename.ident.to_string()]].concat()),
            UseTree::Glob(_) => self.0.push(before.clone()),
        }
    }
}
