//! Leftovers of programs in cells, in all the forms in which they are seen: docs/contract/feeds.md, "Values".

use feeds::{Cell, CellKind, Intake, Judged, Origin, SheetRow, all};
use wire::NhsNumber;

use crate::common::{feed, good_row, ingest, judge, post, problems, rules};

const FEEDS_BIRTH: [(&str, &str); 5] = [
    ("contact-tracing", "Date of Birth"),
    ("nsss", "date_of_birth"),
    ("spl", "DateOfBirth"),
    ("self-isolation", "Date of Birth"),
    ("generic", "d.o.b"),
];

const ZERO_DATES: [&str; 28] = [
    "0",
    "1/0/1900",
    "01/00/1900",
    "1/0/00",
    "0/1/1900",
    "0/1/00",
    "00/01/1900 12:00:00 AM",
    "1/0/1900 0:00",
    "12:00:00 AM",
    "12:00 AM",
    "12:00am",
    "00:00",
    "January 0, 1900",
    "Jan 0 1900",
    "Saturday, 0 January 1900",
    "Saturday, January 0, 1900",
    "0 January 1900",
    "1899-12-30T00:00:00Z",
    "1899-12-30T00:00:00.000Z",
    "1899-12-30T00:00:00+00:00",
    "1899-12-30 00:00:00+00",
    "1899-12-30T00:01:15.000Z",
    "1899-12-31T00:00:00Z",
    "1900-01-00T00:00:00Z",
    "12/30/1899",
    "12/31/1899",
    "30/12/1899",
    "31/12/1899",
];

/// The texts that are not as they should be.
fn all_are<'t>(texts: impl IntoIterator<Item = &'t str>, is_right: impl Fn(&str) -> bool) {
    let wrong: Vec<&str> = texts.into_iter().filter(|text| !is_right(text)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

fn warns(judged: &Judged, column: &str) -> bool {
    judged.warnings.iter().any(|warning| warning.starts_with(column))
}

fn is_post(judged: &Judged) -> bool {
    matches!(judged.decision, feeds::Decision::Post(_))
}

#[test]
fn zeros_are_left_out_of_a_date_of_birth_in_every_feed() {
    for (name, column) in FEEDS_BIRTH {
        all_are(ZERO_DATES, |text| {
            let judged = judge(name, &[(column, text)]);
            is_post(&judged) && post(&judged).request.dob_year.is_none() && warns(&judged, column)
        });
    }
}

#[test]
fn a_zero_and_a_word_for_nothing_are_no_death_and_no_warning() {
    let nothing = [
        "N/A",
        "n/a",
        "NA",
        "n.a.",
        "N.A.",
        "N / A",
        r"N\A",
        "not applicable",
        "Not Applicable",
        "#N/A N/A",
        "=NA()",
        "NaN",
        "NaT",
        "<NA>",
        r"\N",
        "(null)",
        "[NULL]",
        "null",
        "NULL",
        "none",
        "None",
        "nil",
        "-",
        "--",
        "–",
        "—",
        "- -",
        "‐",
        "−",
        "#REF",
        "Loading...",
    ];
    all_are(nothing.into_iter().chain(ZERO_DATES), |text| {
        let judged = judge("spl", &[("DateOfDeath", text), ("category", "GP")]);
        is_post(&judged) && post(&judged).notes[0].note == "SPL Category: GP." && judged.warnings.is_empty()
    });
    all_are(["unknown", "TBC", "29580", "?", "N?", "01/01/2021", "N/A (alive 2020)"], |text| {
        let judged = judge("spl", &[("DateOfDeath", text), ("category", "GP")]);
        post(&judged).notes[0].note == format!("SPL Category: GP. Date of death: {text}")
            && warns(&judged, "DateOfDeath")
    });
}

#[test]
fn dates_of_birth_that_are_plain_to_read() {
    let dates = [
        "1980-12-25 00:00:00+00",
        "1980-12-25 00:00:00 +0000",
        "1980-12-25 00:00:00.0000000 +00:00",
        "25/12/1980, 00:00",
        "Thursday, 25 December 1980",
        "Thu 25 Dec 1980",
        "25 December, 1980",
        "25th of December 1980",
        "25Dec1980",
        "25DEC1980",
        "25–12–1980",
        "25‑12‑1980",
    ];
    all_are(dates, |text| {
        let judged = judge("generic", &[("d.o.b", text)]);
        let parts = |judged: &Judged| {
            let request = &post(judged).request;
            [&request.dob_day, &request.dob_month, &request.dob_year].map(|part| part.clone().unwrap_or_default())
        };
        is_post(&judged) && parts(&judged) == ["25", "12", "1980"]
    });
}

#[test]
fn a_date_in_an_address_is_left_out_however_it_is_written() {
    let dates = [
        "12:30 PM",
        "12:00:00 AM",
        "Dec 10, 2021",
        "Friday, December 10, 2021",
        "Friday, 10 December 2021",
        "Fri 10 Dec 2021",
        "1st March",
        "10th May",
        "March 1st",
        "Dec 10th",
        "10th December 2021",
        "10-Dec 00:00",
        "10-déc",
        "10. Dez",
        "10.12.",
        "10-Dec",
    ];
    all_are(dates, |text| {
        let judged = judge("generic", &[("Address Line 1", text)]);
        post(&judged).address.is_none() && warns(&judged, "Address Line 1")
    });
    let addresses = [
        "3 March Road",
        "10-12",
        "1/2 Test Walk",
        "1st Floor",
        "Sunday School",
        "Friday Street 10",
        "May House",
        "1st March House",
        "12 Monday Lane",
        "Mon Repos",
    ];
    all_are(addresses, |text| {
        let judged = judge("generic", &[("Address Line 1", text)]);
        post(&judged).address.as_ref().is_some_and(|address| address.address_first_line == text)
    });
}

/// The phone that is sent, and whether a zero is warned of.
fn phone(text: &str) -> (Option<String>, bool) {
    let judged = judge("generic", &[("Phone number", text)]);
    let zero = judged.warnings.iter().any(|warning| warning.contains("a zero at the start"));
    (post(&judged).request.contact_telephone_number.clone(), zero)
}

#[test]
fn phones_that_went_through_number_cells() {
    let table = [
        ("07,700,900,123", "07700900123", false),
        ("7700 900123.0", "7700 900123", true),
        ("+44 7700 900123.0", "+44 7700 900123", false),
        ("7700900123,0", "7700900123", true),
        ("07700900123,00", "07700900123", false),
        ("'07700900123'", "07700900123", false),
        ("''07700900123", "07700900123", false),
        ("020.7946.0000", "020.7946.0000", false),
        ("020 7946.0000", "020 7946.0000", false),
        ("07700900123 / 02079460000", "07700900123 / 02079460000", false),
        ("020 7946 0000/07700 900123", "020 7946 0000/07700 900123", false),
        ("01 23 45 67 12/07 70 09 00 12", "01 23 45 67 12/07 70 09 00 12", false),
        ("07700900123 x 12", "07700900123 x 12", false),
    ];
    let wrong: Vec<_> =
        table.into_iter().filter(|(text, sent, zero)| phone(text) != (Some((*sent).to_owned()), *zero)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let left_out = [
        "07700900123.5",
        "4.47701 x 10^11",
        "4.47701×10¹¹",
        "4,47701 x 10^11",
        "07700900123 12/02",
        "07700900123, 1/3",
        "12/02 07700900123",
        "07700900123 (12/02)",
        "07700900123 12022021",
    ];
    all_are(left_out, |text| phone(text).0.is_none());
}

#[test]
fn nhs_numbers_and_ids_that_went_through_number_cells() {
    let judged = judge("spl", &[("Traced_NHSNUMBER", "400 007 9190.0")]);
    assert_eq!(post(&judged).request.nhs_number.as_ref().map(NhsNumber::as_str), Some("4000079190"));
    let judged = judge("contact-tracing", &[("Account ID", "'0004'")]);
    assert_eq!(post(&judged).request.nhs_ctas_id.as_deref(), Some("0004"));
}

#[test]
fn error_values_that_lost_their_mark_are_no_names() {
    let errors = [
        "#REF",
        "#VALUE",
        "#NAME",
        "#DIV/0",
        "#NUM",
        "#NULL",
        "#N/A N/A",
        "# N/A",
        "#Error",
        "#ERROR!",
        "#Deleted",
        "#BLOCKED!",
        "#UNKNOWN!",
        "#FIELD!",
        "#CONNECT!",
        "#EXTERNAL!",
        "#BUSY!",
        "#PYTHON!",
        "#TIMEOUT!",
        "Loading...",
        "########",
        "#ref",
        "#div/0",
    ];
    all_are(errors, |text| !is_post(&judge("generic", &[("Surname", text)])));
    all_are(errors, |text| {
        let judged = judge("generic", &[("Case Note 1", text)]);
        post(&judged).notes.iter().all(|note| !note.note.contains(text)) && warns(&judged, "Case Note 1")
    });
}

#[test]
fn a_row_in_one_cell_is_rejected_before_the_feeds_filters() {
    for feed in all() {
        let good = good_row(feed);
        let header = SheetRow::of_text(1, good.iter().map(|(name, _)| *name));
        let whole: Vec<&str> = good.iter().map(|(_, text)| *text).collect();
        for separator in [",", ";", "\t", "|"] {
            for blanks in [0, 3, 40] {
                let mut cells = vec![whole.join(separator)];
                cells.resize(1 + blanks, String::new());
                let rows = [header.clone(), SheetRow::of_text(2, whole.clone()), SheetRow::of_text(3, cells)];
                for origin in [Origin::Separated, Origin::Tab("Sheet1".to_owned())] {
                    let mut intake = Intake::new(feed, rules(), origin);
                    for row in rows.clone() {
                        intake.push(row).expect("the header is right");
                    }
                    let judged = intake.finish().expect("the file is accepted");
                    assert!(is_post(&judged[0]), "{feed}");
                    assert!(!is_post(&judged[1]), "{feed} {separator:?}");
                    let problem = &problems(&judged[1])[0];
                    assert!(problem.problem.contains("in one cell, A3"), "{}", problem.problem);
                    assert!(problem.how_to_fix.contains("Text to Columns"), "{}", problem.how_to_fix);
                }
            }
        }
    }
}

#[test]
fn a_row_with_a_remark_only_is_not_in_one_cell() {
    let feed = feed("generic");
    let good = good_row(feed);
    let header = SheetRow::of_text(1, good.iter().map(|(name, _)| *name));
    let remark = SheetRow::of_text(2, ["Please ring Mina, Ana, or Ben; thanks"]);
    let judged = ingest(feed, [header, remark]).expect("accepted");
    assert!(matches!(judged[0].decision, feeds::Decision::Skipped { .. }));
}

/// Facts that only a workbook knows are not known when the row is judged again.
#[test]
fn a_row_in_one_cell_stays_one_beside_a_remark_a_merged_cell_and_a_formula() {
    let feed = feed("contact-tracing");
    let good = good_row(feed);
    let header = SheetRow::of_text(1, good.iter().map(|(name, _)| *name).chain(["Mark"]));
    let whole: Vec<&str> = good.iter().map(|(_, text)| *text).collect();
    let merged = Cell { merged_from: Some(2), ..Cell::text("70001") };
    let beside =
        [(0, merged), (good.len(), Cell::of(CellKind::Uncalculated, "")), (good.len() + 1, Cell::text("look at this"))];
    for (at, cell) in beside {
        let mut cells = vec![Cell::text(""); good.len() + 2];
        cells[1] = Cell::text(whole.join(","));
        cells[at] = cell;
        let mut intake = Intake::new(feed, rules(), Origin::Tab("Sheet1".to_owned()));
        for row in [header.clone(), SheetRow::of_text(2, whole.clone()), SheetRow::new(3, cells)] {
            intake.push(row).expect("the header is right");
        }
        let judged = intake.finish().expect("the file is accepted");
        assert!(problems(&judged[1])[0].problem.contains("in one cell, B3"), "{at}");
    }
}

fn sent_name(text: &str) -> String {
    post(&judge("generic", &[("First name", text)])).request.first_name.clone().unwrap_or_default()
}

#[test]
fn decomposed_names_are_composed_and_a_word_ends_with_its_own_sigma() {
    for (typed, sent) in [
        ("I\u{307}BRAHI\u{307}M", "İbrahim"),
        ("i\u{307}brahim", "İbrahim"),
        ("I\u{307}lkay-Si\u{307}nem", "İlkay-Sinem"),
        ("I\u{307}LKAY-SI\u{307}NEM", "İlkay-Sinem"),
        ("JOSE\u{301}", "José"),
        ("ΓΙΏΡΓΟΣ", "Γιώργος"),
        ("ΣΟΦΊΑ-ΆΡΗΣ Σ", "Σοφία-Άρης Σ"),
    ] {
        assert_eq!(sent_name(typed), sent, "{typed}");
    }
}

fn is_warned(column: &str, text: &str) -> bool {
    judge("generic", &[(column, text)]).warnings.iter().any(|warning| warning.contains("letters look wrong"))
}

#[test]
fn what_was_decoded_wrongly_is_warned_of() {
    let names = [
        "MarÃ\u{AD}a",
        "GarcÃ\u{AD}a",
        "voilÃ\u{A0}",
        "Ã\u{A0}",
        "OÕNeil",
        "DÕArcy",
        "OÕNEIL",
        "Zo‘",
        "Chlo‘",
        "I–igo",
        "Ren√©",
        "Zo√´",
        "√âlodie",
        "Ren├®",
        "Zo┬®",
        "Ren╦k",
        "OÔÇÖNeil",
        "OΓÇÖNeil",
        "Ýbrahim",
        "Þahin",
        "Gülþen",
        "Çaðlar",
        "Èâàí",
        "Ïåòðîâ",
        "Éõíáò",
    ];
    all_are(names, |text| is_warned("First name", text));
    let texts = [
        "RubÃ©n MartÃ\u{AD}nez",
        "MarÃ\u{AD}a said",
        "itÕs ok",
        "ok Ð rang",
        "Ren√© rang",
        "Ren├® rang",
        "Mar\u{AD}¡a rang",
        "saidÔÇÖno",
        "Èâàí rang",
    ];
    all_are(texts, |text| is_warned("Case Note 1", text));
    assert!(is_warned("Address Line 1", "4 RubÃ\u{AD} Walk"));
}

#[test]
fn what_is_spelt_right_is_not_warned_of() {
    let names = [
        "Zoë",
        "Siân",
        "Noël",
        "Müller",
        "François",
        "Simões",
        "JOÃO",
        "SIMÕES",
        "O’Neil",
        "Иван",
        "Петров",
        "Γιώργος",
        "Seán",
        "Novotný",
        "Élodie",
        "João Pessoã",
        "Aïcha",
        "Kõiv",
        "Zo\u{AD}ë",
        "Zoë\u{A0}Ana",
        "Anaïs",
        "D’Arcy",
        "KÕIV",
        "Cécile",
    ];
    all_are(names, |text| !is_warned("First name", text));
    let texts =
        ["well – rang", "√ done", "said ‘no‘", "Iván\u{A0}rang", "2×\u{A0}3", "├── list", "créée", "Voilà\u{A0}!"];
    all_are(texts, |text| !is_warned("Case Note 1", text));
}

#[test]
fn a_byte_order_mark_that_was_read_as_letters_is_taken_off_a_columns_name() {
    let feed = feed("generic");
    let good = good_row(feed);
    for first in ["ï»¿First name", "ï»¿\"First name\""] {
        let names = good.iter().map(|(name, _)| if *name == "First name" { first } else { *name });
        let rows = [SheetRow::of_text(1, names), SheetRow::of_text(2, good.iter().map(|(_, text)| *text))];
        let judged = ingest(feed, rows).expect("the header is right");
        assert!(is_post(&judged[0]));
    }
}
