use chrono::DateTime;
use ledger::{HashKey, ResidentMemory, RowVersion, RunId, Sent};
use proptest::prelude::*;
use wire::{Address, AddressBlock, AddressWhen, NhsNumber};

use super::super::row_address::normal;
use super::super::step::InDoubtValues;
use super::super::values::values_of_row;
use super::*;

fn key() -> HashKey {
    HashKey::new(&"key".into())
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn version(row: u32) -> RowVersion {
    RowVersion { claimed_at: DateTime::UNIX_EPOCH, run: RunId::of("file", "1"), row }
}

/// A row of a feed; the higher the number, the newer.
#[derive(Clone, Debug)]
struct Row {
    feed: &'static str,
    number: u32,
    request: HelpRequest,
    address: Option<RowAddress>,
}

fn row(feed: &'static str, number: u32, request: HelpRequest) -> Row {
    whole_row(feed, number, request, AddressWhen::Different)
}

fn whole_row(feed: &'static str, number: u32, mut request: HelpRequest, when: AddressWhen) -> Row {
    let address = Address::apart(&mut request, when);
    let address = RowAddress::of(&request, address.as_ref());
    Row { feed, number, request, address }
}

/// What a row of this feed is compared with.
fn known<'a>(
    key: &'a HashKey,
    memory: &'a ResidentMemory,
    feed: &'a str,
    own: &'a RowVersion,
    in_doubt: &'a [&'a InDoubtValues],
) -> Known<'a> {
    Known { key, memory, feed, own, in_doubt, has_anothers_number: false }
}

/// A resident at the API, and what is remembered of them.
#[derive(Clone, Debug, Default)]
struct World {
    held: Option<Held>,
    memory: ResidentMemory,
}

impl World {
    /// Posts a row as the poster does; gives the warnings.
    fn upload(&mut self, row: &Row) -> Vec<String> {
        let (key, own) = (key(), version(row.number));
        let held = self.held.get_or_insert_with(|| posted(&row.request));
        let values = values_of_row(&key, &row.request, row.address.as_ref());
        let known = known(&key, &self.memory, row.feed, &own, &[]);
        let plan = plan(&known, &values, &row.request, row.address.as_ref(), held);
        patched(held, &plan.patch);
        let ours = plan.ours.iter().chain(&plan.written);
        for field in plan.left.iter().chain(ours.clone().map(|(field, _)| field)) {
            if let Some(value) = values.get(field) {
                self.memory.remember_sent(row.feed, *field, Sent::new(value.clone(), own.clone()));
            }
        }
        for (field, value) in ours {
            self.memory.remember_written(*field, value.clone(), own.clone());
        }
        plan.warnings
    }

    fn held(&mut self) -> &mut Held {
        self.held.as_mut().expect("somebody is there")
    }
}

/// A new resident (A.8, step 2a).
fn posted(request: &HelpRequest) -> Held {
    Held {
        nhs_number: request.nhs_number.as_ref().map(|number| number.as_str().to_owned()),
        first_name: request.first_name.clone(),
        last_name: request.last_name.clone(),
        dob_day: request.dob_day.clone(),
        dob_month: request.dob_month.clone(),
        dob_year: request.dob_year.clone(),
        email_address: request.email_address.clone(),
        contact_telephone_number: request.contact_telephone_number.clone(),
        contact_mobile_number: request.contact_mobile_number.clone(),
        address: AddressBlock {
            address_first_line: request.address_first_line.clone(),
            address_second_line: request.address_second_line.clone(),
            address_third_line: request.address_third_line.clone(),
            postcode: request.postcode.clone(),
            uprn: request.uprn.clone(),
            ward: None,
        },
    }
}

/// A PATCH (A.6c).
fn patched(held: &mut Held, patch: &ResidentPatch) {
    let number = patch.nhs_number.as_ref().map(|number| number.as_str().to_owned());
    let fields = [
        (&mut held.nhs_number, &number),
        (&mut held.first_name, &patch.first_name),
        (&mut held.last_name, &patch.last_name),
        (&mut held.dob_day, &patch.dob_day),
        (&mut held.dob_month, &patch.dob_month),
        (&mut held.dob_year, &patch.dob_year),
        (&mut held.email_address, &patch.email_address),
        (&mut held.contact_telephone_number, &patch.contact_telephone_number),
        (&mut held.contact_mobile_number, &patch.contact_mobile_number),
    ];
    for (field, value) in fields {
        if value.is_some() {
            field.clone_from(value);
        }
    }
    if let Some(address) = &patch.address {
        assert!(
            address.address_first_line.is_some() && address.postcode.is_some(),
            "the API would leave the block alone"
        );
        held.address = address.clone();
    }
}

fn ann() -> HelpRequest {
    HelpRequest {
        first_name: some("Ann"),
        last_name: some("Able"),
        dob_day: some("1"),
        dob_month: some("2"),
        dob_year: some("1980"),
        email_address: some("ann@example.org"),
        contact_telephone_number: some("020 7946 0050"),
        nhs_number: NhsNumber::read("9434765919"),
        address_first_line: some("1 Mare Street"),
        postcode: some("E8 1AB"),
        ..HelpRequest::default()
    }
}

#[test]
fn what_staff_corrected_stays_and_is_not_spoken_of_again() {
    let mut world = World::default();
    world.upload(&row("spl", 1, ann()));
    let held = world.held();
    held.email_address = some("right@example.org");
    held.last_name = some("Baker");
    held.dob_day = some("3");
    held.contact_telephone_number = some("0800 5");
    held.first_name = None;
    held.address.address_first_line = some("2 Mare Street");
    let corrected = held.clone();
    let kept = ["address kept: changed in Here to Help"];
    assert_eq!(world.upload(&row("spl", 2, ann())), kept);
    assert_eq!(world.upload(&row("spl", 3, ann())), [""; 0], "it is said once");
    assert_eq!(world.held, Some(corrected));
    // Once for each that stands there, and for each that a sheet brings.
    world.held().address.address_first_line = some("3 Mare Street");
    assert_eq!(world.upload(&row("spl", 4, ann())), kept);
    let moved = HelpRequest { address_first_line: some("4 Mare Street"), ..ann() };
    assert_eq!(world.upload(&row("spl", 5, moved.clone())), kept);
    assert_eq!(world.upload(&row("spl", 6, moved)), [""; 0]);
}

#[test]
fn what_changed_in_the_sheet_arrives_or_is_named_once() {
    let mut world = World::default();
    world.upload(&row("spl", 1, ann()));
    world.held().email_address = some("right@example.org");
    let changed = HelpRequest {
        email_address: some("new@example.org"),
        last_name: some("Baker"),
        contact_telephone_number: some("020 7946 0000"),
        address_first_line: some("3 Well Street"),
        ..ann()
    };
    let warnings = world.upload(&row("spl", 2, changed.clone()));
    assert_eq!(warnings, ["e-mail kept: changed in Here to Help", "address replaced"]);
    let held = world.held();
    assert_eq!((held.email_address.clone(), held.last_name.clone()), (some("right@example.org"), some("Baker")));
    assert_eq!(held.contact_telephone_number, some("020 7946 0050 / 020 7946 0000"));
    assert_eq!(held.address.address_first_line, some("3 Well Street"));
    assert_eq!(world.upload(&row("spl", 3, changed)), [""; 0]);
}

#[test]
fn a_wrong_sheet_is_put_right_by_the_right_one() {
    let mut world = World::default();
    let wrong = HelpRequest { email_address: some("wrong@example.org"), ..ann() };
    world.upload(&row("spl", 1, ann()));
    world.upload(&row("spl", 2, wrong));
    world.upload(&row("spl", 3, ann()));
    assert_eq!(world.held().email_address, some("ann@example.org"));
}

#[test]
fn two_feeds_that_disagree_do_not_write_in_turn() {
    let mut world = World::default();
    let other = HelpRequest { email_address: some("other@example.org"), ..ann() };
    for week in 0..3 {
        world.upload(&row("spl", 10 * week + 1, ann()));
        world.upload(&row("nsss", 10 * week + 2, other.clone()));
        assert_eq!(world.held().email_address, some("other@example.org"));
    }
}

#[test]
fn what_staff_took_away_another_feed_does_not_bring_back() {
    let mut world = World::default();
    world.upload(&row("spl", 1, ann()));
    world.held().email_address = None;
    let warnings = world.upload(&row("nsss", 2, ann()));
    assert_eq!((world.held().email_address.clone(), warnings.len()), (None, 1), "{warnings:?}");
}

#[test]
fn an_older_row_fills_blanks_and_leaves_what_a_newer_one_sent() {
    let mut world = World::default();
    world.upload(&row("nsss", 2, HelpRequest { email_address: some("new@example.org"), nhs_number: None, ..ann() }));
    let warnings = world.upload(&row("spl", 1, ann()));
    assert_eq!(warnings, ["older than a row that was sent already: left as they are: e-mail; filled in: NHS number"]);
    assert_eq!(world.held().nhs_number, some("9434765919"));
    assert_eq!(world.held().email_address, some("new@example.org"));
}

#[test]
fn a_number_that_is_known_as_anothers_is_not_written() {
    let (key, own) = (key(), version(2));
    let mut world = World::default();
    world.upload(&row("nsss", 1, HelpRequest { nhs_number: None, ..ann() }));
    let values = values_of_row(&key, &ann(), None);
    let known = Known { has_anothers_number: true, ..known(&key, &world.memory, "spl", &own, &[]) };
    let plan = plan(&known, &values, &ann(), None, world.held.as_ref().expect("held"));
    assert!(plan.patch.nhs_number.is_none());
    assert_eq!(plan.warnings, ["NHS number not written: it is known as another person's"]);
}

/// A row that may have come so far is taken for one that did: its value is ours, and a newer one's stays. What is left to a newer
/// one of the same feed was not seen: that one may say the same.
#[test]
fn what_a_row_in_doubt_may_have_written_counts_as_ours() {
    let (key, own) = (key(), version(5));
    let mut world = World::default();
    world.upload(&row("spl", 1, ann()));
    world.held().email_address = some("doubt@example.org");
    let doubtful = HelpRequest { email_address: some("doubt@example.org"), ..ann() };
    let request = HelpRequest { email_address: some("new@example.org"), ..ann() };
    let values = values_of_row(&key, &request, None);
    let new = some("new@example.org");
    let cases = [
        ("nsss", false, &new, false),
        ("nsss", true, &None, true),
        ("spl", false, &new, false),
        ("spl", true, &None, false),
    ];
    for (feed, is_newer, written, is_left) in cases {
        let in_doubt = InDoubtValues { feed, values: values_of_row(&key, &doubtful, None), address: None, is_newer };
        let doubts = [&in_doubt];
        let known = known(&key, &world.memory, "spl", &own, &doubts);
        let plan = plan(&known, &values, &request, None, world.held.as_ref().expect("held"));
        assert_eq!(plan.patch.email_address, *written, "{feed}, newer: {is_newer}");
        assert_eq!(plan.left.contains(&Field::Email), is_left, "{feed}, newer: {is_newer}");
    }
}

/// What an older row writes itself is remembered with all its parts, whatever a newer one in doubt says.
#[test]
fn a_uprn_that_goes_with_an_address_is_remembered_beside_a_newer_row_in_doubt() {
    let (key, own) = (key(), version(2));
    let place = HelpRequest {
        uprn: some("100"),
        address_first_line: some("1 A Road"),
        postcode: some("E8 1AB"),
        ..HelpRequest::default()
    };
    let mut world = World::default();
    world.upload(&row("nsss", 1, HelpRequest { address_first_line: None, postcode: None, ..ann() }));
    let older = row("spl", 2, place);
    let values = values_of_row(&key, &older.request, older.address.as_ref());
    let in_doubt =
        InDoubtValues { feed: "spl", values: values.clone(), address: older.address.clone(), is_newer: true };
    let doubts = [&in_doubt];
    let known = known(&key, &world.memory, "spl", &own, &doubts);
    let plan = plan(&known, &values, &older.request, older.address.as_ref(), world.held.as_ref().expect("held"));
    assert!(plan.patch.address.is_some());
    assert!(plan.left.contains(&Field::Uprn));
}

/// It was filled up with the third line that stood there: still it is a house number of ours, which a whole address replaces.
#[test]
fn an_address_that_a_row_in_doubt_filled_up_counts_as_ours() {
    let (key, own) = (key(), version(2));
    let at = |line: &str, town: &str, postcode: &str| HelpRequest {
        address_first_line: some(line),
        address_third_line: some(town),
        postcode: some(postcode),
        ..HelpRequest::default()
    };
    let mut world = World::default();
    world.upload(&row("spl", 1, at("32 Mare Street", "London", "")));
    let doubtful = whole_row("contact-tracing", 3, at("32", "", ""), AddressWhen::Missing);
    world.held().address.address_first_line = some("32");
    let values = values_of_row(&key, &doubtful.request, doubtful.address.as_ref());
    let in_doubt = InDoubtValues { feed: "contact-tracing", values, address: doubtful.address, is_newer: true };
    let whole = row("nsss", 2, at("32 Mare Street", "", "E8 1AB"));
    let values = values_of_row(&key, &whole.request, whole.address.as_ref());
    for (doubts, said) in [(&[&in_doubt][..], "address replaced"), (&[], "address kept: changed in Here to Help")] {
        let known = known(&key, &world.memory, "nsss", &own, doubts);
        let plan = plan(&known, &values, &whole.request, whole.address.as_ref(), world.held.as_ref().expect("held"));
        assert_eq!(plan.warnings, [said]);
    }
}

/// Its postcode is filled in beside the line that staff wrote, its UPRN is not: nobody would see that it is missing.
#[test]
fn a_uprn_that_is_left_out_is_named_also_beside_a_postcode_that_is_filled_in() {
    let place = |line: &str, postcode: &str, uprn: &str| HelpRequest {
        address_first_line: some(line),
        postcode: some(postcode),
        uprn: some(uprn),
        ..HelpRequest::default()
    };
    let mut world = World::default();
    world.upload(&row("spl", 1, place("1 Mare Street", "", "")));
    world.held().address.address_first_line = some("2 Well Street");
    let left_out = "UPRN left out: it may not be that of the address in Here to Help";
    let whole = world.upload(&row("nsss", 2, place("1 Mare Street", "E8 1AB", "100")));
    assert_eq!(whole, ["address kept: changed in Here to Help", left_out]);
    let parts = world.upload(&row("self-isolation", 3, place("", "E8 1AB", "100")));
    assert_eq!(parts, [left_out]);
    assert_eq!(world.held().address.postcode, some("E8 1AB"));
}

/// Rows of which each says where somebody lives as a whole. What says less than a place (a first line without a postcode, a UPRN
/// that another row of the same place lacks) may be added to what stands there, or not: only what stands there tells.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    of_feeds(request().prop_map(|(request, is_house)| {
        let first = request.address_first_line.as_deref();
        let postcode = request.postcode.or_else(|| first.map(|_| "E8 1AB".to_owned()));
        let uprn = match (first, postcode.as_deref()) {
            (Some("2 Well Street"), Some("E8 1AB")) if !is_house => some("200"),
            (Some("2 Well Street"), _) if !is_house => some("201"),
            _ => None,
        };
        (HelpRequest { postcode, uprn, ..request }, is_house)
    }))
}

/// Rows that say anything of a place.
fn any_rows() -> impl Strategy<Value = Vec<Row>> {
    of_feeds(request())
}

/// A request, and if its first line is a house number only.
fn request() -> impl Strategy<Value = (HelpRequest, bool)> {
    let text = |texts: &[&'static str]| prop::sample::select(texts.to_vec()).prop_map(some);
    let request = (
        text(&["", "ann@example.org", "other@example.org"]),
        text(&["", "020 7946 0050", "020 7946 0000", "0800 5"]),
        text(&["", "1", "2"]),
        prop::sample::select(vec!["", "9434765919", "4980773109"]),
        text(&["Able", "Baker"]),
        (
            text(&["", "1 Mare Street", "2 Well Street", "1"]),
            text(&["", "E8 1AB", "N1 1AA"]),
            text(&["", "200", "201"]),
        ),
        any::<bool>(),
    );
    request.prop_map(|(email_address, phone, day, number, last_name, (first, postcode, uprn), is_house)| {
        let request = HelpRequest {
            email_address,
            contact_telephone_number: phone,
            dob_month: day.as_ref().map(|_| "3".to_owned()),
            dob_year: day.as_ref().map(|_| "1980".to_owned()),
            dob_day: day,
            nhs_number: NhsNumber::read(number),
            first_name: some("Ann"),
            last_name,
            address_first_line: first,
            postcode,
            uprn,
            ..HelpRequest::default()
        };
        (request, is_house)
    })
}

/// One row of each of some feeds.
fn of_feeds(request: impl Strategy<Value = (HelpRequest, bool)>) -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(request, 2..=4).prop_map(|requests| {
        let feeds = ["contact-tracing", "nsss", "spl", "self-isolation"];
        let when = |is_house| if is_house { AddressWhen::Missing } else { AddressWhen::Different };
        let rows = (1..).zip(feeds).zip(requests);
        rows.map(|((number, feed), (request, is_house))| whole_row(feed, number, request, when(is_house))).collect()
    })
}

/// The fields of which a row says something and the resident has nothing, though no warning names them. A UPRN goes with its place:
/// which of several rows that know half a place keeps its own depends on the order.
fn missing(row: &Row, held: &Held, warnings: &[String]) -> Vec<&'static str> {
    let of = |field: fn(&AddressBlock) -> &Option<String>| {
        row.address.as_ref().and_then(|address| field(&address.block).clone())
    };
    let number = row.request.nhs_number.as_ref().map(|number| number.as_str().to_owned());
    let fields = [
        ("date of birth", row.request.dob_day.clone(), &held.dob_day),
        ("NHS number", number, &held.nhs_number),
        ("e-mail", row.request.email_address.clone(), &held.email_address),
        ("telephone", row.request.contact_telephone_number.clone(), &held.contact_telephone_number),
        ("address", of(|block| &block.address_first_line), &held.address.address_first_line),
        ("postcode", of(|block| &block.postcode), &held.address.postcode),
    ];
    let is_named = |word: &str| {
        warnings.iter().any(|warning| warning.contains(word) || word == "postcode" && warning.contains("address"))
    };
    let missing =
        fields.into_iter().filter(|(word, own, held)| own.is_some() && given(held).is_none() && !is_named(word));
    missing.map(|(word, ..)| word).collect()
}

/// Every order of so many rows.
fn orders(rows: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for row in 0..rows {
        let longer = |order: &Vec<usize>| {
            let order = order.clone();
            (0..=order.len()).map(move |place| {
                let mut longer = order.clone();
                longer.insert(place, row);
                longer
            })
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    orders
}

/// Rows as people read them: what is printed of them elsewhere hides what they say.
fn in_words(rows: &[Row]) -> Vec<serde_json::Value> {
    rows.iter()
        .map(|row| {
            serde_json::to_value((&row.request, row.address.as_ref().map(|address| &address.block))).expect("a value")
        })
        .collect()
}

/// Addresses as people read them, phones as sets.
fn read(world: &World) -> (Held, String) {
    let held = world.held.clone().expect("somebody");
    let mut phones = numbers(&held.contact_telephone_number);
    phones.sort_unstable();
    let place = format!("{} {:?} {phones:?}", normal(&held.address), given(&held.address.uprn));
    (Held { address: AddressBlock::default(), contact_telephone_number: None, ..held }, place)
}

proptest! {
    #[test]
    fn the_order_of_a_persons_rows_does_not_matter(rows in rows()) {
        let mut in_order = World::default();
        for row in &rows {
            in_order.upload(row);
        }
        for order in orders(rows.len()) {
            let mut world = World::default();
            for place in &order {
                world.upload(&rows[*place]);
            }
            prop_assert_eq!(read(&world), read(&in_order), "{:?} of {:?}", order, in_words(&rows));
        }
    }

    #[test]
    fn nothing_of_any_row_is_missing_in_any_order(rows in any_rows()) {
        for order in orders(rows.len()) {
            let mut world = World::default();
            let warnings: Vec<_> = order.iter().map(|place| world.upload(&rows[*place])).collect();
            for (place, warnings) in order.iter().zip(warnings) {
                let missing = missing(&rows[*place], world.held(), &warnings);
                prop_assert!(missing.is_empty(), "{missing:?} of row {place} in {order:?} of {:?}", in_words(&rows));
            }
        }
    }

    #[test]
    fn a_sheet_that_comes_again_changes_nothing_that_staff_did(rows in rows(), staff in rows()) {
        let mut world = World::default();
        for row in &rows {
            world.upload(row);
        }
        *world.held() = posted(&staff[0].request);
        let corrected = world.held.clone();
        for row in &rows {
            world.upload(&Row { number: row.number + 100, ..row.clone() });
        }
        prop_assert_eq!(world.held, corrected);
    }
}
