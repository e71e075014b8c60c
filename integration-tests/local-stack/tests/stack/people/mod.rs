//! Made-up people, and the sheets that they stand in.

use std::fs;
use std::path::Path;

use feeds::Feed;

/// One row of a sheet: what is not named is blank.
pub(crate) type Row = Vec<(&'static str, String)>;

/// A row of these cells.
pub(crate) fn row<const N: usize>(cells: [(&'static str, &str); N]) -> Row {
    cells.map(|(column, text)| (column, text.to_owned())).to_vec()
}

/// Drops a CSV with all the feed's columns into its inbound folder.
pub(crate) fn drop_sheet(drive: &Path, feed: &str, name: &str, rows: &[Row]) {
    let columns: Vec<&str> = Feed::named(feed).expect("a feed").columns().iter().map(|column| column.name).collect();
    let mut sheet = csv::Writer::from_writer(Vec::new());
    sheet.write_record(&columns).expect("a header");
    for row in rows {
        assert!(row.iter().all(|(column, _)| columns.contains(column)), "{feed} has not all columns of {row:?}");
        let cell = |name: &&str| row.iter().find(|(column, _)| column == name).map_or("", |(_, text)| text.as_str());
        sheet.write_record(columns.iter().map(cell)).expect("a row");
    }
    let inbound = drive.join(feed).join("inbound").join(name);
    fs::write(inbound, sheet.into_inner().expect("the sheet")).expect("the sheet is written");
}
