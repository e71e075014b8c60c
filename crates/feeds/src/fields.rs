//! The request's fields that have a column of their own, each by its rule (docs/contract/feeds.md, Values).

use chrono::Datelike;

use crate::contact::{is_email, is_phone, is_uprn};
use crate::date::{self, BirthDate};
use crate::feed::Field;
use crate::request::HelpRequest;
use crate::row::CellKind;
use crate::row_reader::{RowReader, UsedCell};
use crate::text::shown;
use crate::{name, nhs_number};

impl RowReader<'_> {
    /// The request as far as the columns' fields go; the feed adds the rest. A blank cell leaves its field out.
    pub(crate) fn request(&mut self) -> HelpRequest {
        let mut request = HelpRequest::default();
        for cell in self.used_cells() {
            if cell.text.is_empty() {
                self.blank(cell);
            } else {
                self.number_cell(cell);
                self.field(&mut request, cell);
            }
        }
        request
    }

    fn field(&mut self, request: &mut HelpRequest, cell: UsedCell<'_>) {
        let text = || Some(cell.text.to_owned());
        match cell.column.field {
            Field::FirstName => request.first_name = Some(name::cased(cell.text)),
            Field::LastName => request.last_name = Some(name::cased(cell.text)),
            Field::DateOfBirth => self.date_of_birth(request, cell),
            Field::NhsNumber => request.nhs_number = self.nhs_number(cell),
            Field::NhsNumberAsSplId => self.nhs_number_as_spl_id(request, cell),
            Field::CtasId => request.nhs_ctas_id = text(),
            Field::NsssId => self.nsss_id(request, cell),
            Field::AddressFirstLine => request.address_first_line = text(),
            Field::AddressSecondLine => request.address_second_line = text(),
            Field::AddressThirdLine => request.address_third_line = text(),
            Field::Postcode => request.postcode = Some(cell.text.to_uppercase()),
            Field::Uprn => request.uprn = self.only_if(is_uprn, cell, "a UPRN of 1 to 12 digits"),
            Field::Telephone => request.contact_telephone_number = self.only_if(is_phone, cell, "a phone number"),
            Field::Mobile => request.contact_mobile_number = self.only_if(is_phone, cell, "a phone number"),
            Field::Email => request.email_address = self.only_if(is_email, cell, "an e-mail address"),
            Field::DateTested | Field::Text | Field::FreeText => {}
        }
    }

    fn only_if(&mut self, is_one: fn(&str) -> bool, cell: UsedCell<'_>, what: &str) -> Option<String> {
        if is_one(cell.text) {
            return Some(cell.text.to_owned());
        }
        self.left_out(cell, what);
        None
    }

    fn left_out(&mut self, cell: UsedCell<'_>, what: &str) {
        self.warn(format!("{}: \"{}\" is not {what} and was left out", cell.name, shown(cell.text)));
    }

    fn date_of_birth(&mut self, request: &mut HelpRequest, cell: UsedCell<'_>) {
        match date::of_birth(cell.text, self.rules.as_of) {
            Ok(BirthDate::Known(date)) => {
                request.dob_day = Some(date.day().to_string());
                request.dob_month = Some(date.month().to_string());
                request.dob_year = Some(date.year().to_string());
            }
            Ok(BirthDate::Placeholder) => {
                self.warn(format!("{}: 1 January 1900 stands for an unknown date and was left out", cell.name));
            }
            Err(error) => self.reject(cell, error, error.how_to_fix()),
        }
    }

    fn nhs_number(&mut self, cell: UsedCell<'_>) -> Option<String> {
        let number = nhs_number::valid(cell.text);
        if number.is_none() {
            self.left_out(cell, "a valid NHS number");
        }
        number
    }

    fn nhs_number_as_spl_id(&mut self, request: &mut HelpRequest, cell: UsedCell<'_>) {
        match nhs_number::valid(cell.text) {
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
        request.metadata.insert("nsss_id".to_owned(), cell.text.into());
    }

    /// With a blank id the API would take the first request with a blank id for this one, whoever's it is.
    fn blank(&mut self, cell: UsedCell<'_>) {
        if cell.column.field.is_id() {
            self.reject(cell, "the id is blank", "Fill the id in: without it the request could not be found again.");
        }
    }

    /// A spreadsheet program keeps no zero at the start of a number.
    fn number_cell(&mut self, cell: UsedCell<'_>) {
        let field = cell.column.field;
        if cell.kind == CellKind::Number && (field.is_phone() || field.is_id()) {
            self.warn(format!("{}: the cell is a number, not text; a zero at its start may be missing", cell.name));
        }
    }
}
