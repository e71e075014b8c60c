//! Every sentence on dates of docs/contract/feeds.md, "Values".

use chrono::{NaiveDate, TimeDelta};
use proptest::prelude::*;

use super::*;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

fn as_of() -> NaiveDate {
    day(2021, 3, 8)
}

fn born(text: &str) -> Result<BirthDate, DateError> {
    of_birth(text, as_of())
}

#[test]
fn every_documented_form_is_read_day_before_month() {
    let forms = [
        "1980-02-01",
        "1980-2-1",
        "1980/02/01",
        "1980.02.01",
        "1980 02 01",
        "1980/02-1",
        "01/02/1980",
        "1/2/1980",
        "01-02-1980",
        "01.02.1980",
        "01 02 1980",
        "1.2/1980",
        "19800201",
        "01021980",
        "1 Feb 1980",
        "01 Feb 1980",
        "1-Feb-1980",
        "1 feb-1980",
        "1 FEBRUARY 1980",
        "01-february-1980",
        "1st Feb 1980",
        "1/Feb/1980",
        "1.Feb.1980",
        "1 / 2 / 1980",
        "1. 2. 1980",
        "1–2–1980",
        "1Feb1980",
        "1 February, 1980",
        "1st of February 1980",
        "Friday, 1 February 1980",
        "Fri 1 Feb 1980",
        "Tues 1/2/1980",
    ];
    for form in forms {
        assert_eq!(of_test(form), Ok(day(1980, 2, 1)), "{form}");
        assert_eq!(born(form), Ok(BirthDate::Known(day(1980, 2, 1))), "{form}");
    }
}

#[test]
fn months_have_three_letters_or_their_whole_name_or_are_sept() {
    let names = [
        ("Jan", "January"),
        ("Feb", "February"),
        ("Mar", "March"),
        ("Apr", "April"),
        ("May", "May"),
        ("Jun", "June"),
        ("Jul", "July"),
        ("Aug", "August"),
        ("Sep", "September"),
        ("Oct", "October"),
        ("Nov", "November"),
        ("Dec", "December"),
    ];
    for (month, (short, long)) in (1..).zip(names) {
        assert_eq!(of_test(&format!("9 {short} 1999")), Ok(day(1999, month, 9)));
        assert_eq!(of_test(&format!("9 {long} 1999")), Ok(day(1999, month, 9)));
    }
    assert_eq!(of_test("19 Sept 1999"), Ok(day(1999, 9, 19)));
    for name in ["Mrz", "Ja", "Janu", "Septem", "Octo", "Marc", "Juli", "x"] {
        assert_eq!(of_test(&format!("9 {name} 1999")), Err(DateError::Unreadable), "{name}");
    }
}

#[test]
fn a_time_is_dropped() {
    let times = [
        " 9:05",
        " 09:05",
        "T09:05",
        " 0:00",
        " 23:59:59",
        "T00:00:00.000",
        " 9:05:07.1234567",
        " 00:00:00",
        " 12:00 AM",
        " 9pm",
        " 9:05 PM",
        " 9:05:07 p.m.",
        ", 00:00",
        ".",
    ];
    let dates = ["1980-02-01", "1/2/1980", "19800201", "01021980", "1 Feb 1980", "1-February-1980", "1 2 1980"];
    for time in times {
        for date in dates {
            assert_eq!(of_test(&format!("{date}{time}")), Ok(day(1980, 2, 1)), "{date}{time}");
        }
    }
}

#[test]
fn other_times_are_errors() {
    let times = [
        " 24:00",
        " 9:60",
        " 9:05:60",
        " 9:5",
        " 9",
        " 009:05",
        " 9:05.5",
        " 9:05:07.",
        "  9:05",
        "t09:05",
        "T09:05z",
        " 9:05:07+1:00",
        " 9:05:07+24:00",
        " 9:05:07+01:60",
        " 9:05:07Z ",
        " 9.05",
        ",",
        "Z",
        "-",
        "x",
    ];
    for time in times {
        assert_eq!(of_test(&format!("1980-02-01{time}")), Err(DateError::Time), "{time}");
    }
}

#[test]
fn an_instant_is_londons_date() {
    let table = [
        // British Summer Time.
        ("1984-06-18T23:00:00.000Z", day(1984, 6, 19)),
        ("1984-06-18T22:59:59.999Z", day(1984, 6, 18)),
        ("1984-06-18 23:00Z", day(1984, 6, 19)),
        ("18/06/1984 23:00Z", day(1984, 6, 19)),
        ("19840618T23:00Z", day(1984, 6, 19)),
        ("18 June 1984 23:00:00Z", day(1984, 6, 19)),
        // Winter.
        ("1984-01-18T23:59:59Z", day(1984, 1, 18)),
        ("1975-01-23T00:00:00.000Z", day(1975, 1, 23)),
        // Double summer time, and the years without a winter time.
        ("1944-06-25T22:00:00.000Z", day(1944, 6, 26)),
        ("1970-12-31T23:00:00Z", day(1971, 1, 1)),
        // Offsets.
        ("1984-06-19T00:30:00+02:00", day(1984, 6, 18)),
        ("1984-06-19T00:00:00+01:00", day(1984, 6, 19)),
        ("1984-01-19T00:00:00+01:00", day(1984, 1, 18)),
        ("1984-12-31T20:00:00-05:00", day(1985, 1, 1)),
        ("1984-06-18T23:00:00-00:00", day(1984, 6, 19)),
        ("1984-06-18T23:00:00+0000", day(1984, 6, 19)),
        ("1984-06-18 23:00:00 UTC", day(1984, 6, 19)),
        ("1984-06-18 23:00 Z", day(1984, 6, 19)),
        ("1984-06-18 23:00:00+00", day(1984, 6, 19)),
        ("1984-06-18 23:00:00 +0000", day(1984, 6, 19)),
        ("1984-06-18 23:00:00.0000000 +00:00", day(1984, 6, 19)),
    ];
    for (text, date) in table {
        assert_eq!(of_test(text), Ok(date), "{text}");
        assert_eq!(born(text), Ok(BirthDate::Known(date)), "{text}");
    }
}

#[test]
fn a_month_13_to_31_is_an_error_and_never_a_swap() {
    assert_eq!(born("03/25/1980"), Err(DateError::NoSuchMonth(25)));
    assert_eq!(born("1980-25-03"), Err(DateError::NoSuchMonth(25)));
    assert_eq!(born("1/13/1980"), Err(DateError::NoSuchMonth(13)));
    assert_eq!(born("1/0/1980"), Err(DateError::NoSuchMonth(0)));
    assert_eq!(of_test("03/25/21"), Err(DateError::NoSuchMonth(25)));
}

#[test]
fn days_that_do_not_exist_are_errors() {
    for text in ["31/02/1980", "1980-02-30", "29 Feb 1981", "31 June 1980", "0/1/1980", "32/1/1980", "99 Jan 1980"] {
        assert_eq!(born(text), Err(DateError::NoSuchDay), "{text}");
    }
    assert_eq!(born("29/02/1980"), Ok(BirthDate::Known(day(1980, 2, 29))));
}

#[test]
fn what_is_no_documented_form_is_an_error() {
    let texts = [
        "",
        "unknown",
        "soon",
        "N/A",
        "1980",
        "Dec 1980",
        "44197",
        "1/1980",
        "1/2/980",
        "1/2/19800",
        "001/02/1980",
        "1980-02",
        "1980-0201",
        "80-02-1980x",
        "1--2-1980",
        "1,2,1980",
        "1_2_1980",
        "-1/2/1980",
        "2021340",
        "198002011",
        "Feb 1, 1980",
        "February 1 1980",
        "1 2 Feb 1980",
        "٠١/٠٢/١٩٨٠",
        "01∕02∕1980",
        "=TODAY()",
    ];
    for text in texts {
        assert!(of_test(text).is_err(), "{text}");
        assert!(born(text).is_err(), "{text}");
    }
}

#[test]
fn a_two_digit_year_is_an_error_at_birth_and_20yy_in_a_test() {
    for text in ["01/02/65", "1-2-65", "1 Feb 65", "1 2 65 9:05", "31.12.99"] {
        assert_eq!(born(text), Err(DateError::TwoDigitYear), "{text}");
    }
    assert_eq!(of_test("05/11/21"), Ok(day(2021, 11, 5)));
    assert_eq!(of_test("21/11/21"), Ok(day(2021, 11, 21)));
    assert_eq!(of_test("8 Mar 21"), Ok(day(2021, 3, 8)));
    assert_eq!(of_test("08-03-21 9:05"), Ok(day(2021, 3, 8)));
    assert_eq!(of_test("08/03/00"), Ok(day(2000, 3, 8)));
    // Four digits are never two: this is the year 21, and no test of 2021.
    assert_eq!(of_test("08/03/0021"), Ok(day(21, 3, 8)));
}

#[test]
fn a_birth_is_not_in_the_future_and_not_more_than_125_years_before() {
    assert_eq!(born("08/03/2021"), Ok(BirthDate::Known(as_of())));
    assert_eq!(born("09/03/2021"), Err(DateError::Future));
    assert_eq!(born("2031-01-01"), Err(DateError::Future));
    assert_eq!(born("01/01/1896"), Ok(BirthDate::Known(day(1896, 1, 1))));
    assert_eq!(born("31/12/1895"), Err(DateError::TooLongAgo));
    assert_eq!(born("1880-01-01"), Err(DateError::TooLongAgo));
    assert_eq!(born("0001-01-01"), Err(DateError::TooLongAgo));
    // London's date counts: it is tomorrow there already.
    assert_eq!(of_birth("2021-06-08T23:30Z", day(2021, 6, 8)), Err(DateError::Future));
}

#[test]
fn the_first_of_january_1900_is_a_placeholder() {
    for text in [
        "0",
        "00:00:00",
        "12:00 AM",
        "00/01/1900",
        "1/0/1900",
        "1/0/00",
        "1900-01-00 00:00:00",
        "1900-01-00T00:00:00Z",
        "30/12/1899",
        "12/31/1899",
        "1899-12-30T00:01:15.000Z",
        "0000-00-00",
        "00-Jan-1900",
        "January 0, 1900",
        "Saturday, 0 January 1900",
    ] {
        assert!(is_zero(text), "{text}");
        assert_eq!(born(text), Ok(BirthDate::Placeholder), "{text}");
    }
    for text in
        ["12:00 PM", "12:30 AM", "1 am", "10/0/1900", "0/2/1900", "1/0/01", "12/30/1999", "29/12/1899", "31/12/00"]
    {
        assert!(!is_zero(text), "{text}");
    }
    for text in ["01/01/1900", "1900-01-01", "19000101", "01011900", "1 Jan 1900 00:00", "1900-01-01T00:00:00Z"] {
        assert_eq!(born(text), Ok(BirthDate::Placeholder), "{text}");
        assert_eq!(of_birth(text, day(2030, 1, 1)), Ok(BirthDate::Placeholder), "{text}, 130 years later");
    }
    assert_eq!(born("02/01/1900"), Ok(BirthDate::Known(day(1900, 1, 2))));
    assert_eq!(of_test("01/01/1900"), Ok(day(1900, 1, 1)));
}

#[test]
fn eight_digits_are_year_first_where_that_is_a_date_between_1850_and_2100() {
    let table = [
        ("20021978", Ok(day(1978, 2, 20))),
        ("20101012", Ok(day(2010, 10, 12))),
        ("18500101", Ok(day(1850, 1, 1))),
        ("18491212", Err(DateError::Unreadable)),
        ("21001231", Ok(day(2100, 12, 31))),
        ("21011201", Ok(day(1201, 1, 21))),
        ("19800230", Err(DateError::Unreadable)),
        ("31021980", Err(DateError::Unreadable)),
        ("03251980", Err(DateError::Unreadable)),
        ("00000000", Err(DateError::Unreadable)),
        ("99999999", Err(DateError::Unreadable)),
    ];
    for (text, date) in table {
        assert_eq!(of_test(text), date, "{text}");
    }
}

#[test]
fn only_separated_dates_with_the_year_at_the_end_tell_which_way_a_column_is_written() {
    let telling = [
        "03/25/1980",
        "3-25-1980",
        "03.25 1980",
        "03/25/1980 9:05 PM",
        "03/25/1980T00:00:00Z",
        "3/25/1980 x",
        "03/25/80",
    ];
    for text in telling {
        let numbers = numbers_before_year(text).expect(text);
        assert_eq!((numbers.first, numbers.second, numbers.short_year), (3, 25, text == "03/25/80"), "{text}");
    }
    assert_eq!(numbers_before_year("31/02/1980"), Some(BeforeYear { first: 31, second: 2, short_year: false }));
    for text in ["", "1980-03-25", "03251980", "3 Mar 1980", "03/25/1980x", "03/25/19801", "unknown"] {
        assert_eq!(numbers_before_year(text), None, "{text}");
    }
}

#[test]
fn what_is_only_a_date_is_no_address() {
    for date in [
        "10-Dec",
        "1 Mar",
        "Oct-04",
        "March 2021",
        "03/10/2021",
        "2021-10-12",
        "2021-10-12 00:00:00",
        "12:30",
        "12:00:00",
        "5 May 21",
        "12:30 PM",
        "Dec 10, 2021",
        "Friday, 10 December 2021",
        "1st March",
        "March 1st",
        "10-Dec 00:00",
        "10-déc",
        "10. Dez",
        "10-Mai",
        "10.12.",
    ] {
        assert!(is_only_a_date(date), "{date}");
    }
    for address in [
        "10-12",
        "1/2",
        "1/2 Test Walk",
        "3 March Road",
        "May",
        "12",
        "12.5",
        "4 Test Walk",
        "",
        "12102021",
        "Dec 10 House",
        "10.12",
        "1st Floor",
        "10 Maison",
        "3 Out House",
        "Friday Street 10",
    ] {
        assert!(!is_only_a_date(address), "{address}");
    }
}

#[test]
fn a_spreadsheets_number_is_told_as_such() {
    assert_eq!(born("29580"), Err(DateError::Serial(day(1980, 12, 25))));
    assert_eq!(of_test("44263.5"), Err(DateError::Serial(day(2021, 3, 8))));
    insta::assert_snapshot!(DateError::Serial(day(1980, 12, 25)), @"this is a spreadsheet's number for 25 December 1980, not a date");
    for text in ["250180", "1021985", "1980", "-5", "25/12/198O"] {
        assert_eq!(born(text), Err(DateError::Unreadable), "{text}");
    }
}

#[test]
fn every_error_says_what_to_write() {
    let errors = [
        DateError::Unreadable,
        DateError::Serial(as_of()),
        DateError::NoSuchMonth(25),
        DateError::NoSuchDay,
        DateError::TwoDigitYear,
        DateError::Time,
        DateError::Future,
        DateError::TooLongAgo,
    ];
    for error in errors {
        assert!(!error.to_string().is_empty());
        assert!(error.how_to_fix().ends_with('.'));
    }
}

/// The days that eight digits, year first, can write.
fn days() -> impl Strategy<Value = NaiveDate> {
    let (first, last) = (day(1850, 1, 1), day(2100, 12, 31));
    (0..=(last - first).num_days()).prop_map(move |days| first + TimeDelta::days(days))
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn separators() -> impl Strategy<Value = String> {
    proptest::sample::select(vec!["-", "/", ".", " "]).prop_map(str::to_owned)
}

fn times() -> impl Strategy<Value = String> {
    let time = (0..24_u32, 0..60_u32, 0..60_u32, "[ T]", any::<bool>());
    prop_oneof![
        Just(String::new()),
        time.clone().prop_map(|(hour, minute, _, before, _)| format!("{before}{hour}:{minute:02}")),
        time.clone().prop_map(|(hour, minute, second, before, _)| format!("{before}{hour:02}:{minute:02}:{second:02}")),
        time.prop_map(|(hour, minute, second, before, _)| format!("{before}{hour}:{minute:02}:{second:02}.{second}")),
    ]
}

proptest! {
    #[test]
    fn every_date_in_every_documented_form_is_read_as_itself(
        date in days(),
        one in separators(),
        other in separators(),
        dash in "[ -]",
        time in times(),
    ) {
        let (year, month, day) = (date.year(), date.month(), date.day());
        let name = MONTHS[date.month0() as usize];
        let mut forms = vec![
            format!("{year}{one}{month:02}{other}{day:02}"),
            format!("{year}{one}{month}{other}{day}"),
            format!("{day:02}{one}{month:02}{other}{year}"),
            format!("{day}{one}{month}{other}{year}"),
            format!("{year}{month:02}{day:02}"),
            format!("{day}{dash}{name}{dash}{year}"),
            format!("{day:02}{dash}{}{dash}{year}", &name[..3]),
            format!("{day}{dash}{}{dash}{year}", name.to_uppercase()),
            format!("{day} {} {year}", name[..3].to_lowercase()),
        ];
        // These eight digits may be another date, year first: then they are that one.
        let day_first = format!("{day:02}{month:02}{year}");
        let year_first = NaiveDate::parse_from_str(&day_first, "%Y%m%d").ok();
        if year_first.is_none_or(|date| !(1850..=2100).contains(&date.year())) {
            forms.push(day_first);
        }
        for form in forms {
            prop_assert_eq!(of_test(&format!("{form}{time}")), Ok(date), "{}{}", form, time);
        }
    }

    #[test]
    fn an_instant_at_noon_is_the_day_itself(date in days(), zone in "(Z|[+-]0[0-9]:[0-5][0-9])") {
        prop_assert_eq!(of_test(&format!("{date}T12:00:00{zone}")), Ok(date));
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>(), numbers in "[0-9/. T:Z+-]{0,40}") {
        for text in [text, numbers] {
            let _ = born(&text);
            let _ = of_test(&text);
            let _ = numbers_before_year(&text);
        }
    }
}
