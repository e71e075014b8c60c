//! A simulator over a temporary tree, and a client that knows nothing of it.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::{Client, RequestBuilder};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};
use simulators::google::{Direction, Options, Simulator};
use tempfile::TempDir;

pub(crate) const SHEET: &str = "application/vnd.google-apps.spreadsheet";
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub(crate) const DRIVE: &str = "https://www.googleapis.com/auth/drive";

pub(crate) struct Bench {
    pub(crate) dir: TempDir,
    pub(crate) google: Simulator,
    pub(crate) http: Client,
    pub(crate) token: String,
}

impl Bench {
    /// A fresh tree, signed in with the scope that may do everything.
    pub(crate) async fn start() -> Self {
        Self::over(tempfile::tempdir().expect("a directory"), DRIVE).await
    }

    pub(crate) async fn with_scope(scope: &str) -> Self {
        Self::over(tempfile::tempdir().expect("a directory"), scope).await
    }

    pub(crate) async fn over(dir: TempDir, scope: &str) -> Self {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let google = Simulator::start(Options { root: dir.path().to_owned(), listen }).await.expect("started");
        let http = Client::new();
        let token = sign_in(&http, &google, scope).await;
        Self { dir, google, http, token }
    }

    pub(crate) fn inbound(&self) -> String {
        self.google.folder_id("spl", Direction::Inbound)
    }

    pub(crate) fn outbound(&self) -> String {
        self.google.folder_id("spl", Direction::Outbound)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Puts a file into the tree as a person does.
    pub(crate) fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).expect("written");
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.signed(self.http.get(format!("{}{path}", self.google.url())))
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.signed(self.http.post(format!("{}{path}", self.google.url())))
    }

    pub(crate) fn patch(&self, path: &str) -> RequestBuilder {
        self.signed(self.http.patch(format!("{}{path}", self.google.url())))
    }

    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        request.bearer_auth(&self.token)
    }

    /// One page of a folder with the parameters that shared drives need.
    pub(crate) fn listing(&self, folder: &str, more: &[(&str, &str)]) -> RequestBuilder {
        self.get("/drive/v3/files")
            .query(&[("supportsAllDrives", "true"), ("includeItemsFromAllDrives", "true")])
            .query(&[("q", format!("'{folder}' in parents and trashed=false"))])
            .query(more)
    }

    /// Every file of a folder, with all fields.
    pub(crate) async fn files(&self, folder: &str) -> Vec<Value> {
        let page = ok(self.listing(folder, &[("fields", "*"), ("pageSize", "1000")])).await;
        page["files"].as_array().expect("files").clone()
    }

    /// The one file of a folder that has this name.
    pub(crate) async fn named(&self, folder: &str, name: &str) -> Value {
        let files = self.files(folder).await;
        files.into_iter().find(|file| file["name"] == name).unwrap_or_else(|| panic!("no file {name}"))
    }

    pub(crate) async fn id_of(&self, folder: &str, name: &str) -> String {
        text(&self.named(folder, name).await["id"])
    }

    pub(crate) fn metadata(&self, id: &str) -> RequestBuilder {
        self.get(&format!("/drive/v3/files/{id}")).query(&[("supportsAllDrives", "true"), ("fields", "*")])
    }

    /// An empty Google Sheet in the outbound folder.
    pub(crate) async fn new_sheet(&self, name: &str, properties: Value) -> String {
        let body = json!({"name": name, "mimeType": SHEET, "parents": [self.outbound()], "properties": properties});
        let made = ok(self.post("/drive/v3/files").query(&[("supportsAllDrives", "true")]).json(&body)).await;
        text(&made["id"])
    }

    pub(crate) fn values(&self, id: &str, range: &str) -> RequestBuilder {
        let range = range.replace('%', "%25").replace('/', "%2F").replace('?', "%3F").replace('#', "%23");
        self.get(&format!("/v4/spreadsheets/{id}/values/{range}"))
    }

    pub(crate) fn set_faults(&self, faults: Value) {
        self.google.set_faults(serde_json::from_value(faults).expect("faults"));
    }

    pub(crate) async fn state(&self) -> Value {
        // Whoever asks again and again lets the others go on.
        tokio::task::yield_now().await;
        serde_json::to_value(self.google.state().expect("read")).expect("JSON")
    }
}

/// The status and the JSON of an answer.
pub(crate) async fn answer(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("answered");
    let status = answer.status().as_u16();
    let body = answer.bytes().await.expect("a body");
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

pub(crate) async fn ok(request: RequestBuilder) -> Value {
    let (status, body) = answer(request).await;
    assert_eq!(status, 200, "{body}");
    body
}

/// The status of a refusal, and its reason in Drive's form or status in that of Sheets.
pub(crate) async fn refused(request: RequestBuilder) -> (u16, String) {
    let (status, body) = answer(request).await;
    let error = &body["error"];
    assert_eq!(error["code"], status, "{body}");
    assert!(error["message"].is_string(), "{body}");
    let reason = error["errors"][0]["reason"].as_str().or(error["status"].as_str()).expect("a reason");
    (status, reason.to_owned())
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

pub(crate) fn names(files: &[Value]) -> Vec<String> {
    let mut names: Vec<String> = files.iter().map(|file| text(&file["name"])).collect();
    names.sort();
    names
}

pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_secs()).expect("a time")
}

/// The claims that Google asks for.
pub(crate) fn claims(key: &Value, scope: &str) -> Value {
    json!({
        "iss": key["client_email"], "scope": scope, "aud": "https://oauth2.googleapis.com/token",
        "iat": now(), "exp": now() + 3_600,
    })
}

/// A JWT signed with the key of a key file.
pub(crate) fn jwt(key: &Value, claims: &Value) -> String {
    let pem: String = text(&key["private_key"]).lines().filter(|line| !line.starts_with('-')).collect();
    let pair = KeyPair::from_pkcs8(&STANDARD.decode(pem).expect("base64")).expect("a key");
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({"alg": "RS256", "typ": "JWT", "kid": key["private_key_id"]});
    let signed = format!("{}.{}", encode(&header), encode(claims));
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).expect("signed");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

pub(crate) fn exchange(http: &Client, google: &Simulator, assertion: &str) -> RequestBuilder {
    let form = format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}");
    http.post(format!("{}/token", google.url())).header("content-type", "application/x-www-form-urlencoded").body(form)
}

async fn sign_in(http: &Client, google: &Simulator, scope: &str) -> String {
    let key = serde_json::from_str(&google.service_account_key()).expect("JSON");
    let answer = ok(exchange(http, google, &jwt(&key, &claims(&key, scope)))).await;
    text(&answer["access_token"])
}

/// An XLSX with a hidden tab first, then a tab whose name needs quotes.
pub(crate) fn workbook(path: &Path) {
    let mut book = Workbook::new();
    let hidden = book.add_worksheet();
    hidden.set_name("Codes").expect("a name").set_hidden(true);
    hidden.write_string(0, 0, "secret").expect("written");
    let sheet = book.add_worksheet();
    sheet.set_name("Week 3's list").expect("a name").set_active(true);
    let date = Format::new().set_num_format("dd/mm/yyyy");
    for (column, title) in ["Name", "Born", "Age", "OK"].into_iter().enumerate() {
        sheet.write_string(0, u16::try_from(column).expect("few"), title).expect("written");
    }
    sheet.write_string(2, 0, "Ann").expect("written");
    let born = ExcelDateTime::from_ymd(1950, 2, 1).expect("a date");
    sheet.write_datetime_with_format(2, 1, &born, &date).expect("written");
    sheet.write_number(2, 2, 71).expect("written");
    sheet.write_boolean(3, 3, true).expect("written");
    sheet.write_number(3, 2, 1.5).expect("written");
    book.save(path).expect("saved");
}

/// An XLSX of one tab with one text in A1.
pub(crate) fn note(words: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().write_string(0, 0, words).expect("written");
    book.save_to_buffer().expect("saved")
}
