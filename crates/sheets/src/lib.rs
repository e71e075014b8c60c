//! Spreadsheets row by row: CSV and XLSX in, XLSX out.
