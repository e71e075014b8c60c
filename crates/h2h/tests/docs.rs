//! Every `h2h …` that a page, the README or the command's own help shows is a command line that h2h takes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// All files of one kind in a folder and those in it.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<_>, Vec<_>) = paths.partition(|path| path.is_dir());
    let inside = folders.iter().flat_map(|folder| self::files(folder, extension));
    files.into_iter().filter(|path| path.extension().is_some_and(|found| found == extension)).chain(inside).collect()
}

/// The command lines of a page: those in its blocks, and those between backticks in its text.
fn of_page(page: &str) -> Vec<String> {
    let mut shown = Vec::new();
    for (index, part) in page.split("```").enumerate() {
        if index % 2 == 1 {
            shown.extend(part.lines().map(|line| line.strip_prefix("$ ").unwrap_or(line).to_owned()));
        } else {
            let text = part.split_whitespace().collect::<Vec<_>>().join(" ");
            shown.extend(text.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    shown.retain_mut(|line| {
        *line = line.replacen("cargo run -p h2h -- ", "h2h ", 1);
        line.starts_with("h2h ")
    });
    shown
}

/// The examples of the command's help.
fn of_source(source: &str) -> Vec<String> {
    let lines = source.lines().filter(|line| line.starts_with("  h2h "));
    lines.map(|line| line.trim().trim_end_matches("\")]").replace("\\\"", "\"")).collect()
}

/// The words of a command line, up to what is the shell's or a remark; placeholders as somebody would fill them in.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let end = line.find("  ").unwrap_or(line.len());
    let mut rest = line[..end].trim();
    while !rest.is_empty() {
        let quote = rest.chars().next().filter(|first| "\"'".contains(*first));
        let (word, after) = match quote {
            Some(quote) => rest[1..].split_once(quote).unwrap_or((&rest[1..], "")),
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        if quote.is_none() && ["|", "||", ">", "&&"].contains(&word) {
            break;
        }
        rest = after.trim_start();
        let word = if quote.is_none() { word.trim_matches(['[', ']']) } else { word };
        match word {
            "…" | "COMMAND" => {}
            "RUN" => words.push("3f2a".to_owned()),
            "RUN/ROW" | "ROW" => words.push("3f2a/17".to_owned()),
            "FEED" => words.push("spl".to_owned()),
            word => words.push(word.to_owned()),
        }
    }
    words
}

#[test]
fn every_command_line_that_is_shown_is_one() {
    let read = |path: &PathBuf| fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut pages = files(&Path::new(ROOT).join("docs"), "md");
    pages.push(Path::new(ROOT).join("README.md"));
    let of_pages = pages.iter().flat_map(|path| of_page(&read(path)).into_iter().map(move |line| (path, line)));
    let sources = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "rs");
    let of_sources = sources.iter().flat_map(|path| of_source(&read(path)).into_iter().map(move |line| (path, line)));
    let mut wrong = Vec::new();
    let (mut shown, mut examples) = (0, 0);
    for (is_example, (path, line)) in of_pages.map(|one| (false, one)).chain(of_sources.map(|one| (true, one))) {
        *(if is_example { &mut examples } else { &mut shown }) += 1;
        // What is asked for help takes no action, and words that are none of its own are reported all the same.
        let mut command = Command::new(env!("CARGO_BIN_EXE_h2h"));
        let output = command.args(words(&line).iter().skip(1)).arg("--help").output().expect("it runs");
        if !output.status.success() {
            wrong.push(format!("{}: `{line}`: {}", path.display(), String::from_utf8_lossy(&output.stderr)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(shown > 50 && examples > 30, "only {shown} in pages and {examples} examples were found");
}

#[test]
fn a_command_line_ends_where_the_shell_or_a_remark_begins() {
    let told = "h2h export RUN --csv [FILE] | head";
    assert_eq!(words(told), ["h2h", "export", "3f2a", "--csv", "FILE"]);
    assert_eq!(words("h2h pause --why \"a b\"   says so"), ["h2h", "pause", "--why", "a b"]);
    assert_eq!(
        of_page("Use `h2h\nruns`, not `runs`.\n```console\n$ h2h show 18fe\n run\n```\n"),
        ["h2h runs", "h2h show 18fe"]
    );
}

/// Pages show pictures; `docs/pictures/make` makes them anew.
#[test]
fn every_picture_that_a_page_shows_is_there_and_small() {
    let docs = Path::new(ROOT).join("docs");
    let mut shown = 0;
    for page in files(&docs, "md").into_iter().chain([Path::new(ROOT).join("README.md")]) {
        let text = fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        for (alternative, rest) in text.split("![").skip(1).filter_map(|rest| rest.split_once("](")) {
            let path = page.with_file_name(rest.split(')').next().unwrap_or_default());
            let size = fs::metadata(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).len();
            assert!(size <= 150_000, "{}: {size} bytes", path.display());
            assert!(alternative.len() > 20, "{}: no words for those who do not see it", path.display());
            shown += 1;
        }
    }
    assert!(shown >= 4, "only {shown} pictures were found");
}
