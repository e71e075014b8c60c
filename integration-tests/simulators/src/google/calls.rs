//! The calls that the simulator knows, and the log of what was called and refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::scopes::Need;

/// A method of Google's interfaces, by the name under which the state counts it and `Faults::calls` selects it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Call {
    /// `POST /token`: an assertion is exchanged for an access token.
    #[serde(rename = "token")]
    Token,
    /// The types that may be imported, and how large.
    #[serde(rename = "drive.about.get")]
    AboutGet,
    /// One page of a listing.
    #[serde(rename = "drive.files.list")]
    FilesList,
    /// The metadata of a file or folder.
    #[serde(rename = "drive.files.get")]
    FilesGet,
    /// `alt=media`: the bytes of a blob.
    #[serde(rename = "drive.files.download")]
    FilesDownload,
    /// A new file without content.
    #[serde(rename = "drive.files.create")]
    FilesCreate,
    /// Renamed, trashed, or given properties.
    #[serde(rename = "drive.files.update")]
    FilesUpdate,
    /// Content in one request (`uploadType=media` or `multipart`), or the start of a resumable upload.
    #[serde(rename = "drive.upload.start")]
    UploadStart,
    /// A piece of a resumable upload, or the question how far it came.
    #[serde(rename = "drive.upload.chunk")]
    UploadChunk,
    /// The tabs of a Google Sheet.
    #[serde(rename = "sheets.spreadsheets.get")]
    SpreadsheetsGet,
    /// The cells of one range.
    #[serde(rename = "sheets.values.get")]
    ValuesGet,
    /// The cells of several ranges.
    #[serde(rename = "sheets.values.batchGet")]
    ValuesBatchGet,
}

/// Whose form of errors a call answers in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Api {
    Drive,
    Sheets,
}

impl Call {
    pub(super) fn api(self) -> Api {
        match self {
            Self::SpreadsheetsGet | Self::ValuesGet | Self::ValuesBatchGet => Api::Sheets,
            _ => Api::Drive,
        }
    }

    /// The access that the token's scopes must allow.
    pub(super) fn needs(self) -> Need {
        match self {
            Self::Token | Self::AboutGet | Self::FilesList | Self::FilesGet | Self::FilesDownload => Need::DriveRead,
            Self::FilesCreate | Self::FilesUpdate | Self::UploadStart | Self::UploadChunk => Need::DriveWrite,
            Self::SpreadsheetsGet | Self::ValuesGet | Self::ValuesBatchGet => Need::SheetsRead,
        }
    }

    /// The query parameters that are simulated, beside those that every call takes. Any other is an error: a parameter that
    /// is silently ignored would make a client's mistake look right.
    pub(super) fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Token | Self::AboutGet => &[],
            Self::FilesList => &[
                "q",
                "orderBy",
                "pageSize",
                "pageToken",
                "supportsAllDrives",
                "includeItemsFromAllDrives",
                "corpora",
                "driveId",
            ],
            Self::FilesGet | Self::FilesDownload => &["supportsAllDrives"],
            Self::FilesCreate | Self::FilesUpdate | Self::UploadStart => &["supportsAllDrives"],
            Self::UploadChunk => &["supportsAllDrives", "upload_id"],
            Self::SpreadsheetsGet => &["ranges", "includeGridData"],
            Self::ValuesGet => &["majorDimension", "valueRenderOption", "dateTimeRenderOption"],
            Self::ValuesBatchGet => &["ranges", "majorDimension", "valueRenderOption", "dateTimeRenderOption"],
        }
    }
}

/// A call that was answered with an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Which call.
    pub call: Call,
    /// HTTP status.
    pub status: u16,
    /// Google's reason and message.
    pub why: String,
}

/// The calls so far.
#[derive(Default)]
pub(super) struct CallLog {
    pub(super) counts: BTreeMap<Call, u64>,
    pub(super) refused: Vec<Refused>,
}

impl CallLog {
    /// A bound, so that a long run does not fill the memory.
    const REFUSALS_KEPT: usize = 1_000;

    pub(super) fn note(&mut self, call: Call) {
        *self.counts.entry(call).or_default() += 1;
    }

    pub(super) fn note_refusal(&mut self, refused: Refused) {
        if self.refused.len() < Self::REFUSALS_KEPT {
            self.refused.push(refused);
        }
    }
}
