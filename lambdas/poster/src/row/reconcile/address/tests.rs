use proptest::prelude::*;

use wire::{AddressWhen, HelpRequest};

use super::super::fold::{fold, given};
use super::super::row_address::normal;
use super::*;

/// First, second, third line, postcode, UPRN; blank means none.
type Row<'a> = [&'a str; 5];
/// First, second, third line, postcode, UPRN, ward; blank is shown as `""`, which must count as none.
type There<'a> = [&'a str; 6];

#[test]
fn no_first_line_there_takes_the_rows_address_filled_up() {
    let cases: [(Row, There, &str); 8] = [
        (["12 A Road", "", "", "E8 1AB", ""], ["", "", "", "", "", ""], "patch 12 A Road|||E8 1AB||"),
        (
            ["12 A Road", "", "", "E8 1AB", ""],
            ["", "", "", "", "100", "Dalston"],
            "patch 12 A Road|||E8 1AB|100|Dalston",
        ),
        (
            ["12 A Road", "", "", "E8 1AB", ""],
            ["", "Flat 3", "London", "e81ab", "100", "Dalston"],
            "patch 12 A Road|Flat 3|London|E8 1AB|100|Dalston",
        ),
        (
            ["12 A Road", "Flat 4", "", "E8 1AB", "200"],
            ["", "Flat 3", "London", "E8 1AB", "100", "Dalston"],
            "patch 12 A Road|Flat 4|London|E8 1AB|200|Dalston",
        ),
        // Another postcode: what is there belongs to another place.
        (
            ["12 A Road", "", "", "E8 1AB", ""],
            ["", "Flat 3", "London", "N1 1AA", "100", "Dalston"],
            "patch 12 A Road|||E8 1AB||",
        ),
        // Spaces alone mean none too.
        (
            ["12 A Road", " ", "", "E8 1AB", " "],
            ["  ", "Flat 3", "", " ", "100", ""],
            "patch 12 A Road|Flat 3||E8 1AB|100|",
        ),
        // A new resident: the POST stored all but the first line.
        (
            ["12 A Road", "Flat 3", "London", "E8 1AB", "100"],
            ["", "Flat 3", "London", "E8 1AB", "100", ""],
            "patch 12 A Road|Flat 3|London|E8 1AB|100|",
        ),
        (["-", "", "", "E8 1AB", ""], ["", "", "", "E8 1AB", "", "Dalston"], "patch -|||E8 1AB||Dalston"),
    ];
    for (row, there, step) in cases {
        for when in [AddressWhen::Different, AddressWhen::Missing] {
            assert_eq!(step_of(row, when, there, None), step, "{row:?} {when:?} {there:?}");
            // What was sent before and is gone, staff took away.
            assert_eq!(step_of(row, when, there, Some(row)), "leave", "{row:?} {when:?} {there:?}");
        }
    }
}

#[test]
fn the_same_address_is_left_or_completed() {
    let full = ["12 A Road", "Flat 3", "London", "E8 1AB", "100", "Dalston"];
    let cases: [(Row, There, &str); 17] = [
        (["12 A Road", "Flat 3", "London", "E8 1AB", "100"], full, "leave"),
        (["12 A ROAD", "flat 3,", "LONDON.", "e81ab", ""], full, "leave"),
        // The lines read the same together, however they are divided.
        (["12 A Road, Flat 3", "London", "", "E8 1AB", ""], full, "leave"),
        (["12 A Road, Flat 3, London", "", "", "E8 1AB", ""], full, "leave"),
        (
            ["12 A Road", "Flat 3", "London", "E8 1AB", ""],
            ["12 A Road Flat 3 London", "", "", "E8 1AB", "", "Dalston"],
            "leave",
        ),
        // Another UPRN there, but the same lines: staff know better.
        (["12 A Road", "Flat 3", "London", "E8 1AB", "200"], full, "leave"),
        // Equal UPRNs: whatever else differs, only blanks are filled.
        (["Flat 3, 12 A Rd", "Dalston", "London", "E8 9ZZ", "100"], full, "leave"),
        (
            ["12 A Rd", "Flat 3", "London", "E8 1AB", "100"],
            ["12 A Road", "", "", "E8 1AB", "100", "Dalston"],
            "patch 12 A Road|Flat 3|London|E8 1AB|100|Dalston",
        ),
        (
            ["12 A Rd", "Flat 3", "", "E8 1AB", "100"],
            ["12 A Road", "Flat III", "", "E8 1AB", "100", "Dalston"],
            "leave",
        ),
        (
            ["12 A Road", "", "London", "E8 1AB", "100"],
            ["12 A Road", "", "", "E8 1AB", " 100 ", ""],
            "patch 12 A Road||London|E8 1AB| 100 |",
        ),
        // Equal UPRNs, no postcode there: no block without one.
        (
            ["12 A Road", "", "London", "E8 1AB", "100"],
            ["12 A Road", "", "", "", "100", "Dalston"],
            "patch 12 A Road||London|E8 1AB|100|Dalston",
        ),
        (
            ["12 A Road", "", "", "E8 1AB", "100"],
            ["12 A Road", "", "", "", "100", "Dalston"],
            "patch 12 A Road|||E8 1AB|100|Dalston",
        ),
        // The UPRN is missing there.
        (
            ["12 A Road", "", "", "E8 1AB", "100"],
            ["12, a road", "", "", "e8 1ab", "", "Dalston"],
            "patch 12, a road|||e8 1ab|100|Dalston",
        ),
        (
            ["12 A Road", "Flat 3", "", "E8 1AB", "100"],
            ["12 A Road, Flat 3", "", "", "E8 1AB", "", "Dalston"],
            "patch 12 A Road, Flat 3|||E8 1AB|100|Dalston",
        ),
        // The row is silent about lines that are there, and nothing that it says differs.
        (["12 A Road", "", "", "E8 1AB", ""], full, "leave"),
        (["12 A Road", "", "London", "E8 1AB", ""], full, "leave"),
        (
            ["12 A Road", "", "", "E8 1AB", "100"],
            ["12 A Road", "Flat 3", "", "E8 1AB", "", "Dalston"],
            "patch 12 A Road|Flat 3||E8 1AB|100|Dalston",
        ),
    ];
    for (row, there, step) in cases {
        assert_eq!(step_of(row, AddressWhen::Different, there, None), step, "{row:?} {there:?}");
        // What was sent before and is gone, staff took away.
        assert_eq!(step_of(row, AddressWhen::Different, there, Some(row)), "leave", "{row:?} {there:?}");
    }
}

#[test]
fn another_address_is_replaced_unless_this_feed_sent_it_before() {
    let full = ["12 A Road", "Flat 3", "London", "E8 1AB", "100", "Dalston"];
    let cases: [(Row, There, &str); 9] = [
        (["5 B Street", "", "", "N1 1AA", ""], full, "replace 5 B Street|||N1 1AA||"),
        (["5 B Street", "Flat 9", "Leeds", "N1 1AA", "200"], full, "replace 5 B Street|Flat 9|Leeds|N1 1AA|200|"),
        // The ward belongs to the postcode.
        (["14 A Road", "", "", "e81ab", ""], full, "replace 14 A Road|||e81ab||Dalston"),
        (
            ["12 A Road", "Flat 4", "London", "E8 1AB", "200"],
            full,
            "replace 12 A Road|Flat 4|London|E8 1AB|200|Dalston",
        ),
        (["12 A Road", "", "", "E8 1AB", "200"], full, "replace 12 A Road|||E8 1AB|200|Dalston"),
        (["12 A Road", "Flat 3", "London", "N1 1AA", ""], full, "replace 12 A Road|Flat 3|London|N1 1AA||"),
        (
            ["12 A Road", "Flat 3", "", "E8 1AB", ""],
            ["12 A Road", "", "", "E8 1AB", "", ""],
            "replace 12 A Road|Flat 3||E8 1AB||",
        ),
        (["12 A Road", "", "", "E8 1AB", ""], ["12 A Road", "", "", "", "", "Dalston"], "replace 12 A Road|||E8 1AB||"),
        (["12 A Road", "", "", "E8 1AB", ""], ["-", "", "", "-", "", ""], "replace 12 A Road|||E8 1AB||"),
    ];
    for (row, there, step) in cases {
        assert_eq!(step_of(row, AddressWhen::Different, there, None), step, "{row:?} {there:?}");
        assert_eq!(
            step_of(row, AddressWhen::Different, there, Some(["1 C Lane", "", "", "E8 1AB", ""])),
            step,
            "{row:?}"
        );
        assert_eq!(step_of(row, AddressWhen::Different, there, Some(row)), "keep", "{row:?} {there:?}");
    }
}

#[test]
fn a_house_number_alone_is_written_only_where_none_is_known() {
    let cases: [(Row, There, &str); 6] = [
        (["12", "", "", "E8 1AB", ""], ["12 A Road", "", "", "E8 1AB", "", "Dalston"], "leave"),
        (["12", "", "", "E8 1AB", ""], ["5 B Street", "Flat 3", "London", "N1 1AA", "100", ""], "leave"),
        // Its postcode is not known to be that of the other line: that is said.
        (["12", "", "", "E8 1AB", ""], ["5 B Street", "", "", "", "", ""], "keep"),
        (["12", "", "", "E8 1AB", "100"], ["12", "", "", "E8 1AB", "", ""], "fill 12|||E8 1AB|100|"),
        (
            ["12A", "", "", "E8 1AB", ""],
            ["12 a", "Flat 3", "", "", "100", "Dalston"],
            "patch 12A|Flat 3||E8 1AB|100|Dalston",
        ),
        (["12", "", "", "E8 1AB", ""], ["12", "", "", " ", "", ""], "patch 12|||E8 1AB||"),
    ];
    for (row, there, step) in cases {
        assert_eq!(step_of(row, AddressWhen::Missing, there, None), step, "{row:?} {there:?}");
        assert_eq!(step_of(row, AddressWhen::Missing, there, Some(row)), "leave", "{row:?} {there:?}");
    }
}

#[test]
fn the_summary_warns_only_of_what_people_may_wonder_about() {
    let patch = |replaced| AddressStep::Patch { block: AddressBlock::default(), replaced };
    assert_eq!(AddressStep::Keep.warning(), Some("address kept: changed in Here to Help"));
    assert_eq!(patch(true).warning(), Some("address replaced"));
    assert_eq!(patch(false).warning(), None);
    assert_eq!(AddressStep::Leave.warning(), None);
}

#[test]
fn the_normal_form_knows_the_same_address_again() {
    let known = normal(&address(["12 A Road", "Flat 3", "London", "E8 1AB", ""]).block);
    for same in [["12 a road,", "FLAT 3", "London", "e81ab", "100"], ["12 A Road Flat 3", "", "London", "E8 1AB", ""]] {
        assert_eq!(normal(&address(same).block), known, "{same:?}");
    }
    for other in [["12 A Road", "Flat 4", "London", "E8 1AB", ""], ["12 A Road", "Flat 3", "London", "E8 1AD", ""]] {
        assert_ne!(normal(&address(other).block), known, "{other:?}");
    }
    // What ends a line does not begin the postcode.
    assert_ne!(
        normal(&address(["1", "", "E", "8 1AB", ""]).block),
        normal(&address(["1", "", "", "E8 1AB", ""]).block)
    );
}

/// Who wrote what stands there decides where this feed did not send the row's address before.
#[test]
fn what_staff_or_a_newer_row_wrote_stays() {
    let full = ["12 A Road", "Flat 3", "London", "E8 1AB", "100", "Dalston"];
    let (another, house) = (["5 B Street", "", "", "N1 1AA", ""], ["14", "", "", "E8 1AB", ""]);
    let of = |row, when, there, stands, is_older| {
        let memory =
            AddressMemory { stands, is_older, takes_uprn: true, has_new_uprn: true, ..AddressMemory::default() };
        in_words(address_step(&address_when(row, when), &held(there), memory))
    };
    use AddressWhen::{Different, Missing};
    let cases = [
        (another, Different, full, Stands::Ours, false, "replace 5 B Street|||N1 1AA||"),
        (another, Different, full, Stands::Changed, false, "keep"),
        (another, Different, full, Stands::Ours, true, "older"),
        (another, Different, ["", "", "", "", "", ""], Stands::Changed, true, "older"),
        // The UPRN stays where the row only says more of the same house.
        (
            ["12 A Road", "Flat 3", "Old Yard", "E8 1AB", ""],
            Different,
            ["12 A Road", "Flat 3", "", "E8 1AB", "100", "Dalston"],
            Stands::Ours,
            false,
            "replace 12 A Road|Flat 3|Old Yard|E8 1AB|100|Dalston",
        ),
        (
            ["12 A Road", "Flat 4", "London", "E8 1AB", ""],
            Different,
            full,
            Stands::Ours,
            false,
            "replace 12 A Road|Flat 4|London|E8 1AB||Dalston",
        ),
        // A whole address replaces a house number of ours, whichever is older, and keeps what stands beside it.
        (
            another,
            Different,
            ["14", "", "", "N1 1AA", "100", "Dalston"],
            Stands::OurHouseNumber,
            true,
            "replace 5 B Street|||N1 1AA||Dalston",
        ),
        (house, Missing, ["12", "", "", "E8 1AB", "100", ""], Stands::OurHouseNumber, false, "replace 14|||E8 1AB||"),
        (house, Missing, ["12", "", "", "E8 1AB", "", ""], Stands::OurHouseNumber, true, "leave"),
        // Of the same house the UPRN stays, while the postcode does.
        (
            house,
            Missing,
            ["14 C Row", "", "", "", "100", ""],
            Stands::OurHouseNumber,
            false,
            "replace 14|||E8 1AB|100|",
        ),
        (
            ["14, C Row", "", "", "E8 1AB", ""],
            Different,
            ["14", "", "", "E8 1AB", "100", ""],
            Stands::OurHouseNumber,
            false,
            "replace 14, C Row|||E8 1AB|100|",
        ),
        (
            ["14 C Row", "", "", "N1 1AA", ""],
            Different,
            ["14", "", "", "E8 1AB", "100", ""],
            Stands::OurHouseNumber,
            false,
            "replace 14 C Row|||N1 1AA||",
        ),
        (
            ["14a C Row", "", "", "E8 1AB", ""],
            Different,
            ["14", "", "", "E8 1AB", "100", ""],
            Stands::OurHouseNumber,
            false,
            "replace 14a C Row|||E8 1AB||",
        ),
        (house, Missing, ["14", "", "", "E8 1AB", "", ""], Stands::OurHouseNumber, false, "leave"),
        (["14", "", "", "", ""], Missing, ["14", "", "", "E8 1AB", "100", ""], Stands::OurHouseNumber, false, "leave"),
        (house, Missing, ["14 C Row", "", "", "", "", ""], Stands::OurHouseNumber, true, "fill 14 C Row|||E8 1AB||"),
        (house, Missing, full, Stands::Changed, false, "leave"),
        (house, Missing, ["", "", "", "", "", ""], Stands::Changed, true, "older"),
    ];
    for (row, when, there, stands, is_older, step) in cases {
        assert_eq!(of(row, when, there, stands, is_older), step, "{row:?} {there:?} {stands:?} {is_older}");
    }
}

/// The API takes a block only with a first line and a postcode, blank or not.
#[test]
fn a_postcode_and_a_uprn_go_where_no_first_line_is() {
    let of = |[postcode, uprn]: [&str; 2], there: There, [takes_postcode, takes_uprn]: [bool; 2]| {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let block = AddressBlock { postcode: some(postcode), uprn: some(uprn), ..AddressBlock::default() };
        let row = RowAddress { block, extent: Extent::Parts };
        in_words(address_step(
            &row,
            &held(there),
            AddressMemory { takes_postcode, takes_uprn, ..AddressMemory::default() },
        ))
    };
    let none = ["", "", "", "", "", ""];
    let cases = [
        (["E8 1AB", "100"], none, [true, true], "fill |||E8 1AB|100|"),
        (["", "100"], none, [false, true], "fill ||||100|"),
        (["E8 1AB", ""], ["", "Flat 3", "", "", "", "Dalston"], [true, false], "fill |Flat 3||E8 1AB||Dalston"),
        (["E8 1AB", "100"], none, [false, false], "leave"),
        // Beside a first line only what is of the same postcode.
        (["E8 1AB", "100"], ["12 A Road", "", "", "e81ab", "", ""], [false, true], "fill 12 A Road|||e81ab|100|"),
        (["N1 1AA", "100"], ["12 A Road", "", "", "E8 1AB", "", ""], [true, true], "leave"),
        (["", "100"], ["12 A Road", "", "", "E8 1AB", "", ""], [false, true], "fill 12 A Road|||E8 1AB|100|"),
        (["E8 1AB", ""], ["12 A Road", "", "", "", "", ""], [true, false], "fill 12 A Road|||E8 1AB||"),
    ];
    for (row, there, takes, step) in cases {
        assert_eq!(of(row, there, takes), step, "{row:?} {there:?} {takes:?}");
    }
}

/// A PATCH with `CaseNotes` overwrites a note, staff's too (docs/contract/here-to-help-api.md, A.6c), and one with a phone
/// erases the others. What is added to the block does not compile here before it was thought of.
#[test]
fn the_whole_body_is_of_the_address_alone() {
    let some = |text: &str| Some(text.to_owned());
    let block = AddressBlock {
        address_first_line: some("1"),
        address_second_line: some("2"),
        address_third_line: some("3"),
        postcode: some("4"),
        uprn: some("5"),
        ward: some("6"),
    };
    insta::assert_json_snapshot!(block, @r#"
    {
      "AddressFirstLine": "1",
      "AddressSecondLine": "2",
      "AddressThirdLine": "3",
      "Postcode": "4",
      "Uprn": "5",
      "Ward": "6"
    }
    "#);
}

#[test]
fn the_body_names_only_what_shall_be_there() {
    let AddressStep::Patch { block, .. } = address_step(
        &address(["12 A Road", "", "", "E8 1AB", ""]),
        &held(["", "", "", "", "", "Dalston"]),
        known(false),
    ) else {
        panic!("no first line is there");
    };
    insta::assert_json_snapshot!(block, @r#"
    {
      "AddressFirstLine": "12 A Road",
      "Postcode": "E8 1AB",
      "Ward": "Dalston"
    }
    "#);
    insta::assert_snapshot!(format!("{block:?}"), @"AddressBlock { .. }");
}

proptest! {
    #[test]
    fn the_step_taken_again_leaves_everything(row in row(), when in when(), there in there(), sent in sent()) {
        let (row, there) = (address_when(row, when), held(there));
        let memory = known(sent.is_some_and(|sent| normal(&address(sent).block) == normal(&row.block)));
        if let AddressStep::Patch { block, .. } = address_step(&row, &there, memory) {
            // As the API does it: all six fields are replaced, what was left out becomes null.
            let there = block;
            prop_assert!(address_step(&row, &there, known(false)) == AddressStep::Leave);
            prop_assert!(address_step(&row, &there, known(true)) == AddressStep::Leave);
        }
    }

    #[test]
    fn the_api_takes_every_block_that_is_sent(row in row(), when in when(), there in there()) {
        if let AddressStep::Patch { block, .. } = address_step(&address_when(row, when), &held(there), known(false)) {
            prop_assert!(given(&block.address_first_line).is_some() && given(&block.postcode).is_some());
        }
    }

    #[test]
    fn nothing_that_is_there_is_nulled_but_with_another_address(row in row(), when in when(), there in there()) {
        let step = address_step(&address_when(row, when), &held(there), known(false));
        if let AddressStep::Patch { block, replaced: false } = step {
            prop_assume!(!there[0].is_empty());
            for (before, after) in fields(&held(there)).into_iter().zip(fields(&block)) {
                prop_assert!(given(&before).is_none() || given(&after).is_some());
            }
        }
    }

    #[test]
    fn a_ward_outlives_every_step_while_the_postcode_stays(row in row(), when in when(), there in there()) {
        prop_assume!(fold(there[3]) == fold(row[3]));
        if let AddressStep::Patch { block, .. } = address_step(&address_when(row, when), &held(there), known(false)) {
            prop_assert_eq!(block.ward.unwrap_or_default(), there[5]);
        }
    }

    #[test]
    fn staff_may_complete_an_address_and_a_weekly_file_does_not_touch_it(row in row(), ward in "[A-Z]{1,3}", uprn in "[1-9]{3}") {
        let row = address(row);
        let AddressStep::Patch { block, .. } = address_step(&row, &AddressBlock::default(), known(false)) else {
            panic!("no address is there");
        };
        let mut there = block;
        there.ward = Some(ward);
        there.uprn = there.uprn.or(Some(uprn));
        prop_assert!(address_step(&row, &there, known(false)) == AddressStep::Leave);
        prop_assert!(address_step(&row, &there, known(true)) == AddressStep::Leave);
    }

    #[test]
    fn what_this_feed_sent_before_never_replaces_another_address(row in row(), there in there()) {
        let row = address(row);
        let step = address_step(&row, &held(there), known(true));
        prop_assert!(!matches!(step, AddressStep::Patch { replaced: true, .. }), "it replaced an address");
    }

    #[test]
    fn a_house_number_never_replaces_an_address(row in row(), there in there()) {
        let step = address_step(&address_when(row, AddressWhen::Missing), &held(there), known(false));
        prop_assert!(!matches!(step, AddressStep::Patch { replaced: true, .. }), "it replaced an address");
    }
}

/// Few values, so that they meet often.
fn line() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "", "12 A Road", "12 a road", "Flat 3", "12 A Road, Flat 3", "London"])
}

fn postcode() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["E8 1AB", "e81ab", "N1 1AA"])
}

fn uprn_text() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "100", "200"])
}

fn row() -> impl Strategy<Value = Row<'static>> {
    let first = prop::sample::select(vec!["12 A Road", "12 a road", "Flat 3", "12 A Road, Flat 3"]);
    (first, line(), line(), postcode(), uprn_text()).prop_map(Into::into)
}

fn there() -> impl Strategy<Value = There<'static>> {
    let postcode = prop_oneof![1 => Just(""), 3 => postcode()];
    let ward = prop::sample::select(vec!["", "Dalston"]);
    (line(), line(), line(), postcode, uprn_text(), ward).prop_map(Into::into)
}

fn sent() -> impl Strategy<Value = Option<Row<'static>>> {
    prop::option::of(row())
}

fn when() -> impl Strategy<Value = AddressWhen> {
    prop::sample::select(vec![AddressWhen::Missing, AddressWhen::Different])
}

/// Where this very address was sent before, or not; and a UPRN with it.
fn known(sent_before: bool) -> AddressMemory {
    AddressMemory { sent_before, takes_uprn: !sent_before, has_new_uprn: !sent_before, ..AddressMemory::default() }
}

fn step_of(row: Row, when: AddressWhen, there: There, sent_before: Option<Row>) -> String {
    let row = address_when(row, when);
    let is_the_same = sent_before.is_some_and(|sent| normal(&address(sent).block) == normal(&row.block));
    in_words(address_step(&row, &held(there), known(is_the_same)))
}

fn in_words(step: AddressStep) -> String {
    match step {
        AddressStep::Leave => "leave".to_owned(),
        AddressStep::Keep => "keep".to_owned(),
        AddressStep::Older => "older".to_owned(),
        AddressStep::Patch { block, replaced } => {
            format!("{} {}", if replaced { "replace" } else { "patch" }, joined(&block))
        }
        AddressStep::Fill(block) => format!("fill {}", joined(&block)),
    }
}

fn joined(block: &AddressBlock) -> String {
    fields(block).map(Option::unwrap_or_default).join("|")
}

fn fields(held: &AddressBlock) -> [Option<String>; 6] {
    let held = held.clone();
    [held.address_first_line, held.address_second_line, held.address_third_line, held.postcode, held.uprn, held.ward]
}

fn address(row: Row) -> RowAddress {
    address_when(row, AddressWhen::Different)
}

fn address_when([first, second, third, postcode, uprn]: Row, when: AddressWhen) -> RowAddress {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut request = HelpRequest {
        address_first_line: some(first),
        address_second_line: some(second),
        address_third_line: some(third),
        postcode: some(postcode),
        uprn: some(uprn),
        ..HelpRequest::default()
    };
    let address = wire::Address::apart(&mut request, when);
    RowAddress::of(&request, address.as_ref()).expect("an address")
}

fn held(there: There) -> AddressBlock {
    let [first, second, third, postcode, uprn, ward] = there.map(|text| Some(text.to_owned()));
    AddressBlock {
        address_first_line: first,
        address_second_line: second,
        address_third_line: third,
        postcode,
        uprn,
        ward,
    }
}
