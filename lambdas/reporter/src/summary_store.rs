//! A summary's files are put into the outbound folder, part by part.

use std::collections::BTreeMap;

use drive::{Drive, Form};
use feeds::{Parts, Spreadsheet, SummaryLine};
use ledger::{Reporting, SummaryFile};

use crate::error::ReportError;
use crate::workbook_part::WorkbookPart;

/// An outbound folder.
pub(crate) struct SummaryStore<'a> {
    drive: Drive,
    folder: &'a str,
    /// How many of the run's rows are gone, and so in no file that is stored now.
    gone: u64,
    max_import_size: Option<u64>,
}

/// Where a part belongs among the run's files. The two forms are files of their own: Google changes no file's form.
struct SummarySlot {
    kind: String,
    part: u32,
}

impl SummarySlot {
    /// The place of a part, which is counted from 0.
    fn of(kind: &str, part: u64, form: Form) -> Self {
        let part = u32::try_from(part + 1).unwrap_or(u32::MAX);
        let kind = match form {
            Form::Sheet => kind.to_owned(),
            Form::Xlsx => format!("{kind}-xlsx"),
        };
        Self { kind, part }
    }
}

impl<'a> SummaryStore<'a> {
    /// Asks Google how much it converts.
    pub(crate) async fn open(drive: Drive, folder: &'a str, gone: u64) -> Result<Self, ReportError> {
        let max_import_size = drive.max_import_size().await?;
        Ok(Self { drive, folder, gone, max_import_size })
    }

    /// Begins a part. One that a try which was cut off has stored for this very summary is not written anew.
    pub(crate) async fn begin<'b>(
        &self,
        reporting: &mut Reporting,
        spreadsheet: &'b Spreadsheet,
        parts: Parts,
        part: u64,
        summary: &[SummaryLine],
    ) -> Result<WorkbookPart<'b>, ReportError> {
        for form in [Form::Sheet, Form::Xlsx] {
            let place = SummarySlot::of(spreadsheet.kind, part, form);
            let is_this = |file: &SummaryFile| file.edition == Some(reporting.edition()) && file.gone == self.gone;
            if reporting.run().summary_file(&place.kind, place.part).is_some_and(is_this)
                && matches!(self.earlier(reporting, &place).await?, Earlier::Ours(_))
            {
                self.put_away(reporting, spreadsheet.kind, part, form).await?;
                return Ok(WorkbookPart::stored(spreadsheet, parts, part));
            }
        }
        WorkbookPart::begin(spreadsheet, parts, part, summary)
    }

    /// Begins the next part, and stores the one that is full.
    pub(crate) async fn turn_over(
        &self,
        reporting: &mut Reporting,
        book: &mut WorkbookPart<'_>,
        summary: &[SummaryLine],
    ) -> Result<(), ReportError> {
        let next = self.begin(reporting, book.spreadsheet, book.parts, book.part + 1, summary).await?;
        self.store(reporting, std::mem::replace(book, next)).await
    }

    /// Stores a spreadsheet's last part, and those after it that no line came to.
    pub(crate) async fn store_to_the_last(
        &self,
        reporting: &mut Reporting,
        mut book: WorkbookPart<'_>,
        summary: &[SummaryLine],
    ) -> Result<(), ReportError> {
        while book.part + 1 < book.parts.count() {
            self.turn_over(reporting, &mut book, summary).await?;
        }
        self.store(reporting, book).await
    }

    /// Stores one part in the outbound folder, over what an earlier version wrote, unless somebody edited that since or
    /// threw it away, or it has rows that are gone by now: then as a file of its own. Whatever else lies there of this
    /// run may be somebody's work.
    async fn store(&self, reporting: &mut Reporting, book: WorkbookPart<'_>) -> Result<(), ReportError> {
        let (kind, part, name) = (book.spreadsheet.kind, book.part, book.name());
        let Some(file) = book.finish()? else { return Ok(()) };
        let form = Form::of(file.metadata()?.len(), self.max_import_size);
        let ending = match form {
            Form::Sheet => "",
            Form::Xlsx => ".xlsx",
        };
        let place = SummarySlot::of(kind, part, form);
        let find_or_create = async |name: &str, kind: String| {
            let properties = properties(reporting.run().id.as_str(), &kind, place.part);
            self.drive.find_or_create(self.folder, &format!("{name}{ending}"), &properties, form).await
        };
        let version = reporting.version();
        let id = match self.earlier(reporting, &place).await? {
            Earlier::Ours(id) => id,
            Earlier::None if version == 1 || self.gone == 0 => find_or_create(&name, place.kind.clone()).await?,
            Earlier::None | Earlier::Stays => {
                let part = if self.gone > 0 { ", only the rows still kept" } else { "" };
                find_or_create(&format!("{name} (version {version}{part})"), format!("{}-{version}", place.kind))
                    .await?
            }
        };
        // Its id is noted before it is filled, so that a crash leaves no second one behind.
        let written = SummaryFile { id, left_as: None, gone: self.gone, edition: None };
        reporting.record_file(&place.kind, place.part, written.clone()).await?;
        self.drive.replace_content(&written.id, &file).await?;
        let entry = self.drive.entry(&written.id).await?;
        let left_as = entry.and_then(|entry| entry.revision().map(ToOwned::to_owned));
        let written = SummaryFile { left_as, edition: Some(reporting.edition()), ..written };
        reporting.record_file(&place.kind, place.part, written).await?;
        self.put_away(reporting, kind, part, form).await
    }

    /// Throws away what an earlier version wrote in the other form than this, unless that is to stay.
    async fn put_away(&self, reporting: &mut Reporting, kind: &str, part: u64, form: Form) -> Result<(), ReportError> {
        let place = SummarySlot::of(kind, part, if form == Form::Sheet { Form::Xlsx } else { Form::Sheet });
        if let Earlier::Ours(id) = self.earlier(reporting, &place).await? {
            self.drive.trash(&id).await?;
            reporting.forget_file(&place.kind, place.part).await?;
        }
        Ok(())
    }

    async fn earlier(&self, reporting: &Reporting, place: &SummarySlot) -> Result<Earlier, ReportError> {
        let recorded = reporting.run().summary_file(&place.kind, place.part);
        let Some(SummaryFile { id, left_as, gone, .. }) = recorded else { return Ok(Earlier::None) };
        // What a first version left half done is not a whole summary yet.
        if *gone < self.gone && reporting.version() > 1 {
            return Ok(Earlier::Stays);
        }
        let Some(entry) = self.drive.entry(id).await?.filter(|entry| !entry.trashed) else {
            return Ok(Earlier::Stays);
        };
        let is_as_left = left_as.as_ref().is_none_or(|left_as| entry.is_as_left(left_as));
        Ok(if is_as_left { Earlier::Ours(entry.id) } else { Earlier::Stays })
    }
}

/// The notes on a summary's file, by which it is found again whatever its name.
fn properties(run: &str, kind: &str, part: u32) -> BTreeMap<String, String> {
    let properties = [("run", run.to_owned()), ("kind", kind.to_owned()), ("part", part.to_string())];
    properties.map(|(name, value)| (name.to_owned(), value)).into()
}

/// The remains of an earlier version.
enum Earlier {
    None,
    /// As we left it: to be written over.
    Ours(String),
    /// Edited or thrown away by somebody, or with rows in it that are gone by now.
    Stays,
}
