//! Rows: claimed by a poster, given back or settled; and as people look at them.

pub(crate) mod claim;
pub(crate) mod claimed;
pub(crate) mod dead;
mod forget;
pub(crate) mod item;
pub(crate) mod looks;
pub(crate) mod rows;
pub(crate) mod settle;
