//! What each column says of a resident.

use super::row::Says;

/// What the filled ones of these cells say, in the order of [`Says`].
pub(super) fn of(feed: &str, cells: &[(&'static str, String)]) -> Vec<Says> {
    let filled = cells.iter().filter(|(_, cell)| !cell.is_empty());
    let mut says: Vec<Says> = filled.filter_map(|(column, _)| by_column(feed, column)).collect();
    says.sort_unstable();
    says
}

fn by_column(feed: &str, column: &str) -> Option<Says> {
    Some(match column {
        "PatientFirstName" | "first_name" | "Forename" | "First name" => Says::FirstName,
        "PatientSurname" | "last_name" | "Surname" => Says::LastName,
        "DateOfBirth" | "date_of_birth" | "Date of Birth" | "d.o.b" => Says::DateOfBirth,
        "Traced_NHSNUMBER" | "nhs_number" | "NHS Number" => Says::NhsNumber,
        "PatientEmailAddress" | "contact_email" | "Email" => Says::Email,
        "landline" | "contact_number_calls" | "Phone number" => Says::Telephone,
        "mobile" | "contact_number_texts" | "Phone number 2" => Says::Mobile,
        // The two feeds have them the other way round.
        "Phone" if feed == "contact-tracing" => Says::Telephone,
        "Phone2" if feed == "contact-tracing" => Says::Mobile,
        "Phone2" => Says::Telephone,
        "Phone" => Says::Mobile,
        "House Number" if feed == "contact-tracing" => Says::Address,
        "PatientAddress_Line1" | "address_line1" | "Address Line 1" => Says::Address,
        "PatientAddress_PostCode" | "address_postcode" | "Postcode" => Says::Postcode,
        _ => return None,
    })
}
