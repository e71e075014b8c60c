//! Rows are corrected in the page, and the sheet that is downloaded previews clean.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sheets::{Format, Limits};
use testkit::browser::ALT;

use crate::opened::Browser;
use crate::support::{h2h, preview};

const ENTER: char = '\u{E007}';
const END: char = '\u{E010}';
const DOWN: char = '\u{E015}';
const UP: char = '\u{E013}';

/// Three rows for spl, of which two are to fix.
const SHEET: &str = "Traced_NHSNUMBER,PatientFirstName,PatientSurname,DateOfBirth,PatientAddress_Line1,PatientAddress_Line2,\
PatientAddress_Line3,PatientAddress_PostCode,PatientEmailAddress,mobile,landline,DateOfDeath,category,uprn,Team\r\n\
4861501237,Ada,Lovelace,10/12/1915,1 Test Walk,,,E8 1EA,ada@example.org,07700900123,,,GP,,north\r\n\
12,Grace,Hopper,9/12/06,2 Test Walk,,,E8 1EA,,07700900124,,,GP,,\"=1+1\"\r\n\
4506276167,Joan,Clarke,31/02/1960,3 Test Walk,,,E8 1EA,,07700900125,,,GP,,_x0041_\r\n";

/// The sheet as a file in the browser's folder, open in the page.
async fn opened(content: &str) -> (Browser, PathBuf) {
    let browser = Browser::start().await;
    let file = browser.folder.path().join("week 9.csv");
    fs::write(&file, content).expect("written");
    browser.choose(&[&file]).await;
    browser.is_ready().await;
    browser.judge("spl").await;
    (browser, file)
}

/// The texts of a workbook.
fn cells(file: &Path) -> Vec<Vec<String>> {
    let file = fs::File::open(file).expect("the file");
    let rows = sheets::open(file, Format::Xlsx, &Limits::default()).expect("a workbook");
    rows.map(|row| row.expect("readable").cells.into_iter().map(|cell| cell.text.into()).collect()).collect()
}

async fn head(browser: &Browser) -> String {
    browser.text(".sheet .verdict h3").await
}

#[tokio::test]
async fn a_bad_sheet_is_corrected_and_its_download_previews_clean() {
    let (browser, file) = opened(SHEET).await;
    assert_eq!(head(&browser).await, "1 row of 3 ready to send, 2 to fix");
    assert!(browser.text(".one").await.contains("Row 3 needs a correction"), "the first row to fix is shown");

    // In the row's card.
    browser.run("document.querySelector('#fix-0').value = ''", Value::Null).await;
    browser.type_into("#fix-0", &format!("4571928521{ENTER}")).await;
    browser.until("document.querySelectorAll('.one form').length === 1").await;
    assert_eq!(browser.text(".one form label").await, "DateOfBirth", "what is left in this row");
    browser.run("document.querySelector('#fix-0').value = ''", Value::Null).await;
    browser.type_into("#fix-0", &format!("9/12/1906{ENTER}")).await;
    browser.until("document.querySelector('.one.post')").await;
    browser.until("document.getElementById('said').textContent.includes('Row 3 is ready. 1 row left to fix.')").await;

    // In the table, by the keyboard alone: to the next row to fix, into its wrong cell, over its text.
    browser.run("document.querySelector('[role=grid] [tabindex=\"0\"]').focus()", Value::Null).await;
    browser.press(&format!("{ALT}{DOWN}")).await;
    browser.until("document.activeElement.ariaInvalid === 'true'").await;
    browser.press(&format!("28/02/1960{ENTER}")).await;
    browser.until("document.querySelector('.sheet .verdict.good')").await;
    assert_eq!(head(&browser).await, "All done: 3 rows ready to send");
    assert_eq!(browser.run("return document.querySelectorAll('td.corrected').length", Value::Null).await, 3);

    browser.click("[data-download=corrected]").await;
    let download = browser.downloaded("week 9-corrected.xlsx").await;
    let output = h2h("spl", &download, &["--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let corrected = cells(&download);
    assert_eq!(corrected[2][..4], ["4571928521", "Grace", "Hopper", "9/12/1906"]);
    assert_eq!((corrected[2][14].as_str(), corrected[3][14].as_str()), ("=1+1", "_x0041_"), "text stays text");
    assert_eq!(corrected.len(), 4);
    // What was fine already is sent as it would have been.
    assert_eq!(preview("spl", &download).0[0]["request"], preview("spl", &file).0[0]["request"]);
    assert!(
        browser
            .text(".downloaded")
            .await
            .contains("has 3 rows. Put it into the inbound folder of Shielding Patient List")
    );

    // What is corrected after that is in a second file, under a name of its own.
    let surname = "const cell = document.querySelector('[role=grid] td:nth-child(4)');
        for (const event of ['mousedown', 'click', 'dblclick']) cell.dispatchEvent(new MouseEvent(event, { bubbles: true }))";
    browser.run(surname, Value::Null).await;
    browser.until("document.activeElement.matches('input.edit')").await;
    browser.press(&format!("{END}-King{ENTER}")).await;
    browser.until("document.querySelector('.downloaded').textContent.includes('changed something since')").await;
    browser.click("[data-download=corrected]").await;
    let second = cells(&browser.downloaded("week 9-corrected-2.xlsx").await);
    assert_eq!(second[2][2], "Hopper-King");
    assert!(browser.text(".downloaded").await.contains("week 9-corrected-2.xlsx has 3 rows"));
}

/// Whoever types over what has the focus must meet what was warned of.
#[tokio::test]
async fn a_warnings_row_leads_to_the_cell_that_it_is_about() {
    let (browser, _file) = opened(&SHEET.replace("07700900123", "#N/A")).await;
    browser.until("document.querySelector('.its-findings .link')").await;
    let jump = "[...document.querySelectorAll('.its-findings tr')].find((row) => row.querySelector('th')?.textContent === 'mobile' && row.closest('section').querySelector('h3').textContent.startsWith('Warnings')).querySelector('.link').click()";
    browser.run(jump, Value::Null).await;
    browser.until("document.activeElement.textContent === '#N/A'").await;
}

#[tokio::test]
async fn only_the_rows_to_fix_are_those_that_h2h_writes() {
    let (browser, file) = opened(SHEET).await;
    browser.run("document.querySelector('[data-download=to-fix]').click()", Value::Null).await;
    let download = browser.downloaded("week 9-to-fix.xlsx").await;
    let theirs = browser.folder.path().join("theirs.xlsx");
    h2h("spl", &file, &["--to-fix", theirs.to_str().expect("UTF-8")]);
    assert_eq!(cells(&download), cells(&theirs));
}

#[tokio::test]
async fn a_row_whose_cells_have_shifted_is_not_in_the_corrected_sheet() {
    let shifted = SHEET
        .replace("4861501237,Ada", "4861501237,Ada, Augusta")
        .replace("12,Grace", "4571928521,Grace")
        .replace("9/12/06", "9/12/1906");
    let (browser, _file) = opened(&shifted).await;
    assert_eq!(head(&browser).await, "1 row of 3 ready to send, 2 to fix");
    browser.click("[data-download=corrected]").await;
    let download = browser.downloaded("week 9-corrected.xlsx").await;
    let names: Vec<String> = cells(&download).into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(names, ["PatientFirstName", "Grace", "Joan"], "nothing is sent that was not shown");
    assert!(browser.text(".downloaded").await.contains("row 2"), "{}", browser.text(".downloaded").await);
}

#[tokio::test]
async fn a_header_that_lacks_a_column_is_corrected_like_a_cell() {
    let (browser, _file) = opened(&SHEET.replace("PatientSurname", "Family name")).await;
    assert_eq!(head(&browser).await, "This sheet cannot be taken in as it is");
    assert!(browser.text(".rejected").await.contains("PatientSurname"));
    let cell = "document.querySelector('[data-place=\"0\"] [data-column=\"2\"]')";
    browser
        .run(
            &format!("{cell}.click(); {cell}.dispatchEvent(new MouseEvent('dblclick', {{ bubbles: true }}))"),
            Value::Null,
        )
        .await;
    browser.until("document.activeElement.matches('input.edit')").await;
    browser.press(&format!("PatientSurname{ENTER}")).await;
    browser.until("document.querySelector('.sheet .verdict.mixed')").await;
    assert_eq!(head(&browser).await, "1 row of 3 ready to send, 2 to fix");
    browser.until("document.querySelectorAll('td.wrong').length === 3").await;
    browser.until("document.activeElement.ariaInvalid === 'true'").await;
}

/// From wherever the keyboard is: nobody must click into the table first.
#[tokio::test]
async fn the_keys_go_round_the_rows_to_fix() {
    let (browser, _file) = opened(&SHEET.replace("07700900123", "#N/A")).await;
    browser.run("document.activeElement.blur()", Value::Null).await;
    let at = |row: u32| {
        format!("document.activeElement.closest('tr')?.querySelector('.number span').textContent === '{row}'")
    };
    for (key, row) in [(DOWN, 3), (DOWN, 4), (DOWN, 3), (UP, 4), (UP, 3)] {
        browser.press(&format!("{ALT}{key}")).await;
        browser.until(&at(row)).await;
    }
    // While a cell is typed over, too: what was typed counts.
    browser.press(&format!("4571928521{ALT}{DOWN}")).await;
    browser.until(&at(4)).await;
    browser
        .until(
            "document.querySelector('.sheet .verdict.mixed') && document.querySelectorAll('td.corrected').length === 1",
        )
        .await;
    // A list without any leads to theirs.
    browser.click("[data-list=warnings]").await;
    browser.until("document.querySelector('[data-list=warnings][aria-pressed=true]')").await;
    browser.press(&format!("{ALT}{DOWN}")).await;
    browser.until("document.activeElement.ariaInvalid === 'true'").await;
}

#[tokio::test]
async fn what_was_typed_can_be_put_back_and_the_last_correction_leads_to_the_download() {
    let (browser, _file) = opened(SHEET).await;
    for (column, text) in
        [("Traced_NHSNUMBER", "4571928521"), ("DateOfBirth", "9/12/1906"), ("DateOfBirth", "28/02/1960")]
    {
        browser.correct(column, text).await;
    }
    browser.until("document.querySelector('.one .get')").await;
    assert!(browser.text(".one").await.contains("Nothing is left to fix."), "{}", browser.text(".one").await);
    assert_eq!(browser.text("[data-list=corrected] .count").await, "2", "rows, as beside the other lists");
    browser.click(".one .get").await;
    browser.downloaded("week 9-corrected.xlsx").await;

    assert!(browser.text(".one .was").await.contains("DateOfBirth was \u{201C}31/02/1960\u{201D}."));
    browser.click(".one .was button").await;
    browser.until("document.querySelector('.one.to-fix')").await;
    assert_eq!(browser.run("return document.querySelector('.one form input').value", Value::Null).await, "31/02/1960");
    browser.until("document.querySelector('.downloaded').textContent.includes('changed something since')").await;
}
