//! The values that `infra` has too. A test (integration-tests/infra) compares the two.

/// The parameter that holds the API's key.
pub const API_KEY_PARAMETER: &str = "/cv-19-res-support-v3/local/api-key";
/// The parameter that holds the hash key. The poster makes it.
pub const HASH_KEY_PARAMETER: &str = "/cv-19-res-support-v3/local/hash-key";
/// The parameter that holds Google's credentials.
pub const GOOGLE_PARAMETER: &str = "/cv-19-res-support-v3/local/gdrive_key";
/// How often a row is tried before it is a dead letter.
pub const ROW_RECEIVES: u32 = 8;
/// How often a summary is tried.
pub const REPORT_RECEIVES: u32 = 5;
/// Rows that the poster is given at once.
pub const ROWS_BATCH: i32 = 10;
/// Summaries that the reporter is given at once.
pub const REPORTS_BATCH: i32 = 1;
/// How many summaries are written at once.
pub const REPORTS_CONCURRENCY: i32 = 2;
/// Stream records that the reporter is given at once.
pub const STREAM_BATCH: i32 = 100;
/// How many seconds stream records are collected for, before the reporter is called. The local AWS does not wait.
pub const STREAM_WINDOW: i32 = 1;
