//! The clean-up of cells. Cleaning twice is the same as cleaning once: the ledger's cells can be judged again.

/// Every cell but free text: trimmed, inner white space (no-break space and line breaks too) collapsed to one blank.
pub(crate) fn collapsed(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.push_str(word);
    }
    clean
}

/// Free text (comments, notes, outcomes): trimmed only, its lines stay.
pub(crate) fn trimmed(text: &str) -> String {
    text.trim().to_owned()
}
