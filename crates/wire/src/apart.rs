//! The address of a row: what of it goes in the POST, and what waits until it is known what is there.

use crate::request::{Address, AddressWhen, HelpRequest};

impl Address {
    /// Takes the first line out of the request of a row that has first line and postcode, so that the POST leaves a
    /// known resident's address alone, and gives the address that is written afterwards. The other lines, the postcode
    /// and the UPRN go in the POST too: a new resident is stored with them, and the API matches by UPRN.
    ///
    /// Without one of the two, all that there is goes in the POST and nothing is written afterwards.
    pub fn apart(request: &mut HelpRequest, when: AddressWhen) -> Option<Self> {
        let postcode = request.postcode.clone()?;
        let address_first_line = request.address_first_line.take()?;
        Some(Self {
            address_first_line,
            address_second_line: request.address_second_line.clone(),
            address_third_line: request.address_third_line.clone(),
            postcode,
            uprn: request.uprn.clone(),
            when,
        })
    }
}
