//! Pages whose `console` blocks are run: what a page shows is what is printed, or a test is red.
//!
//! A block's line that begins with `$ ` is a command, and below it stands what it prints; a line `…` stands for any
//! lines. What differs each time (ids, times, ages, the width of columns) is not compared, nor what is said once
//! there were calls enough.

use std::path::{Path, PathBuf};

use regex_lite::Regex;

/// How many rows may be at the API at once is said once there were calls enough to tell.
const NOT_ALWAYS_THERE: [&str; 2] = ["Here to Help answers in ", "Here to Help takes "];

/// A thing that a page asks for.
pub(crate) enum Asked<'a> {
    /// `<!-- test: … -->`: something that must have happened before the next block.
    Step(&'a str),
    /// A command, and what the page says it prints.
    Command(&'a str, &'a [String]),
    /// `<!-- picture: … -->` before a block: something else that the block shows.
    Picture(&'a str),
}

/// Walks through a page, and writes it anew if it may.
pub(crate) struct Page {
    path: PathBuf,
    lines: Vec<String>,
    same: Vec<Regex>,
    differences: Vec<String>,
}

impl Page {
    pub(crate) fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let same = [
            r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC",
            r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)",
            r"\d+ ms of late(, which is slow: [^(]*)? \(median of \d+",
            r#""rows_at_once":(null|\{[^}]*\})"#,
            r#""(post_ms|posts|other_ms|seconds_for_10000_rows)":\d+"#,
            r"(\d+ h )?\d+ (s|min|h|d)\b",
            r"\d{1,2} [A-Z][a-z]+ \d{4}(, \d\d:\d\d)?",
            r"\?id=[\w-]+",
            r"127\.0\.0\.1:\d+",
            // A resident's and a request's number, in a sheet.
            r"\d+(,| +┆ +)10000\d\d",
            r"─+",
            r"(resident|request|follow-up)(_id\W+| +)\d+",
            r" +",
        ];
        let same = same.map(|pattern| Regex::new(pattern).expect("a pattern")).into();
        Self { path: path.to_owned(), lines: text.lines().map(str::to_owned).collect(), same, differences: Vec::new() }
    }

    /// Asks for everything in the order of the page, and compares.
    pub(crate) async fn walk(&mut self, mut answer: impl AsyncFnMut(Asked<'_>) -> Vec<String>) {
        let mut page = Vec::new();
        let mut picture = None;
        let mut lines = std::mem::take(&mut self.lines).into_iter();
        while let Some(line) = lines.next() {
            let comment = |kind: &str| line.strip_prefix(&format!("<!-- {kind}: "))?.strip_suffix(" -->");
            if let Some(step) = comment("test") {
                answer(Asked::Step(step)).await;
            }
            picture = comment("picture").map(str::to_owned).or(picture);
            let is_console = line == "```console";
            let is_block = line.starts_with("```");
            page.push(line);
            if !is_block {
                continue;
            }
            let block: Vec<String> = lines.by_ref().take_while(|line| line != "```").collect();
            if is_console {
                for shown in block.chunk_by(|_, next| !next.starts_with("$ ")) {
                    let command = shown[0].strip_prefix("$ ").expect("a block begins with a command");
                    page.push(shown[0].clone());
                    let told = answer(Asked::Command(command, &shown[1..])).await;
                    page.extend(self.compare(command, &shown[1..], told));
                }
            } else if let Some(what) = picture.take() {
                let told = answer(Asked::Picture(&what)).await;
                page.extend(self.compare(&what, &block, told));
            } else {
                page.extend(block);
            }
            page.push("```".to_owned());
        }
        self.lines = page;
    }

    /// The lines for the page: what stands there if it is true, or else what is.
    fn compare(&mut self, what: &str, shown: &[String], told: Vec<String>) -> Vec<String> {
        let normal = |lines: &[String]| {
            let lines = lines.iter().filter(|line| !NOT_ALWAYS_THERE.iter().any(|words| line.starts_with(words)));
            lines.map(|line| self.normal(line)).collect::<Vec<_>>()
        };
        if fits(&normal(shown), &normal(&told)) {
            return shown.to_vec();
        }
        self.differences.push(format!("$ {what}\nthe page:\n{}\nin truth:\n{}\n", shown.join("\n"), told.join("\n")));
        told
    }

    /// A line without what differs each time.
    fn normal(&self, line: &str) -> String {
        let line = NOT_ALWAYS_THERE
            .iter()
            .filter_map(|words| line.find(&format!("; {words}")))
            .min()
            .map_or(line, |at| &line[..at]);
        self.same.iter().fold(line.trim_end().to_owned(), |line, same| same.replace_all(&line, "~").into_owned())
    }

    /// Writes the page anew with `H2H_DOCS=write`; without it, tells what is not as the page says.
    pub(crate) fn end(self) {
        if std::env::var("H2H_DOCS").is_ok_and(|word| word == "write") {
            std::fs::write(&self.path, self.lines.join("\n") + "\n").expect("the page is written");
            return;
        }
        let (path, differences) = (self.path.display(), self.differences.join("\n"));
        assert!(differences.is_empty(), "{path} is not true; H2H_DOCS=write corrects it:\n{differences}");
    }
}

/// True if lines are as they are shown.
fn fits(shown: &[String], told: &[String]) -> bool {
    match shown.split_first() {
        None => told.is_empty(),
        Some((line, rest)) if line.trim() == "…" || line.trim() == "~…" => {
            (0..=told.len()).any(|from| fits(rest, &told[from..]))
        }
        Some((line, rest)) => told.split_first().is_some_and(|(first, others)| first == line && fits(rest, others)),
    }
}

#[test]
fn a_line_of_dots_stands_for_any_lines() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    for (shown, is_true) in [("a\n…\nd", true), ("…", true), ("a\n…", true), ("a\n…\nc", false), ("a\nb\nc", false)]
    {
        assert_eq!(fits(&lines(shown), &lines("a\nb\nc\nd")), is_true, "{shown}");
    }
}
