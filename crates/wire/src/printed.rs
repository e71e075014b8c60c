//! Printing of types that hold personal data.

/// `Debug` by these fields alone: the others hold personal data, which is never printed.
#[macro_export]
macro_rules! debug_only {
    ($name:ident { $($field:ident),* }) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))$(.field(stringify!($field), &self.$field))*.finish_non_exhaustive()
            }
        }
    };
}
