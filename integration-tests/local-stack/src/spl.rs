//! Lists for the Shielding Patient List of people who do not exist.

use crate::nhs_number;

/// The columns that the feed uses.
pub fn columns() -> Vec<&'static str> {
    feeds::Feed::named("spl").map(|feed| feed.columns().iter().map(|column| column.name).collect()).unwrap_or_default()
}

/// The content of a person's cell.
pub fn cell(person: u32, column: &str) -> String {
    let letters: String = person.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
    match column {
        "Traced_NHSNUMBER" => nhs_number(person),
        "PatientFirstName" => "Ada".to_owned(),
        "PatientSurname" => format!("Person{letters}"),
        "DateOfBirth" => "03/04/1951".to_owned(),
        "PatientAddress_Line1" => format!("{person} Mare Street"),
        "PatientAddress_PostCode" => "E8 1AB".to_owned(),
        "category" => "C".to_owned(),
        _ => String::new(),
    }
}

/// A person's row, with another text in some columns.
pub fn row(person: u32, other: &[(&str, &str)]) -> Vec<String> {
    let text = |column: &str| other.iter().find(|(name, _)| *name == column).map(|(_, text)| (*text).to_owned());
    columns().into_iter().map(|column| text(column).unwrap_or_else(|| cell(person, column))).collect()
}

/// The header, and these rows, as CSV.
pub fn csv(rows: &[Vec<String>]) -> String {
    let mut text = columns().join(",") + "\n";
    for row in rows {
        text += &(row.join(",") + "\n");
    }
    text
}

/// The list of these people, one good row for each.
pub fn list(people: impl IntoIterator<Item = u32>) -> String {
    csv(&people.into_iter().map(|person| row(person, &[])).collect::<Vec<_>>())
}
