//! Google Drive and Sheets: list, stream rows, write a spreadsheet.
