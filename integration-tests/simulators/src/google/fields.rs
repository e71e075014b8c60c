//! Partial answers: `fields=files(id,name),nextPageToken` gives just that, so that a client which forgot to ask for a field
//! does not get it.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;
use std::sync::LazyLock;

use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

/// A selection of fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mask {
    /// Everything from here on.
    All,
    /// These only.
    Only(BTreeMap<String, Mask>),
}

/// The fields that Drive's discovery document gives a file, and what lies below where we make it.
const FILE: &str = "kind,id,name,mimeType,description,starred,trashed,explicitlyTrashed,trashedTime,parents,properties,\
    appProperties,spaces,version,webContentLink,webViewLink,iconLink,hasThumbnail,thumbnailLink,thumbnailVersion,\
    viewedByMe,viewedByMeTime,createdTime,modifiedTime,modifiedByMe,modifiedByMeTime,sharedWithMeTime,sharingUser,\
    owners,teamDriveId,driveId,lastModifyingUser,shared,ownedByMe,capabilities,viewersCanCopyContent,\
    copyRequiresWriterPermission,writersCanShare,permissions,permissionIds,hasAugmentedPermissions,folderColorRgb,\
    originalFilename,fullFileExtension,fileExtension,md5Checksum,sha1Checksum,sha256Checksum,size,quotaBytesUsed,\
    headRevisionId,contentHints,imageMediaMetadata,videoMediaMetadata,isAppAuthorized,exportLinks,shortcutDetails,\
    contentRestrictions,labelInfo,resourceKey,linkShareMetadata,trashingUser,downloadRestrictions,\
    inheritedPermissionsDisabled,clientEncryptionDetails";

fn known(text: &str) -> Mask {
    // The texts are the constants of this file, and a test parses them all.
    Mask::parse(text).unwrap_or(Mask::All)
}

/// The fields of a file.
pub(super) static FILE_FIELDS: LazyLock<Mask> = LazyLock::new(|| known(FILE));
/// The fields of a page of a listing.
pub(super) static LIST_FIELDS: LazyLock<Mask> =
    LazyLock::new(|| known(&format!("kind,nextPageToken,incompleteSearch,files({FILE})")));
/// The fields of `about`.
pub(super) static ABOUT_FIELDS: LazyLock<Mask> = LazyLock::new(|| {
    known(
        "kind,user,storageQuota,importFormats,exportFormats,maxImportSizes,maxUploadSize,appInstalled,\
           folderColorPalette,canCreateDrives,canCreateTeamDrives,driveThemes,teamDriveThemes",
    )
});
/// The fields of a spreadsheet.
pub(super) static SPREADSHEET_FIELDS: LazyLock<Mask> = LazyLock::new(|| {
    known(
        "spreadsheetId,spreadsheetUrl,namedRanges,developerMetadata,dataSources,dataSourceSchedules,\
           properties(title,locale,autoRecalc,timeZone,defaultFormat,iterativeCalculationSettings,spreadsheetTheme),\
           sheets(data(startRow,startColumn,rowData,rowMetadata(hiddenByFilter,hiddenByUser,pixelSize,developerMetadata,\
           dataSourceColumnReference),columnMetadata),merges(sheetId,startRowIndex,endRowIndex,startColumnIndex,\
           endColumnIndex),conditionalFormats,filterViews,protectedRanges,basicFilter,charts,bandedRanges,\
           developerMetadata,rowGroups,columnGroups,slicers,tables,properties(sheetId,title,index,sheetType,hidden,\
           rightToLeft,tabColor,tabColorStyle,dataSourceSheetProperties,gridProperties(rowCount,columnCount,\
           frozenRowCount,frozenColumnCount,hideGridlines,rowGroupControlAfter,columnGroupControlAfter)))",
    )
});
/// The fields of a range of values.
pub(super) static VALUES_FIELDS: LazyLock<Mask> = LazyLock::new(|| known("range,majorDimension,values"));
/// The fields of several ranges of values.
pub(super) static BATCH_FIELDS: LazyLock<Mask> =
    LazyLock::new(|| known("spreadsheetId,valueRanges(range,majorDimension,values)"));

impl Mask {
    /// Reads `a,b/c,d(e,f)`; `/` and `.` both lead downwards, `*` is everything.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut rest = text.chars().peekable();
        let mask = Self::list(&mut rest)?;
        match rest.next() {
            None => Ok(mask),
            Some(odd) => Err(format!("unexpected '{odd}'")),
        }
    }

    fn list(rest: &mut Peekable<Chars<'_>>) -> Result<Self, String> {
        let mut mask = Self::Only(BTreeMap::new());
        loop {
            mask.add(Self::item(rest)?);
            skip_blanks(rest);
            if rest.next_if_eq(&',').is_none() {
                return Ok(mask);
            }
        }
    }

    /// One path, with what hangs below its end.
    fn item(rest: &mut Peekable<Chars<'_>>) -> Result<Self, String> {
        skip_blanks(rest);
        let mut name = String::new();
        while let Some(letter) = rest.next_if(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '*' | '-')) {
            name.push(letter);
        }
        if name.is_empty() {
            return Err("a field name is missing".to_owned());
        }
        skip_blanks(rest);
        let below = if rest.next_if(|c| matches!(c, '/' | '.')).is_some() {
            Self::item(rest)?
        } else if rest.next_if_eq(&'(').is_some() {
            let list = Self::list(rest)?;
            skip_blanks(rest);
            rest.next_if_eq(&')').ok_or("a closing bracket is missing")?;
            list
        } else {
            Self::All
        };
        Ok(if name == "*" { Self::All } else { Self::Only(BTreeMap::from([(name, below)])) })
    }

    fn add(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::All, _) => {}
            (_, Self::All) => *self = Self::All,
            (Self::Only(mine), Self::Only(theirs)) => {
                for (name, below) in theirs {
                    match mine.get_mut(&name) {
                        Some(there) => there.add(below),
                        None => drop(mine.insert(name, below)),
                    }
                }
            }
        }
    }

    /// The first field that `known` does not have.
    pub(super) fn unknown_field<'a>(&'a self, known: &Self) -> Option<&'a str> {
        let (Self::Only(asked), Self::Only(known)) = (self, known) else { return None };
        asked.iter().find_map(|(name, below)| match known.get(name) {
            None => Some(name.as_str()),
            Some(there) => below.unknown_field(there),
        })
    }

    /// True if this field, of one in another, is asked for by its name.
    pub(super) fn names(&self, [outer, inner, field]: [&str; 3]) -> bool {
        let below = |mask: &'_ Self, name: &str| match mask {
            Self::Only(fields) => fields.get(name).cloned(),
            Self::All => None,
        };
        below(self, outer).and_then(|mask| below(&mask, inner)).is_some_and(|mask| below(&mask, field).is_some())
    }

    /// Keeps what was asked for; lists are gone through item by item.
    pub(super) fn apply(&self, value: Value) -> Value {
        match (self, value) {
            (Self::Only(_), Value::Array(items)) => items.into_iter().map(|item| self.apply(item)).collect(),
            (Self::Only(asked), Value::Object(fields)) => fields
                .into_iter()
                .filter_map(|(name, value)| asked.get(&name).map(|below| (name, below.apply(value))))
                .collect(),
            (_, value) => value,
        }
    }
}

/// JSON with the fields that were asked for.
pub(super) fn partial(mask: &Mask, value: Value) -> Response {
    axum::Json(mask.apply(value)).into_response()
}

fn skip_blanks(rest: &mut Peekable<Chars<'_>>) {
    while rest.next_if(|c| c.is_whitespace()).is_some() {}
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_was_asked_for_remains() {
        let page = json!({
            "kind": "drive#fileList", "nextPageToken": "t",
            "files": [{"id": "1", "name": "a", "properties": {"run": "r", "kind": "k"}}, {"id": "2", "name": "b"}],
        });
        let apply = |fields: &str| Mask::parse(fields).expect("a mask").apply(page.clone());
        assert_eq!(
            apply("files(id,properties/run)"),
            json!({"files": [{"id": "1", "properties": {"run": "r"}}, {"id": "2"}]})
        );
        assert_eq!(
            apply(" files.id , files/name, nextPageToken"),
            json!({
                "nextPageToken": "t", "files": [{"id": "1", "name": "a"}, {"id": "2", "name": "b"}],
            })
        );
        assert_eq!(apply("*"), page);
        assert_eq!(apply("files(*)"), json!({"files": page["files"]}));
        assert_eq!(apply("files(id),files"), json!({"files": page["files"]}));
    }

    #[test]
    fn what_is_not_a_mask_is_refused() {
        for text in ["", "a,", "a(b", "a)", "(a)", "a b", "a()", "a//b", "a;b"] {
            assert!(Mask::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_field_that_google_does_not_have_is_named() {
        let unknown =
            |fields: &str| Mask::parse(fields).expect("a mask").unknown_field(&LIST_FIELDS).map(str::to_owned);
        assert_eq!(unknown("files(id,md5)"), Some("md5".to_owned()));
        assert_eq!(unknown("file(id)"), Some("file".to_owned()));
        assert_eq!(unknown("files(id,properties/run,shortcutDetails(targetId)),nextPageToken"), None);
    }

    #[test]
    fn the_lists_of_known_fields_can_be_read() {
        for list in [&FILE_FIELDS, &LIST_FIELDS, &ABOUT_FIELDS, &SPREADSHEET_FIELDS, &VALUES_FIELDS, &BATCH_FIELDS] {
            assert_ne!(**list, Mask::All);
        }
    }
}
