//! Circles of uses, and what closes them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::module::{Crate, Module, Name};
use crate::resolve::Target;

/// The modules that a module uses, each with a path by which it does.
type Uses = BTreeMap<Name, BTreeMap<Name, String>>;

/// The circles between a crate's modules, each as a line: the shortest way round, with a use for each step. None of them
/// shares a module with another.
pub fn circles(of: &Crate) -> Vec<String> {
    let uses = uses(of);
    let (mut told, mut circles) = (BTreeSet::new(), Vec::new());
    for module in uses.keys() {
        if !told.contains(module)
            && let Some(way) = way_round(&uses, module)
        {
            circles.push(in_words(&uses, &way));
            // All that lie on a circle with this one.
            let onward = reached(&uses, module);
            told.extend(onward.into_iter().filter(|other| reached(&uses, other).contains(module)));
        }
    }
    circles
}

fn uses(of: &Crate) -> Uses {
    of.modules.iter().map(|(name, module)| (name.clone(), used_by(of, name, module))).collect()
}

fn used_by(of: &Crate, name: &Name, module: &Module) -> BTreeMap<Name, String> {
    let has_children = of.modules.keys().any(|other| other.len() > name.len() && other.starts_with(name));
    // What a module exports of its children it does not use itself, unless its code names it.
    let brought = module.imports.iter().filter(|import| !(import.is_exported && has_children));
    let brought = brought.filter_map(|import| match of.target(name, &import.path)? {
        Target::Module(used) | Target::ItemOf(used) => Some((used, &import.path)),
    });
    let named = module.paths.iter().filter_map(|path| match of.target(name, path)? {
        Target::ItemOf(used) => Some((used, path)),
        Target::Module(_) => None,
    });
    let mut used = BTreeMap::new();
    for (other, path) in brought.chain(named).filter(|(other, _)| other != name) {
        used.entry(other).or_insert_with(|| path.join("::"));
    }
    used
}

/// The shortest way from a module back to it, which stands at both ends.
fn way_round(uses: &Uses, module: &Name) -> Option<Vec<Name>> {
    let mut came_from: BTreeMap<&Name, &Name> = BTreeMap::new();
    let mut next = VecDeque::from([module]);
    while let Some(at) = next.pop_front() {
        for used in uses.get(at)?.keys() {
            if used == module {
                let mut way = vec![module.clone(), at.clone()];
                while let Some(before) = way.last().and_then(|last| came_from.get(last)) {
                    way.push((*before).clone());
                }
                way.reverse();
                return Some(way);
            }
            if !came_from.contains_key(used) {
                came_from.insert(used, at);
                next.push_back(used);
            }
        }
    }
    None
}

fn reached(uses: &Uses, module: &Name) -> BTreeSet<Name> {
    let (mut reached, mut next) = (BTreeSet::new(), vec![module]);
    while let Some(at) = next.pop() {
        for used in uses.get(at).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(used.clone()) {
                next.push(used);
            }
        }
    }
    reached
}

fn in_words(uses: &Uses, way: &[Name]) -> String {
    let called = |module: &Name| if module.is_empty() { "the root".to_owned() } else { module.join("::") };
    let step = |pair: &[Name]| {
        let path = uses.get(&pair[0]).and_then(|used| used.get(&pair[1]));
        format!("{} uses {} ({})", called(&pair[0]), called(&pair[1]), path.map_or("", String::as_str))
    };
    way.windows(2).map(step).collect::<Vec<_>>().join(", ")
}
