//! The request's fields that have a column of their own, each by its rule (docs/contract/feeds.md, Values).

use chrono::Datelike;

use crate::column::Field;
use crate::contact::{is_email, is_phone, is_uprn, may_lack_a_zero};
use crate::date::{self, BirthDate};
use crate::example;
use crate::name;
use crate::nothing::is_error_value;
use crate::numbers::is_shortened;
use crate::row::CellKind;
use crate::row_reader::{RowReader, UsedCell};
use crate::text::shown;
use wire::{HelpRequest, NhsNumber};

impl RowReader<'_> {
    /// The request as far as the columns' fields go; the feed adds the rest. A blank cell leaves its field out.
    pub(crate) fn request(&mut self) -> HelpRequest {
        let mut request = HelpRequest::default();
        for &cell in self.cells {
            if cell.text.is_empty() {
                self.blank(cell);
            } else if is_error_value(cell.text) {
                self.error_value(cell);
            } else if example::is_left_over(cell) {
                self.reject(cell, "this is the template's example", "Write what is this person's own.");
            } else {
                self.number_cell(cell);
                self.field(&mut request, cell);
            }
        }
        request
    }

    fn field(&mut self, request: &mut HelpRequest, cell: UsedCell<'_>) {
        match cell.column.field {
            Field::FirstName => request.first_name = self.name(cell),
            Field::LastName => request.last_name = self.name(cell),
            Field::DateOfBirth => self.date_of_birth(request, cell),
            Field::NhsNumber => {
                request.nhs_number = NhsNumber::valid(cell.text).or_else(|| self.left_out(cell, "a valid NHS number"));
            }
            Field::NhsNumberAsSplId => self.nhs_number_as_spl_id(request, cell),
            Field::CtasId => request.nhs_ctas_id = self.id(cell),
            Field::NsssId => self.nsss_id(request, cell),
            Field::AddressFirstLine => request.address_first_line = self.address(cell).map(str::to_owned),
            Field::AddressSecondLine => request.address_second_line = self.address(cell).map(str::to_owned),
            Field::AddressThirdLine => request.address_third_line = self.address(cell).map(str::to_owned),
            Field::Postcode => request.postcode = self.postcode(cell),
            Field::Uprn => request.uprn = self.only_if(is_uprn, cell, "a UPRN of 1 to 12 digits"),
            Field::Telephone => request.contact_telephone_number = self.phone(cell),
            Field::Mobile => request.contact_mobile_number = self.phone(cell),
            Field::Email => request.email_address = self.only_if(is_email, cell, "an e-mail address"),
            Field::DateTested | Field::DateOfDeath | Field::AddressPart | Field::Text | Field::FreeText => {}
        }
    }

    fn name(&mut self, cell: UsedCell<'_>) -> Option<String> {
        if is_shortened(cell.text) || cell.kind == CellKind::Moment {
            self.reject(cell, "this is a number or a date, not a name", "Write the name, in a cell formatted as text.");
        } else if name::holds_a_number(cell.text) {
            self.warn(format!("{}: there is a number in the name \"{}\"", cell.name, shown(cell.text)));
        }
        Some(name::cased(cell.text))
    }

    fn phone(&mut self, cell: UsedCell<'_>) -> Option<String> {
        let phone = self.only_if(is_phone, cell, "a phone number alone")?;
        let is_whole = phone.starts_with('0') || phone.starts_with("44") || phone.starts_with('+');
        if may_lack_a_zero(&phone) || (cell.kind == CellKind::Number && !is_whole) {
            self.warn(format!("{}: a zero at the start of the number may be missing", cell.name));
        }
        Some(phone)
    }

    fn postcode(&mut self, cell: UsedCell<'_>) -> Option<String> {
        if is_shortened(cell.text) {
            return self.left_out(cell, "a postcode");
        }
        self.address(cell).map(str::to_uppercase)
    }

    /// A part of an address. A spreadsheet program makes a date of `10-12`: which house it was, nobody can tell any more.
    pub(crate) fn address<'c>(&mut self, cell: UsedCell<'c>) -> Option<&'c str> {
        if date::is_only_a_date(cell.text) {
            self.warn(format!(
                "{}: \"{}\" is a date or a time, as a spreadsheet program makes of numbers such as 10-12, and was left out",
                cell.name,
                shown(cell.text)
            ));
            return None;
        }
        if cell.kind == CellKind::Moment {
            self.reject(
                cell,
                "the cell is formatted as a date",
                "Format the cell as text and write the address again.",
            );
        }
        Some(cell.text)
    }

    /// An id that a number or date cell has changed would find nobody's request, or another's.
    fn id(&mut self, cell: UsedCell<'_>) -> Option<String> {
        if is_shortened(cell.text) {
            self.reject(
                cell,
                "a spreadsheet program has shortened the id, and its last digits are gone",
                "Write the id in full, in a cell formatted as text.",
            );
        }
        if cell.kind == CellKind::Moment {
            self.reject(cell, "the id is a date or a time", "Write the id in a cell formatted as text.");
        }
        Some(cell.text.to_owned())
    }

    fn only_if(&mut self, is_one: fn(&str) -> bool, cell: UsedCell<'_>, what: &str) -> Option<String> {
        if is_one(cell.text) { Some(cell.text.to_owned()) } else { self.left_out(cell, what) }
    }

    fn left_out<T>(&mut self, cell: UsedCell<'_>, what: &str) -> Option<T> {
        self.warn(format!("{}: \"{}\" is not {what} and was left out", cell.name, shown(cell.text)));
        None
    }

    fn date_of_birth(&mut self, request: &mut HelpRequest, cell: UsedCell<'_>) {
        match date::of_birth(cell.text, self.rules.as_of) {
            Ok(BirthDate::Known(date)) => {
                request.dob_day = Some(date.day().to_string());
                request.dob_month = Some(date.month().to_string());
                request.dob_year = Some(date.year().to_string());
            }
            Ok(BirthDate::Placeholder) => {
                let date = shown(cell.text);
                self.warn(format!("{}: \"{date}\" stands for an unknown date and was left out", cell.name));
            }
            Err(error) => self.reject(cell, error, error.how_to_fix()),
        }
    }

    fn nhs_number_as_spl_id(&mut self, request: &mut HelpRequest, cell: UsedCell<'_>) {
        match NhsNumber::valid(cell.text) {
            Some(number) => {
                request.metadata.insert("spl_id".to_owned(), number.as_str().into());
                request.nhs_number = Some(number);
            }
            None => self.reject(
                cell,
                "this is not a valid NHS number, and the list knows people by it",
                "Look the number up and write its ten digits.",
            ),
        }
    }

    /// The API looks the id up with `LIKE`.
    fn nsss_id(&mut self, request: &mut HelpRequest, cell: UsedCell<'_>) {
        if cell.text.contains(['%', '_', '\\']) {
            self.reject(
                cell,
                r"an id with %, _ or \ would find other people's requests",
                r"Write the id as the national system has it, without %, _ and \.",
            );
        }
        if let Some(id) = self.id(cell) {
            request.metadata.insert("nsss_id".to_owned(), id.into());
        }
    }

    /// With a blank id the API would take the first request with a blank id for this one, whoever's it is.
    fn blank(&mut self, cell: UsedCell<'_>) {
        if cell.column.field.is_id() {
            self.reject(cell, "the id is blank", "Fill the id in: without it the request could not be found again.");
        }
    }

    /// A formula without a result is not a value: nobody is called #N/A, and nobody is found by it.
    fn error_value(&mut self, cell: UsedCell<'_>) {
        let field = cell.column.field;
        if field.is_id() || field.is_name() {
            self.reject(cell, "a formula has no result here", "Correct the formula, or write what belongs here.");
        } else if !matches!(field, Field::DateTested | Field::DateOfDeath) {
            self.left_out::<()>(cell, "a value but a formula's error");
        }
    }

    /// A spreadsheet program keeps no zero at the start of a number.
    fn number_cell(&mut self, cell: UsedCell<'_>) {
        let is_whole = cell.column.field == Field::NhsNumberAsSplId && NhsNumber::valid(cell.text).is_some();
        if cell.kind == CellKind::Number && cell.column.field.is_id() && !is_whole {
            self.warn(format!("{}: the cell is a number, not text; a zero at its start may be missing", cell.name));
        }
    }
}
