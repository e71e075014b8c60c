//! JSON as Postgres keeps it in a jsonb column, and prints it: nothing of how it was written stays but the digits of its
//! numbers.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{entries::Entries, exception::Exception};

/// The most digits that a `numeric` has before and after the point.
const MOST_WHOLE_DIGITS: i64 = 131_072;
const MOST_FRACTION_DIGITS: i64 = 16_383;

/// The text of a jsonb: keys by length, then by bytes, the last of doubled ones; a blank after each `:` and `,`.
///
/// # Errors
/// Postgres takes no U+0000, no half of a surrogate pair, and no number beyond `numeric`.
pub(super) fn text(raw: &str) -> Result<String, Exception> {
    match raw.trim_start().bytes().next() {
        Some(b'{') => {
            let mut entries = BTreeMap::new();
            for (key, value) in read::<Entries>(raw)?.0 {
                entries.insert((key.len(), without_nul(key)?), text(value.get())?);
            }
            let entries: Vec<String> =
                entries.into_iter().map(|((_, key), value)| format!("{}: {value}", quoted(&key))).collect();
            Ok(format!("{{{}}}", entries.join(", ")))
        }
        Some(b'[') => {
            let items = read::<Vec<Box<RawValue>>>(raw)?;
            let items = items.iter().map(|item| text(item.get())).collect::<Result<Vec<_>, _>>()?;
            Ok(format!("[{}]", items.join(", ")))
        }
        Some(b'"') => Ok(quoted(&without_nul(read(raw)?)?)),
        Some(b'-' | b'0'..=b'9') => numeric(raw.trim()),
        _ => Ok(raw.trim().to_owned()),
    }
}

fn read<T: DeserializeOwned>(raw: &str) -> Result<T, Exception> {
    serde_json::from_str(raw).map_err(|_| Exception::Jsonb)
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn without_nul(text: String) -> Result<String, Exception> {
    if text.contains('\0') { Err(Exception::Nul) } else { Ok(text) }
}

/// A number with all its digits and no exponent: `1.10` stays, `1e5` is `100000`, `-0` is `0`.
fn numeric(raw: &str) -> Result<String, Exception> {
    let unsigned = raw.trim_start_matches('-');
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let exponent: i64 = exponent.parse().map_err(|_| Exception::Jsonb)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_start_matches('0');
    let fraction_digits = (length(fraction) - exponent).max(0);
    let whole_digits = length(significant) - length(fraction) + exponent;
    let is_zero = significant.is_empty();
    if fraction_digits > MOST_FRACTION_DIGITS || (!is_zero && whole_digits > MOST_WHOLE_DIGITS) {
        return Err(Exception::Jsonb);
    }
    let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or_default());
    let trailing = if is_zero { String::new() } else { zeros(exponent - length(fraction)) };
    let digits = format!("{}{significant}{trailing}", zeros(fraction_digits + 1 - length(significant)));
    let (whole, fraction) = digits.split_at(digits.len() - usize::try_from(fraction_digits).unwrap_or_default());
    let sign = if raw.starts_with('-') && !is_zero { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    Ok(format!("{sign}{whole}{point}{fraction}"))
}

fn length(digits: &str) -> i64 {
    i64::try_from(digits.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jsonb_is_shown_as_postgres_shows_it() {
        for (raw, shown) in [
            (r#" {"spl_id":"9","b":[1,null, {"x\"":true}],"a":{},"b":2} "#, r#"{"a": {}, "b": 2, "spl_id": "9"}"#),
            (r#"{"b":[1,null,{"x\"":true}],"é":1,"zz":2}"#, r#"{"b": [1, null, {"x\"": true}], "zz": 2, "é": 1}"#),
            (r#""a\/b\u0001\u00e9""#, r#""a/b\u0001é""#),
            ("12345678901234567890123", "12345678901234567890123"),
            ("1.10", "1.10"),
            ("-1.0", "-1.0"),
            ("-0", "0"),
            ("-0.00", "0.00"),
            ("0e5", "0"),
            ("0e-2", "0.00"),
            ("1e5", "100000"),
            ("1.5E+1", "15"),
            ("1.50e1", "15.0"),
            ("0.5e1", "5"),
            ("12.5e-3", "0.0125"),
            ("1E-7", "0.0000001"),
        ] {
            assert_eq!(text(raw).as_deref(), Ok(shown), "{raw}");
        }
    }

    #[test]
    fn what_postgres_cannot_keep_is_an_error() {
        for raw in [r#""a\u0000""#, r#"{"a\u0000":1}"#] {
            assert_eq!(text(raw), Err(Exception::Nul), "{raw}");
        }
        for raw in [r#"["\ud800"]"#, "1e200000", "-1e131072", "1e-16384", "1e99999999999999999999"] {
            assert_eq!(text(raw), Err(Exception::Jsonb), "{raw}");
        }
        assert!(text("1e131071").is_ok() && text("1e-16383").is_ok());
    }
}
