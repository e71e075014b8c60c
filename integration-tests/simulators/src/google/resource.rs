//! The JSON of a file.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::entry::{By, CSV, Content, Entry, FOLDER, Folder, SHEET, XLSX};
use super::faults::Faults;
use super::key::EMAIL;

/// The shared drive on which every folder lies.
pub(super) const DRIVE_ID: &str = "0ASimulatedSharedDrive";
/// The fields of a file that are given when none are asked for.
pub(super) const DEFAULT_FIELDS: &str = "kind,id,name,mimeType,driveId,teamDriveId";
/// Who changes files on disk.
const PERSON: &str = "data.team@council.example";

/// Everything that is known of a file.
pub(super) fn file(entry: &Entry, faults: &Faults) -> Value {
    let by_service = entry.changed_by == By::Service;
    let mut file = json!({
        "kind": "drive#file",
        "id": entry.id,
        "name": entry.name,
        "mimeType": entry.content.mime(),
        "parents": [entry.folder.id()],
        "driveId": DRIVE_ID,
        "teamDriveId": DRIVE_ID,
        "spaces": ["drive"],
        "createdTime": timestamp(entry.created),
        "modifiedTime": timestamp(entry.stamp.modified()),
        "trashed": entry.trashed,
        "explicitlyTrashed": entry.trashed,
        "version": entry.version.to_string(),
        "starred": false,
        "shared": true,
        "ownedByMe": false,
        "capabilities": {"canDownload": !faults.no_download.contains(&entry.folder)},
        "lastModifyingUser": {
            "kind": "drive#user",
            "displayName": if by_service { EMAIL } else { PERSON },
            "emailAddress": if by_service { EMAIL } else { PERSON },
            "me": by_service,
        },
    });
    if !entry.properties.is_empty() {
        file["properties"] = json!(entry.properties);
    }
    match &entry.content {
        Content::Folder => {}
        Content::Sheet => {
            // Google gives the editors' files a size, which has nothing to do with what they hold.
            file["size"] = "1024".into();
            file["webViewLink"] = format!("https://docs.google.com/spreadsheets/d/{}/edit", entry.id).into();
        }
        Content::Blob { .. } => {
            file["size"] = entry.stamp.size.to_string().into();
            file["md5Checksum"] = entry.md5.clone().into();
            file["originalFilename"] = entry.name.clone().into();
            file["headRevisionId"] = format!("revision-{}", entry.revision).into();
            if let Some((_, extension)) = entry.name.rsplit_once('.') {
                file["fileExtension"] = extension.into();
                file["fullFileExtension"] = extension.into();
            }
        }
    }
    file
}

/// One of the shared folders themselves; one on a person's own drive has no shared drive's id.
pub(super) fn folder(folder: &Folder, faults: &Faults) -> Value {
    let mut file = json!({
        "kind": "drive#file",
        "id": folder.id(),
        "name": format!("{} {}", folder.feed, folder.direction.name()),
        "mimeType": FOLDER,
        "spaces": ["drive"],
        "trashed": false,
        "explicitlyTrashed": false,
        "shared": true,
        "ownedByMe": false,
        "capabilities": {"canListChildren": true, "canAddChildren": true, "canEdit": true},
    });
    if !faults.not_on_shared_drive.contains(folder) {
        file["driveId"] = DRIVE_ID.into();
        file["teamDriveId"] = DRIVE_ID.into();
        file["parents"] = json!([DRIVE_ID]);
    }
    file
}

/// The types that can be imported, how large, and how little room a service account has.
pub(super) fn about(max_import_bytes: u64) -> Value {
    json!({
        "kind": "drive#about",
        "user": {"kind": "drive#user", "displayName": EMAIL, "emailAddress": EMAIL, "me": true},
        "storageQuota": {"limit": "0", "usage": "0", "usageInDrive": "0", "usageInDriveTrash": "0"},
        "importFormats": { XLSX: [SHEET], CSV: [SHEET] },
        "exportFormats": {},
        "maxImportSizes": { SHEET: max_import_bytes.to_string() },
        "maxUploadSize": "5242880000000",
        "appInstalled": false,
        "canCreateDrives": false,
        "canCreateTeamDrives": false,
    })
}

/// As Google writes an instant: UTC, milliseconds.
pub(super) fn timestamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
