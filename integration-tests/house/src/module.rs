//! A crate's modules as its sources have them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Item, UseTree, Visibility};

use crate::paths::{is_for_tests, paths_in};

/// The names of a module from the crate's root down; the root has none.
pub(crate) type Name = Vec<String>;

/// A crate's modules by name.
#[derive(Debug, Default)]
pub struct Crate {
    pub(crate) modules: BTreeMap<Name, Module>,
}

/// The names that one module declares, brings in and uses.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// The items that it defines itself, but for modules.
    pub(crate) items: Vec<String>,
    pub(crate) imports: Vec<Import>,
    /// The paths in its code.
    pub(crate) paths: Vec<Vec<String>>,
}

/// A name that a `use` brings into a module.
#[derive(Debug)]
pub(crate) struct Import {
    pub(crate) path: Vec<String>,
    /// How it is called here; `*` for all that the path has.
    pub(crate) name: String,
    pub(crate) is_exported: bool,
}

/// A source that cannot be read.
#[derive(Debug)]
pub struct ReadError(String);

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ReadError {}

impl Crate {
    /// Reads the crate of this root file, and the files of its modules.
    ///
    /// # Errors
    /// Where a file is missing or is not Rust.
    pub fn read(root: &Path) -> Result<Self, ReadError> {
        let mut read = Self::default();
        let folder = root.parent().unwrap_or(Path::new(""));
        read.add_file(Name::new(), root, folder)?;
        Ok(read)
    }

    /// The crate whose modules all stand in one text.
    ///
    /// # Errors
    /// Where it is not Rust.
    pub fn of_text(text: &str) -> Result<Self, ReadError> {
        let file = syn::parse_file(text).map_err(|error| ReadError(error.to_string()))?;
        let mut read = Self::default();
        read.add(Name::new(), &file.items, Path::new(""))?;
        Ok(read)
    }

    fn add_file(&mut self, name: Name, path: &Path, folder: &Path) -> Result<(), ReadError> {
        let cannot = |why: String| ReadError(format!("{}: {why}", path.display()));
        let text = fs::read_to_string(path).map_err(|error| cannot(error.to_string()))?;
        let file = syn::parse_file(&text).map_err(|error| cannot(error.to_string()))?;
        self.add(name, &file.items, folder)
    }

    /// Adds a module with its items; the files of its modules lie in this folder.
    fn add(&mut self, name: Name, items: &[Item], folder: &Path) -> Result<(), ReadError> {
        let mut module = Module::default();
        for item in items.iter().filter(|item| !is_for_tests(attributes(item))) {
            match item {
                Item::Mod(inner) => {
                    let called = inner.ident.to_string();
                    let (child, within) = ([&name[..], std::slice::from_ref(&called)].concat(), folder.join(&called));
                    match &inner.content {
                        Some((_, items)) => self.add(child, items, &within)?,
                        None => self.add_file(child, &file_of(folder, &called), &within)?,
                    }
                }
                Item::Use(brought) => {
                    let is_exported = !matches!(brought.vis, Visibility::Inherited);
                    imports(&brought.tree, &mut Vec::new(), is_exported, &mut module.imports);
                }
                item => {
                    module.items.extend(defined_by(item));
                    module.paths.extend(paths_in(item));
                }
            }
        }
        self.modules.insert(name, module);
        Ok(())
    }
}

fn file_of(folder: &Path, module: &str) -> PathBuf {
    let file = folder.join(format!("{module}.rs"));
    if file.exists() { file } else { folder.join(module).join("mod.rs") }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// The name that an item defines, if it has one.
fn defined_by(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

/// The names that a `use` brings in.
fn imports(tree: &UseTree, before: &mut Vec<String>, is_exported: bool, found: &mut Vec<Import>) {
    let (last, name) = match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            imports(&path.tree, before, is_exported, found);
            before.pop();
            return;
        }
        UseTree::Group(group) => {
            return group.items.iter().for_each(|tree| imports(tree, before, is_exported, found));
        }
        UseTree::Name(name) => (name.ident.to_string(), name.ident.to_string()),
        UseTree::Rename(rename) => (rename.ident.to_string(), rename.rename.to_string()),
        UseTree::Glob(_) => (String::new(), "*".to_owned()),
    };
    // `use a::{self}` brings in `a`; `*` stands for what `a` has.
    let is_itself = last.is_empty() || last == "self" && !before.is_empty();
    let path = if is_itself { before.clone() } else { [&before[..], &[last]].concat() };
    let name = if name == "self" { before.last().cloned().unwrap_or(name) } else { name };
    found.push(Import { path, name, is_exported });
}
