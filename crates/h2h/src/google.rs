//! Google's folders, looked at for a command.

use std::time::Duration;

use anyhow::{Context, bail};
use aws::secrets::Secrets;
use drive::{Drive, Look, Scope};
use serde_json::json;
use tokio::time::Instant;

use crate::environment::Environment;
use crate::functions::Function;

const PATIENCE: Duration = Duration::from_secs(40);

pub(crate) struct Google<'a> {
    drive: Drive,
    /// Where the splitter has to look: without a key, only a function can sign in.
    splitter: Option<&'a Environment>,
}

impl<'a> Google<'a> {
    /// Google as this function speaks to it.
    pub(crate) async fn of(environment: &'a Environment, function: &Function, scope: Scope) -> anyhow::Result<Self> {
        let parameter = function.needed("GOOGLE_CREDENTIALS_PARAMETER")?;
        let credentials = Secrets::new(environment.clients.ssm.clone()).read(parameter).await?;
        let settings = drive::Settings {
            api_url: function.setting("GOOGLE_API_URL").map(str::to_owned),
            subject: function.setting("GOOGLE_SUBJECT").map(str::to_owned),
            ..drive::Settings::new(credentials, scope)
        };
        let drive = Drive::new(&settings).context("the credentials in that parameter are no good")?;
        Ok(Self { splitter: drive.is_keyless().then_some(environment), drive })
    }

    /// Whom to share folders with.
    pub(crate) fn account(&self) -> &str {
        self.drive.account().unwrap_or("this service's account")
    }

    pub(crate) async fn look(&self, folder: &str) -> anyhow::Result<Look> {
        let Some(environment) = self.splitter else {
            return Ok(self.drive.until(Instant::now() + PATIENCE).look(folder).await?);
        };
        let splitter = &environment.names.splitter;
        let answer = environment.ask(splitter, &json!({ "look": folder })).await;
        let answer =
            answer.with_context(|| format!("cannot ask {splitter}: check that you may call lambda:InvokeFunction"))?;
        if let Some(problem) = answer["problem"].as_str() {
            bail!("{problem}");
        }
        serde_json::from_value(answer).with_context(|| {
            format!("{splitter} did not answer: look at its log; `h2h doctor` says which version it is")
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    use clap::Parser;

    use serde_json::Value;

    use super::*;
    use crate::environment::EnvironmentArgs;

    #[derive(Parser)]
    struct Arguments {
        #[command(flatten)]
        environment: EnvironmentArgs,
    }

    /// An AWS that knows one parameter and one function.
    fn aws(credentials: Value, answer: Value) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let parameter =
            json!({ "Parameter": { "Name": "p", "Type": "SecureString", "Value": credentials.to_string() } });
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let mut connection = connection.expect("a connection");
                let asked = request(&mut connection);
                let is_look = asked.starts_with("POST /2015-03-31/functions/splitter/invocations");
                assert!(!is_look || asked.ends_with(r#"{"look":"folder"}"#), "{asked}");
                let body = if is_look { &answer } else { &parameter }.to_string();
                let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
                connection.write_all((head + &body).as_bytes()).expect("written");
            }
        });
        url
    }

    /// A request, whole.
    fn request(connection: &mut TcpStream) -> String {
        let mut asked = String::new();
        let mut chunk = [0; 4096];
        loop {
            let read = connection.read(&mut chunk).expect("a request");
            asked += &String::from_utf8_lossy(&chunk[..read]);
            let Some((head, body)) = asked.split_once("\r\n\r\n") else { continue };
            let length =
                head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return asked;
            }
        }
    }

    async fn look(answer: Value) -> anyhow::Result<Look> {
        let source = json!({ "environment_id": "aws1" });
        let keyless = json!({ "type": "external_account", "credential_source": source });
        let folder = tempfile::tempdir().expect("a folder");
        let endpoints = json!({ "aws": aws(keyless, answer), "table": "t", "rows_queue": "r",
                                "dead_letter_queue": "d", "reports_queue": "s" });
        std::fs::write(folder.path().join("endpoints.json"), endpoints.to_string()).expect("room on the disk");
        let local = folder.path().to_str().expect("a path");
        let args = Arguments::try_parse_from(["h2h", "--local", local]).expect("arguments").environment;
        let environment = args.connect().await.expect("an environment");
        let settings = Some([("GOOGLE_CREDENTIALS_PARAMETER".to_owned(), "p".to_owned())].into());
        let function = Function { name: "splitter".to_owned(), settings, timeout: 0 };
        let google = Google::of(&environment, &function, Scope::ReadOnly).await?;
        google.look("folder").await
    }

    /// Whoever runs this has no key, and signs in to AWS in a way that Google's library does not know.
    #[tokio::test]
    async fn without_a_key_the_splitter_looks() {
        let file = json!({ "id": "f", "name": "list.csv", "mimeType": "text/csv", "md5Checksum": "a", "size": "3",
                           "createdTime": "2021-03-08T09:00:00Z", "modifiedTime": "2021-03-08T09:00:00Z" });
        let seen = look(json!({ "access": "read-only", "files": [file] })).await.expect("a look");
        assert_eq!((seen.access, seen.files[0].name.as_str()), (drive::Access::ReadOnly, "list.csv"));
        let error = look(json!({ "problem": "share it with a@b" })).await.expect_err("a problem");
        assert_eq!(error.to_string(), "share it with a@b");
        let error = look(json!({ "errorMessage": "none of its own" })).await.expect_err("an older splitter");
        assert!(error.to_string().contains("which version it is"), "{error}");
    }
}
