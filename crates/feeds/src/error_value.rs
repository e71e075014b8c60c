//! What a spreadsheet program shows where a formula has no result. It is not a value: a lookup that found nobody is
//! nobody's name.

/// Whether the whole cell is one: `#N/A`, `#REF!`, `#GETTING_DATA`, a newer one such as `#SPILL!`, one in another
/// language (`#BEZUG!`), LibreOffice's `Err:502`, or the `####` of a column that was too narrow; any case.
pub(crate) fn is_error_value(text: &str) -> bool {
    match text.strip_prefix('#') {
        Some(name) => {
            let name = name.to_uppercase();
            let is_all_of_it = |letter: char| letter.is_alphanumeric() || matches!(letter, '/' | '_' | '¿' | '¡');
            matches!(name.as_str(), "N/A" | "NA" | "NV" | "N/D" | "GETTING_DATA" | "BUSY")
                || name.strip_suffix(['!', '?']).is_some_and(|name| name.len() > 1 && name.chars().all(is_all_of_it))
                || (name.len() > 1 && name.bytes().all(|byte| byte == b'#'))
        }
        None => {
            let code = text.get(..4).filter(|start| start.eq_ignore_ascii_case("Err:")).and_then(|_| text.get(4..));
            code.is_some_and(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_error_value;

    #[test]
    fn error_values_of_every_kind() {
        let errors = "#N/A #REF! #VALUE! #NAME? #DIV/0! #NUM! #NULL! #SPILL! #GETTING_DATA #CALC! #FIELD! #BLOCKED! \
                      #UNKNOWN! #CONNECT! #BUSY! #PYTHON! #EXTERNAL! #ERROR! #n/a #Ref! #BEZUG! #¿NOMBRE? #NV Err:502 ####";
        for error in errors.split(' ') {
            assert!(is_error_value(error), "{error}");
        }
        for value in [
            "",
            "N/A",
            "#",
            "#1",
            "#12",
            "No. #N/A",
            "#N/A today",
            "##",
            "#!",
            "# REF!",
            "#5 Test Walk",
            "Err:5",
            "Erró",
        ] {
            assert!(!is_error_value(value), "{value}");
        }
    }
}
