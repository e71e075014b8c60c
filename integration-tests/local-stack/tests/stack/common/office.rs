//! Somebody's desk with h2h and a shell, and a stack that is the stage `staging` to it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use ledger::{Run, RunState};
use local_stack::{Options, Stack, summaries};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::common::console::Asked;
use crate::common::program;
use crate::common::stage::{name_as_a_stage, schedule_as_a_stage};

/// How long a condition is waited for before the test gives up; nothing is judged by it.
const PATIENCE: Duration = Duration::from_secs(400);

/// The sheets that lie on the desk: their names, and the demo's samples.
const SHEETS: [(&str, &str); 9] = [
    ("week-9.csv", "spl.csv"),
    ("wrong-list.csv", "wrong-header.csv"),
    ("nsss.csv", "nsss.csv"),
    ("link-work.csv", "generic.csv"),
    ("isolation.csv", "self-isolation.csv"),
    ("last-year.csv", "contact-tracing.csv"),
    ("old-list.csv", "wrong-header.csv"),
    ("cases.csv", "contact-tracing.csv"),
    ("later.csv", "self-isolation.csv"),
];

pub(crate) struct Office {
    pub(crate) stack: Stack,
    drive: PathBuf,
    pub(crate) desk: PathBuf,
    programs: PathBuf,
    /// The ids of runs that the pages show, and what they are here.
    runs: Vec<(String, String)>,
    ran: Vec<String>,
}

impl Office {
    pub(crate) async fn open(folder: &Path) -> Self {
        let (drive, desk) = (folder.join("drive"), folder.join("desk"));
        let mut options = Options::new(&drive);
        options.as_of = Some("2021-03-08".parse().expect("a date"));
        // A file is taken when a page says so, by `h2h poll`, and a row that fails is dead at once.
        options.tempo.poll = Duration::from_secs(24 * 3_600);
        options.tempo.quiet = Duration::ZERO;
        options.row_receives = 1;
        let stack = Stack::start(options).await.expect("the stack starts");
        std::fs::create_dir_all(&desk).expect("a desk");
        for (name, sample) in SHEETS {
            let sample = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/samples")).join(sample);
            std::fs::copy(&sample, desk.join(name)).unwrap_or_else(|error| panic!("{}: {error}", sample.display()));
        }
        std::fs::write(desk.join("numbers.txt"), "486 150 1237\n").expect("a file");
        name_as_a_stage(&stack).await;
        schedule_as_a_stage(&stack).await;
        let programs = program::build().await.parent().expect("its folder").to_owned();
        Self { programs, stack, drive, desk, runs: Vec::new(), ran: Vec::new() }
    }

    pub(crate) async fn close(self) {
        self.stack.stop().await.expect("the stack stops");
    }

    /// Does what a page asks for.
    pub(crate) async fn answer(&mut self, asked: Asked<'_>) -> Vec<String> {
        match asked {
            Asked::Step(step) => {
                self.step(step).await;
                Vec::new()
            }
            Asked::Command(command, shown) => {
                let answer = shown.iter().find_map(|line| Some(line.split_once("[y/N] ")?.1));
                self.shell(command, answer).await
            }
            Asked::Picture(what) => {
                let (tab, file) = what.split_once(" of ").expect("a tab of a file");
                let run = self.run_of(file, |_| true).await;
                let books = summaries::of(&self.stack, &run.id).expect("summaries");
                let book =
                    books.values().find(|book| book.tabs.iter().any(|(name, _)| name == tab)).expect("such a tab");
                let ours = self
                    .runs
                    .iter()
                    .fold(crate::common::picture::of(book.tab(tab)), |text, (page, here)| text.replace(here, page));
                ours.lines().map(str::to_owned).collect()
            }
        }
    }

    /// One line of a shell, at a terminal if there is something to answer: what it prints, and its exit code.
    pub(crate) async fn shell(&mut self, command: &str, answer: Option<&str>) -> Vec<String> {
        self.ran.push(command.to_owned());
        let line = self.with_ids_of_here(command).await;
        let mut shell = match answer {
            Some(answer) => {
                let mut python = Command::new("python3");
                python
                    .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stack/common/terminal.py"))
                    .args([answer, &line]);
                python
            }
            None => {
                let mut shell = Command::new("sh");
                shell.args(["-c", &line]);
                shell
            }
        };
        let path = format!("{}:{}", self.programs.display(), std::env::var("PATH").expect("a path"));
        shell
            .current_dir(&self.desk)
            .env_clear()
            .env("PATH", path)
            .env("USER", "anna")
            .env("TERM", "xterm")
            .env("HOME", &self.desk);
        for (name, value) in [
            ("AWS_ENDPOINT_URL", self.stack.endpoints.aws.as_str()),
            ("AWS_REGION", "eu-west-2"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ] {
            shell.env(name, value);
        }
        // Both outputs into one file: in the order in which a person would see them.
        let told = tempfile::NamedTempFile::new().expect("a file");
        let to = || Stdio::from(told.as_file().try_clone().expect("a handle"));
        shell.stdin(Stdio::null()).stdout(to()).stderr(to()).kill_on_drop(true);
        let status = tokio::time::timeout(PATIENCE, shell.status()).await;
        let status = status.unwrap_or_else(|_| panic!("does not end: {command}")).expect("a shell");
        let told = std::fs::read_to_string(told.path()).expect("UTF-8").replace("\r\n", "\n");
        assert!(
            answer.is_some() || !told.contains('\u{1b}'),
            "not plain, although it is no terminal: {command}: {told}"
        );
        assert!(!told.contains(&self.stack.api_key), "a secret is shown: {command}");
        let told = self.runs.iter().fold(told, |told, (page, here)| told.replace(here, page));
        let mut lines: Vec<String> = told.lines().map(|line| line.trim_end().to_owned()).collect();
        if command.contains("--json") && !command.contains('|') {
            lines.iter().filter(|line| line.starts_with('{')).for_each(|line| {
                serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{command}: {error}: {line}"));
            });
        }
        match status.code() {
            Some(0) => {}
            code => lines.push(format!("[exit code {}]", code.expect("it ended by itself"))),
        }
        lines
    }

    /// A step, `VERB …`.
    pub(crate) async fn step(&mut self, step: &str) {
        let words: Vec<&str> = step.split(' ').collect();
        match words.as_slice() {
            ["drop", name, "into", feed] => {
                std::fs::copy(self.desk.join(name), self.drive.join(feed).join("inbound").join(name)).expect("dropped");
            }
            ["taken", name] => drop(self.run_of(name, |run| run.state == RunState::Posting).await),
            ["reported", name] => self.reported(name).await,
            [id, "is", name] => {
                let run = self.run_of(name, |_| true).await;
                self.runs.push(((*id).to_owned(), run.id.as_str().to_owned()));
            }
            ["key", "into", file] => {
                std::fs::write(self.desk.join(file), &self.stack.api_key).expect("written");
            }
            ["api", "fails"] => self.api(&json!([{ "answer": "500", "calls": ["create"] }])),
            ["api", "works"] => self.api(&json!([])),
            ["letters", letters] => {
                let wanted = Some(json!(letters.parse::<u64>().expect("a number")));
                self.until(step, async |office| {
                    let list = office.h2h("dlq list --json").await;
                    (list.last().map(|last| last["letters"]["visible"].clone()) == wanted).then_some(())
                })
                .await;
            }
            ["quiet"] => {
                self.until(step, async |office| {
                    let status = office.h2h("status --json").await.pop()?;
                    let is_empty =
                        |queue: &str| status[queue].as_object().is_some_and(|depth| depth.values().all(|n| *n == 0));
                    (is_empty("rows_queue") && is_empty("reports_queue")).then_some(())
                })
                .await;
            }
            ["$", ..] => {
                let told = self.shell(&step[2..], None).await;
                self.ran.pop();
                assert!(!told.iter().any(|line| line.starts_with("[exit code")), "{step}: {told:?}");
            }
            _ => panic!("no such step: {step}"),
        }
    }

    fn api(&self, rules: &Value) {
        let api = self.stack.here_to_help.as_ref().expect("the stack's own simulator");
        api.set_faults(serde_json::from_value(json!({ "rules": rules })).expect("faults as the simulator takes them"));
    }

    /// The JSON objects that a command on this stage prints.
    async fn h2h(&mut self, command: &str) -> Vec<Value> {
        let told = self.shell(&format!("h2h {command} --stage staging"), None).await;
        self.ran.pop();
        told.iter().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Waits until something holds.
    async fn until<T>(&mut self, what: &str, mut look: impl AsyncFnMut(&mut Self) -> Option<T>) -> T {
        let holds = async {
            loop {
                if let Some(found) = look(self).await {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        };
        tokio::time::timeout(PATIENCE, holds).await.unwrap_or_else(|_| panic!("waited too long: {what}"))
    }

    /// The run of a file, once it is as it is wanted.
    async fn run_of(&mut self, name: &str, is_wanted: impl Fn(&Run) -> bool) -> Run {
        self.until(name, async |office| {
            for feed in feeds::all() {
                let runs = office.stack.ledger.runs(feed, chrono::DateTime::UNIX_EPOCH).await.expect("the runs");
                if let Some(run) = runs.into_iter().find(|run| run.file_name == name && is_wanted(run)) {
                    return Some(run);
                }
            }
            None
        })
        .await
    }

    /// Waits until a file's run has nothing left to wait for.
    async fn reported(&mut self, name: &str) {
        let run = self.run_of(name, |run| run.report.is_some()).await;
        self.until(name, async |office| {
            let shown = office.h2h(&format!("show {} --json", run.id)).await.pop()?;
            shown["waits_for"].is_null().then_some(())
        })
        .await;
    }

    /// A command of a page with the ids that runs have here, as many digits as make them the only ones.
    async fn with_ids_of_here(&self, command: &str) -> String {
        let is_name = |word: &str| word.len() >= 4 && word.chars().all(|digit| digit.is_ascii_hexdigit());
        let here = |word: &str| {
            let (_, here) = self.runs.iter().find(|(page, _)| is_name(word) && page.starts_with(word))?;
            let is_only =
                |digits: &usize| self.runs.iter().filter(|(_, id)| id.starts_with(&here[..*digits])).count() == 1;
            let digits = (word.len()..=here.len()).find(is_only).expect("a whole id is the only one");
            Some(&here[..digits])
        };
        let words = command.split_inclusive([' ', '/']);
        words
            .map(|word| {
                let (name, rest) = word.split_at(word.trim_end_matches([' ', '/']).len());
                format!("{}{rest}", here(name).unwrap_or(name))
            })
            .collect()
    }

    /// The commands that pages showed.
    pub(crate) fn commands_run(&self) -> BTreeSet<String> {
        let lines = self.ran.iter().filter_map(|line| line.strip_prefix("h2h "));
        let names = lines.flat_map(|line| {
            let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
            [first.to_owned(), format!("{first} {}", rest.split(' ').next().unwrap_or_default())]
        });
        names.collect()
    }

    /// All commands that h2h has, `dlq redrive` for one.
    pub(crate) async fn every_command(&mut self) -> Vec<String> {
        let mut all = vec!["completions".to_owned(), "man".to_owned()];
        for name in self.names("h2h --help").await {
            let under = if name == "dlq" { self.names("h2h dlq --help").await } else { Vec::new() };
            all.extend(under.iter().map(|word| format!("{name} {word}")));
            all.push(name);
        }
        all
    }

    async fn names(&mut self, help: &str) -> Vec<String> {
        let told = self.shell(help, None).await;
        let listed = told.iter().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
        let names = listed.filter_map(|line| line.split_whitespace().next());
        names.filter(|name| *name != "help").map(str::to_owned).collect()
    }
}
