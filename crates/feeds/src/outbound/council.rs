//! The two councils whose residents contact tracing looks after.

/// A council, by the column UTLA of contact tracing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Council {
    /// The London Borough of Hackney.
    Hackney,
    /// The City of London.
    City,
}

impl Council {
    /// The council that the cell names, trimmed and in any case; none for another one.
    pub(crate) fn of(utla: &str) -> Option<Self> {
        match utla.trim().to_lowercase().as_str() {
            "hackney" => Some(Self::Hackney),
            "city of london" | "cityoflondon" => Some(Self::City),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_council_is_known_by_its_names_in_any_case() {
        for hackney in ["Hackney", "Hackney ", "HACKNEY"] {
            assert_eq!(Council::of(hackney), Some(Council::Hackney), "{hackney}");
        }
        for city in ["City of London", "CityofLondon", " city of london"] {
            assert_eq!(Council::of(city), Some(Council::City), "{city}");
        }
        for other in ["", "Hackney and City of London", "Islington", "City"] {
            assert_eq!(Council::of(other), None, "{other}");
        }
    }
}
