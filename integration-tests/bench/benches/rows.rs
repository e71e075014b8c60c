//! `cargo bench -p bench`: reading, deciding and the summary, each for a thousand rows of 60 columns. Figures of one machine: compare
//! them with others of the same one (docs/performance.md).

use std::hint::black_box;
use std::io::Cursor;
use std::time::Duration;

use bench::{csv, feed, judged, list, today};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use feeds::{Judged, Layout, Problem, RowResult, Settlement, SheetRow};
use sheets::{Format, Limits, Workbook, open};

const PEOPLE: u32 = 1_000;

fn read(bytes: &[u8], format: Format) -> Vec<SheetRow> {
    let rows = open(Cursor::new(bytes.to_vec()), format, &Limits::default()).expect("a sheet");
    rows.map(|row| row.expect("a row")).collect()
}

fn workbook(list: &[Vec<String>]) -> Vec<u8> {
    let mut book = Workbook::default();
    let tab = book.add_tab("list", &[], 0).expect("a tab");
    list.iter().for_each(|row| book.push(tab, row).expect("a row"));
    let mut bytes = Cursor::new(Vec::new());
    book.save(&mut bytes).expect("a workbook");
    bytes.into_inner()
}

/// Every tenth row is to be corrected; the others are in Here to Help.
fn result((place, judged): (usize, &Judged)) -> RowResult {
    let settlement = match place % 10 {
        0 => Settlement::rejected(&[Problem {
            column: Some("DateOfBirth".to_owned()),
            text: "31/02/1951".to_owned(),
            problem: "there is no such day".to_owned(),
            how_to_fix: "Look it up.".to_owned(),
        }]),
        _ => Settlement::new(feeds::Outcome::Created),
    };
    let cells = judged.cells.iter().map(ToString::to_string).collect();
    RowResult { row: judged.row, cells, warnings: Vec::new(), help_request_id: Some(17), settlement }
}

fn summary(layout: &Layout, rows: &[RowResult]) {
    for (place, spreadsheet) in layout.spreadsheets.iter().enumerate() {
        let mut book = Workbook::default();
        for tab in &spreadsheet.tabs {
            let columns: Vec<String> = tab.columns().into_iter().map(ToOwned::to_owned).collect();
            book.add_tab(tab.name, &columns, tab.in_sight()).expect("a tab");
        }
        for line in rows.iter().flat_map(|row| layout.place(row)).filter(|line| line.spreadsheet == place) {
            book.push_with_look(line.tab, &line.cells, &line.look).expect("a row");
        }
        let mut bytes = Cursor::new(Vec::new());
        book.save(&mut bytes).expect("a workbook");
        black_box(bytes);
    }
}

fn rows(criterion: &mut Criterion) {
    let list = list(PEOPLE);
    let (text, book) = (csv(&list).into_bytes(), workbook(&list));
    let mut reading = criterion.benchmark_group("reading");
    reading.throughput(Throughput::Elements(PEOPLE.into()));
    reading.bench_function("csv", |bencher| bencher.iter(|| read(black_box(&text), Format::Csv)));
    reading.bench_function("xlsx", |bencher| bencher.iter(|| read(black_box(&book), Format::Xlsx)));
    reading.finish();

    let sheet = read(&text, Format::Csv);
    let mut deciding = criterion.benchmark_group("deciding");
    deciding.throughput(Throughput::Elements(PEOPLE.into()));
    deciding.bench_function("spl", |bencher| bencher.iter_batched(|| sheet.clone(), judged, BatchSize::LargeInput));
    deciding.finish();

    let (intake, decided) = judged(sheet);
    let results: Vec<RowResult> = decided.iter().enumerate().map(result).collect();
    let layout = Layout::of(feed(), intake.header().expect("a header"), "list.csv", today());
    let mut writing = criterion.benchmark_group("summary");
    writing.throughput(Throughput::Elements(PEOPLE.into()));
    writing.bench_function("xlsx", |bencher| bencher.iter(|| summary(&layout, black_box(&results))));
    writing.finish();
}

criterion_group! {
    name = all;
    config = Criterion::default().measurement_time(Duration::from_secs(5)).without_plots();
    targets = rows
}
criterion_main!(all);
