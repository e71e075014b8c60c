//! Compares the resident that Here to Help holds with the row: whose request came back, the address, the notes.
//!
//! The poster asks the API what is there, and these functions say what is left to do. Each can be asked
//! again after its own step was done, and then says that nothing is left (docs/contract/feeds.md,
//! "Address", "Whose request came back" and "What staff corrected").

mod address;
mod fields;
mod fold;
mod notes;
mod person;
mod phones;
mod place;
mod plan;
mod row_address;
mod step;
mod values;

pub(crate) use fields::plan;
pub(crate) use notes::missing_notes;
pub(crate) use person::{ANOTHER_PERSON, Person, Subject, Who, whose};
pub(crate) use row_address::RowAddress;
pub(crate) use step::{InDoubtValues, Known};
pub(crate) use values::{Values, values_of_row};

/// The defects of the replaced system (docs/contract/feeds.md, part 3) that these rules keep from returning.
#[cfg(test)]
mod tests {
    use wire::{Address, AddressBlock, AddressWhen, Held, HelpRequest, Note, identities};

    use super::address::{AddressMemory, AddressStep, address_step};
    use super::*;

    #[test]
    fn defect_05_a_comment_that_is_sent_again_is_not_noted_again() {
        let note = Note { author: "Data Ingestion: Contact Tracing".to_owned(), note: "Got covid".to_owned() };
        let there = ["Got covid".to_owned()];
        assert!(missing_notes(&[note], &there).is_empty());
    }

    #[test]
    fn defect_07_a_house_number_neither_replaces_an_address_nor_nulls_what_staff_entered() {
        let mut request =
            HelpRequest { address_first_line: some("12"), postcode: some("E8 1AB"), ..HelpRequest::default() };
        let address = Address::apart(&mut request, AddressWhen::Missing);
        let address = RowAddress::of(&request, address.as_ref()).expect("an address");
        let there = AddressBlock { ward: some("Dalston"), uprn: some("100"), ..at("12 A Road", "E8 1AB") };
        assert_eq!(address_step(&address, &there, AddressMemory::default()), AddressStep::Leave);

        let there = AddressBlock { ward: some("Dalston"), uprn: some("100"), ..at("", "E8 1AB") };
        let AddressStep::Patch { block, replaced: false } = address_step(&address, &there, AddressMemory::default())
        else {
            panic!("the house number is not there yet");
        };
        assert_eq!((block.ward, block.uprn), (some("Dalston"), some("100")));
    }

    #[test]
    fn defect_08_the_first_person_under_an_id_gets_nothing_of_the_second() {
        let sent = HelpRequest {
            first_name: some("Bob"),
            last_name: some("Ray"),
            nhs_ctas_id: some("70001"),
            help_needed: some("Contact Tracing"),
            ..HelpRequest::default()
        };
        let held = Held { first_name: some("Ann"), last_name: some("Lee"), ..Held::default() };
        assert_eq!(whose(&Who::sent(&sent), &Who::held(&held)), Person::Another);
        // A blank id is no identity: two rows without one have nothing to do with each other.
        assert!(identities(&HelpRequest { nhs_ctas_id: some(""), ..HelpRequest::default() }).is_empty());
    }

    fn at(first_line: &str, postcode: &str) -> AddressBlock {
        AddressBlock { address_first_line: some(first_line), postcode: some(postcode), ..AddressBlock::default() }
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }
}
