//! No crate of this repository has a circle between its modules, and the finder finds those that there are.

use std::path::{Path, PathBuf};

use house::{Crate, circles};

#[test]
fn no_crate_has_a_circle_between_its_modules() {
    let mut found = Vec::new();
    let roots = roots();
    assert!(roots.len() > 10, "{roots:?}");
    for root in roots {
        let read = Crate::read(&root).expect("sources");
        found.extend(
            circles(&read)
                .into_iter()
                .map(|circle| format!("{}: {circle}", root.strip_prefix(workspace()).expect("within").display())),
        );
    }
    assert!(found.is_empty(), "move what is used to where both may use it:\n{}", found.join("\n"));
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the workspace")
}

/// The root files of every crate.
fn roots() -> Vec<PathBuf> {
    let packages = ["crates", "lambdas", "integration-tests", "web"].map(|folder| workspace().join(folder));
    let packages = packages.iter().flat_map(|folder| folder.read_dir().expect("a folder"));
    let roots = packages.flat_map(|package| {
        let src = package.expect("a package").path().join("src");
        [src.join("lib.rs"), src.join("main.rs")]
    });
    roots.filter(|root| root.exists()).collect()
}

fn circles_of(text: &str) -> Vec<String> {
    circles(&Crate::of_text(text).expect("Rust"))
}

#[test]
fn modules_that_use_each_other_are_a_circle() {
    let found = circles_of(
        "mod a { use super::b::B; pub struct A(B); }
         mod b { pub struct B; fn f(_: &crate::a::A) {} }
         mod c { use crate::a::A; use crate::b::B; }",
    );
    assert_eq!(found, ["a uses b (super::b::B), b uses a (crate::a::A)"]);
}

#[test]
fn a_circle_is_found_through_what_is_exported_again() {
    let found = circles_of(
        "mod a { pub mod inner { use crate::B as Other; pub struct A(Other); } pub(crate) use inner::A; }
         mod b { use crate::a::*; pub struct B; impl B { fn f() -> A { todo!() } } }
         pub use b::B;",
    );
    assert_eq!(found, ["a::inner uses b (crate::B), b uses a::inner (A)"]);
}

#[test]
fn a_module_whose_child_uses_it_is_a_circle_where_it_uses_the_child() {
    let found = circles_of("pub struct Root; mod a { pub fn f(_: super::Root) {} } fn g() { a::f(Root) }");
    assert_eq!(found, ["the root uses a (a::f), a uses the root (super::Root)"]);
}

#[test]
fn containing_exporting_and_testing_closes_no_circle() {
    let found = circles_of(
        "pub use a::A; pub struct Root; pub mod a { use crate::{Root, b}; pub struct A(Root, b::B); }
         mod b { pub struct B; pub struct A; fn f(_: A) {} #[cfg(test)] mod tests { use crate::a::A; } }
         mod c { use serde::b; use b::a; fn f(a: b::a::A) -> bool { a } }",
    );
    assert_eq!(found, [""; 0]);
}
