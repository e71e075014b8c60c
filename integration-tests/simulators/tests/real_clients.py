"""Uses the Google simulator with Google's own client and with pygsheets.

    python real_clients.py URL KEY_FILE INBOUND_FOLDER_ID OUTBOUND_FOLDER_ID
"""

import hashlib
import io
import json
import os
import sys
import tempfile
import zipfile

import googleapiclient
import pygsheets
from google.oauth2.service_account import Credentials
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaFileUpload, MediaIoBaseDownload
from pygsheets.sheet import SheetAPIWrapper
from pygsheets.drive import DriveAPIWrapper

URL, KEY_FILE, INBOUND, OUTBOUND = sys.argv[1:]
SHEET = "application/vnd.google-apps.spreadsheet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHARED = {"supportsAllDrives": True}


def documents():
    """Google's own descriptions of its interfaces, with the address turned to the simulator."""
    folder = os.path.join(os.path.dirname(googleapiclient.__file__), "discovery_cache", "documents")
    for name in ("drive.v3", "sheets.v4"):
        with open(os.path.join(folder, name + ".json"), encoding="utf-8") as file:
            document = json.load(file)
        document["rootUrl"] = URL + "/"
        document["baseUrl"] = URL + "/" + document["servicePath"]
        document.pop("mtlsRootUrl", None)
        yield document


def service(document, *scopes):
    scopes = ["https://www.googleapis.com/auth/" + scope for scope in scopes]
    return build_from_document(document, credentials=Credentials.from_service_account_file(KEY_FILE, scopes=scopes))


def refused(request, status, reason):
    try:
        request.execute()
    except HttpError as error:
        assert error.resp.status == status, error
        assert reason in str(error.error_details) + error.reason, error
    else:
        raise AssertionError("it was not refused")


def workbook(cell):
    """The smallest XLSX there is, with one text."""
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="'
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="'
        'application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="xl/workbook.xml" Type="'
        'http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
        '<sheet name="to fix" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        'relationships"><Relationship Id="rId1" Target="worksheets/sheet1.xml" Type="'
        'http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>',
        "xl/worksheets/sheet1.xml": '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>{cell}</t></is></c></row></sheetData></worksheet>',
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, text in parts.items():
            file.writestr(name, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + text)
        # So large that it takes several pieces: random bytes do not shrink.
        file.writestr("docProps/filler.bin", os.urandom(1_200_000))
    return buffer.getvalue()


def googles_own():
    drive_document, sheets_document = documents()
    drive, sheets = service(drive_document, "drive"), service(sheets_document, "drive.readonly")

    query = f"'{INBOUND}' in parents and trashed=false"
    fields = "nextPageToken,incompleteSearch,files(id,name,mimeType,md5Checksum,size,modifiedTime,properties)"
    request = drive.files().list(q=query, fields=fields, pageSize=2, includeItemsFromAllDrives=True, **SHARED)
    files = {}
    while request is not None:
        page = request.execute()
        assert page["incompleteSearch"] is False
        files.update((file["name"], file) for file in page["files"])
        request = drive.files().list_next(request, page)
    assert sorted(files) == ["book", "list", "week 3.csv"], files

    blob = files["week 3.csv"]
    buffer = io.BytesIO()
    download = MediaIoBaseDownload(buffer, drive.files().get_media(fileId=blob["id"], **SHARED), chunksize=200_000)
    done, pieces = False, 0
    while not done:
        _, done = download.next_chunk()
        pieces += 1
    assert pieces > 3
    assert hashlib.md5(buffer.getvalue()).hexdigest() == blob["md5Checksum"]
    assert len(buffer.getvalue()) == int(blob["size"])

    book = sheets.spreadsheets().get(spreadsheetId=files["book"]["id"]).execute()
    tab = next(tab["properties"] for tab in book["sheets"] if not tab["properties"].get("hidden"))
    title = tab["title"].replace("'", "''")
    values = sheets.spreadsheets().values()
    cells = values.get(spreadsheetId=book["spreadsheetId"], range=f"'{title}'!A1:D4").execute()
    assert cells["values"][0] == ["Name", "Born", "Age", "OK"], cells
    assert cells["values"][1] == [], cells
    past = f"'{title}'!A1:A{tab['gridProperties']['rowCount'] + 1}"
    refused(values.get(spreadsheetId=book["spreadsheetId"], range=past), 400, "exceeds grid limits")
    refused(sheets.spreadsheets().get(spreadsheetId=blob["id"]), 400, "not supported for this document")
    several = values.batchGet(spreadsheetId=files["list"]["id"], ranges=["A1:B1", "A3:B3"]).execute()
    assert [part["values"] for part in several["valueRanges"]] == [[["a", "b"]], [["1", "2"]]]

    about = drive.about().get(fields="maxImportSizes,importFormats").execute()
    assert int(about["maxImportSizes"][SHEET]) > 0 and SHEET in about["importFormats"][XLSX]

    metadata = {
        "name": "Summary by Python",
        "mimeType": SHEET,
        "parents": [OUTBOUND],
        "properties": {"run": "r1", "kind": "summary"},
    }
    summary = drive.files().create(body=metadata, fields="id,properties", **SHARED).execute()
    assert summary["properties"] == metadata["properties"]
    for words in ("first", "second"):
        with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
            file.write(workbook(words))
            file.flush()
            media = MediaFileUpload(file.name, mimetype=XLSX, resumable=True, chunksize=256 * 1024)
            request = drive.files().update(fileId=summary["id"], media_body=media, fields="id,mimeType", **SHARED)
            answer, pieces = None, 0
            while answer is None:
                _, answer = request.next_chunk()
                pieces += 1
            assert pieces > 3 and answer == {"id": summary["id"], "mimeType": SHEET}, (pieces, answer)
        cells = values.get(spreadsheetId=summary["id"], range="'to fix'!A1").execute()
        assert cells["values"] == [[words]], cells

    # A small file in one request: metadata and content as multipart/related.
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(b"a,b\r\n1,2\r\n")
        file.flush()
        media = MediaFileUpload(file.name, mimetype="text/csv", resumable=False)
        body = {"name": "small.csv", "parents": [OUTBOUND]}
        small = drive.files().create(body=body, media_body=media, fields="id,size", **SHARED).execute()
        assert small["size"] == "10", small
    renamed = drive.files().update(fileId=small["id"], body={"name": "renamed.csv", "trashed": True}, **SHARED).execute()
    assert renamed["name"] == "renamed.csv"
    assert drive.files().get(fileId=small["id"], fields="trashed", **SHARED).execute() == {"trashed": True}

    reader = service(drive_document, "drive.readonly")
    refused(reader.files().update(fileId=summary["id"], body={"name": "x"}, **SHARED), 403, "insufficientPermissions")
    refused(reader.files().get(fileId=summary["id"]), 404, "notFound")
    refused(reader.files().list(q="fullText contains 'x'", **SHARED), 400, "invalid")
    print("google-api-python-client: fine")


def with_pygsheets():
    with tempfile.TemporaryDirectory() as folder:
        for name, document in zip(("drive_discovery.json", "sheets_discovery.json"), documents()):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                json.dump(document, file)
        scopes = ["https://www.googleapis.com/auth/drive", "https://www.googleapis.com/auth/spreadsheets"]
        credentials = Credentials.from_service_account_file(KEY_FILE, scopes=scopes)
        client = pygsheets.client.Client(credentials)
        http = pygsheets.client.AuthorizedHttp(credentials)
        client.sheet = SheetAPIWrapper(http, folder)
        client.drive = DriveAPIWrapper(http, folder)
        client.drive.enable_team_drive("0ASimulatedSharedDrive")
        book = client.open("list")
        assert [tab.title for tab in book.worksheets()] == ["list"]
        tab = book.sheet1
        assert (tab.rows, tab.cols) == (1000, 26)
        rows = tab.get_all_values(include_tailing_empty=False, include_tailing_empty_rows=False)
        assert rows == [["a", "b"], [], ["1", "2"]], rows
        assert tab.get_values("A3", "B3") == [["1", "2"]]
        summary = client.open("Summary by Python")
        assert summary.worksheet_by_title("to fix").get_value("A1") == "second"
    print("pygsheets: fine")


googles_own()
with_pygsheets()
