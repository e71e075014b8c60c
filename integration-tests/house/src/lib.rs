//! Finds circles between the modules of a crate: where one module uses another that uses it again, neither can be read
//! alone.
//!
//! A node is a module: a file, or a module within one. An edge is a use of what another module defines: a `use`, or a path
//! in the code that begins with `crate`, `self`, `super` or a name that was brought in. It leads to where the thing is
//! defined, through all that is exported again on the way. No edge is that a module contains another or exports its
//! things, and nothing counts that only tests see. Not seen: paths within the arguments of macros.

mod circle;
mod module;
mod paths;
mod resolve;

pub use circle::circles;
pub use module::{Crate, ReadError};
