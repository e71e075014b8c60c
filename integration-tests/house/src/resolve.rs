//! Where a path leads: to the module that defines what it names.

use crate::module::{Crate, Module, Name};

/// How many imports a name may go through.
const DEEPEST: usize = 16;

/// The target of a path.
pub(crate) enum Target {
    /// A module.
    Module(Name),
    /// An item that this module defines.
    ItemOf(Name),
}

impl Crate {
    /// The target of a module's path; none where that is another crate's.
    pub(crate) fn target(&self, module: &Name, path: &[String]) -> Option<Target> {
        self.follow(module, path, DEEPEST)
    }

    fn follow(&self, module: &Name, path: &[String], deep: usize) -> Option<Target> {
        let deep = deep.checked_sub(1)?;
        let (mut at, mut rest) = match path.first()?.as_str() {
            "crate" => (Name::new(), &path[1..]),
            "self" => (module.clone(), &path[1..]),
            "super" => (module.get(..module.len().checked_sub(1)?)?.to_vec(), &path[1..]),
            _ => return self.within(module, path, deep),
        };
        while rest.first().is_some_and(|name| name == "super") {
            at.pop()?;
            rest = &rest[1..];
        }
        self.within(&at, rest, deep)
    }

    /// Where a path leads from within a module.
    fn within(&self, at: &Name, path: &[String], deep: usize) -> Option<Target> {
        let module = self.modules.get(at)?;
        let Some((name, rest)) = path.split_first() else { return Some(Target::Module(at.clone())) };
        let child = [&at[..], std::slice::from_ref(name)].concat();
        let is_module = self.modules.contains_key(&child);
        if is_module && (!rest.is_empty() || !module.has(name)) {
            return self.within(&child, rest, deep);
        }
        if module.items.contains(name) {
            return Some(Target::ItemOf(at.clone()));
        }
        if let Some(import) = module.imports.iter().find(|import| import.name == *name) {
            // A `use` of another crate may be called as what it brings in.
            let is_itself = import.path.first() == Some(name);
            return if is_itself { None } else { self.follow(at, &[&import.path, rest].concat(), deep) };
        }
        let all = module.imports.iter().filter(|import| import.name == "*");
        all.filter_map(|import| self.follow(at, &[&import.path, path].concat(), deep)).next()
    }
}

impl Module {
    fn has(&self, name: &String) -> bool {
        self.items.contains(name) || self.imports.iter().any(|import| import.name == *name)
    }
}
