//! A preview for people: the header, the rows to fix as they come, and at the end what becomes of all.

use comfy_table::Cell;
use feeds::{Decision, FileProblem, Header, Judged, Problem, SheetEvidence, Tally};
use preview::{Double, Doubles, Findings, Group, Problems};

use super::view::View;
use crate::command_prelude::*;

const ROWS_SHOWN: u64 = 50;

pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    feed: &'static Feed,
    rows_to_fix: u64,
}

impl<'a> Page<'a> {
    pub(super) fn new(out: &'a mut dyn Write, feed: &'static Feed, as_of: NaiveDate) -> io::Result<Self> {
        writeln!(out, "Preview for {} ({feed}), as of {}. Nothing is sent.", feed.title, as_of.format("%-d %B %Y"))?;
        Ok(Self { out, feed, rows_to_fix: 0 })
    }

    fn row_to_fix(&mut self, row: u32, problems: &[Problem]) -> io::Result<()> {
        if self.rows_to_fix == 0 {
            writeln!(self.out, "\nRows to fix")?;
        }
        self.rows_to_fix += 1;
        if self.rows_to_fix > ROWS_SHOWN {
            return Ok(());
        }
        for Problem { column, text, problem, how_to_fix } in problems {
            match column {
                Some(column) => writeln!(self.out, "  Row {row}, {}: \"{}\"", plain(column), plain(text))?,
                None => writeln!(self.out, "  Row {row}, as a whole")?,
            }
            writeln!(self.out, "    {}\n    {}", plain(problem), plain(how_to_fix))?;
        }
        Ok(())
    }

    /// All problems, grouped: what is wrong in which column, how often, and the first few of each.
    fn problems_by_column(&mut self, problems: &Problems) -> io::Result<()> {
        if self.rows_to_fix > ROWS_SHOWN {
            let more = self.rows_to_fix - ROWS_SHOWN;
            writeln!(self.out, "  … and {more} more rows. --to-fix OUT.xlsx writes them all, ready to be corrected.")?;
        }
        let (groups, others) = problems.by_column();
        if groups.is_empty() {
            return Ok(());
        }
        let examples = |group: &Group| {
            let quoted = |text: &str| if text.is_empty() { String::new() } else { format!(": \"{}\"", plain(text)) };
            let examples = group.examples.iter().map(|(row, text)| format!("row {row}{}", quoted(text)));
            examples.collect::<Vec<_>>().join(", ")
        };
        let row = |(column, problem, group): (&str, &str, &Group)| {
            vec![number(group.times), text(column), text(problem), Cell::new(examples(group))]
        };
        let table = table(&[], groups.into_iter().map(row).chain(and_others(others)));
        writeln!(self.out, "\nProblems by column\n{table}")
    }

    fn doubles(&mut self, Doubles { count, shown, .. }: &Doubles) -> io::Result<()> {
        if *count == 0 {
            return Ok(());
        }
        writeln!(self.out, "\nRows for the same person or request: each is sent, one after the other")?;
        for Double { row, first, what } in shown {
            writeln!(self.out, "  Row {row} has the same {what} as row {first}")?;
        }
        match count - shown.len() as u64 {
            0 => Ok(()),
            more => writeln!(self.out, "  … and {more} more"),
        }
    }

    fn tally(out: &mut dyn Write, title: &str, tally: &Tally) -> io::Result<()> {
        let (texts, others) = tally.most_frequent();
        if texts.is_empty() {
            return Ok(());
        }
        let texts = texts.into_iter().map(|(what, rows)| vec![number(rows.count), text(what), Cell::new(rows)]);
        writeln!(out, "\n{title}\n{}", table(&[], texts.chain(and_others(others))))
    }
}

/// The row of a table for those that it does not name.
fn and_others(others: u64) -> Option<Vec<Cell>> {
    (others > 0).then(|| vec![number(others), Cell::new("others")])
}

impl View for Page<'_> {
    fn header(&mut self, header: &Header, tab: Option<&str>) -> io::Result<()> {
        if let Some(tab) = tab {
            writeln!(self.out, "The tab that is read: \"{}\".", plain(tab))?;
        }
        let used: Vec<&str> = self.feed.columns().iter().map(|column| column.name).collect();
        let (row, columns, uses, used) = (header.row, header.columns.len(), used.len(), used.join(", "));
        writeln!(
            self.out,
            "Header: row {row}, {columns} columns. The feed uses {uses} of them, and all are there: {used}."
        )?;
        for other in header.carried_along(self.feed) {
            if let Some(known) = other.looks_like {
                let name = plain(other.name);
                writeln!(self.out, "The column \"{name}\" is not used, though it looks like \"{known}\".")?;
            }
        }
        Ok(())
    }

    fn row(&mut self, judged: &Judged) -> io::Result<()> {
        match &judged.decision {
            Decision::Rejected { problems } => self.row_to_fix(judged.row, problems),
            _ => Ok(()),
        }
    }

    fn accepted(&mut self, findings: &Findings, sheet: &SheetEvidence) -> io::Result<()> {
        let Findings { counts, doubles, problems, skipped, warnings } = findings;
        self.problems_by_column(problems)?;
        let of_the_sheet = sheet.warnings();
        if !of_the_sheet.is_empty() {
            writeln!(self.out, "\nThe sheet as a whole")?;
        }
        for warning in of_the_sheet {
            writeln!(self.out, "  {}", plain(&warning))?;
        }
        self.doubles(doubles)?;
        Self::tally(self.out, "Skipped, by the feed's rules", skipped)?;
        Self::tally(self.out, "Warnings", warnings)?;
        let counts = [
            (counts.post, "would be sent to Here to Help"),
            (counts.skipped, "would be skipped, by the feed's rules"),
            (counts.to_fix, "would be rejected: to fix"),
            (counts.all(), "in all"),
        ];
        let counts = counts.map(|(count, what)| [number(count), text(what)]);
        writeln!(self.out, "\nRows\n{}", table(&[], counts))
    }

    fn rejected(&mut self, problems: &[FileProblem]) -> io::Result<()> {
        writeln!(self.out, "\nThe whole file would be rejected: no row of it would be sent.")?;
        for FileProblem { problem, how_to_fix } in problems {
            writeln!(self.out, "  - {}\n    {}", plain(problem), plain(how_to_fix))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(fill: impl FnOnce(&mut Page<'_>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        let feed = Feed::named("spl").expect("the feed");
        let as_of = NaiveDate::from_ymd_opt(2021, 3, 8).expect("a date");
        Page::new(&mut out, feed, as_of).and_then(|mut page| fill(&mut page)).expect("written to memory");
        String::from_utf8(out).expect("UTF-8")
    }

    fn judged(row: u32, decision: Decision, warnings: &[&str]) -> Judged {
        let warnings = warnings.iter().map(|&warning| warning.to_owned()).collect();
        Judged { row, cells: Vec::new(), decision, warnings }
    }

    fn skipped(row: u32, reason: &str) -> Judged {
        judged(row, Decision::Skipped { reason: reason.to_owned() }, &[])
    }

    #[test]
    fn an_accepted_file() {
        let problem = |column: Option<&str>, text: &str| Problem {
            column: column.map(str::to_owned),
            text: text.to_owned(),
            problem: "this is wrong".to_owned(),
            how_to_fix: "Write it like this.".to_owned(),
        };
        let problems = vec![problem(Some("DateOfBirth"), "one\ntwo\u{1b}[2J"), problem(None, "")];
        let page = page(|page| {
            let mut findings = Findings::default();
            for row in [
                judged(2, Decision::Rejected { problems }, &["mobile: \"0\" was left out"]),
                judged(3, Decision::Rejected { problems: vec![] }, &["mobile: \"none\" was left out", "late"]),
                skipped(4, "too old"),
                skipped(5, "too old"),
                skipped(6, "elsewhere: \"Camden\""),
            ] {
                findings.add(&row);
                page.row(&row)?;
            }
            findings.counts.post = 1_204;
            page.accepted(&findings, &SheetEvidence::default())
        });
        insta::assert_snapshot!(page, @r#"
        Preview for Shielding Patient List (spl), as of 8 March 2021. Nothing is sent.

        Rows to fix
          Row 2, DateOfBirth: "one two [2J"
            this is wrong
            Write it like this.
          Row 2, as a whole
            this is wrong
            Write it like this.

        Problems by column
         1  (the row)    this is wrong  row 2
         1  DateOfBirth  this is wrong  row 2: "one two [2J"

        Skipped, by the feed's rules
         2  too old              rows 4 and 5
         1  elsewhere: "Camden"  row 6

        Warnings
         2  mobile: … was left out  rows 2 and 3
         1  late                    row 3

        Rows
         1204  would be sent to Here to Help
            3  would be skipped, by the feed's rules
            2  would be rejected: to fix
         1209  in all
        "#);
    }

    #[test]
    fn a_rejected_file() {
        let problem = FileProblem { problem: "no header".to_owned(), how_to_fix: "Add one.".to_owned() };
        insta::assert_snapshot!(page(|page| page.rejected(&[problem])), @"
        Preview for Shielding Patient List (spl), as of 8 March 2021. Nothing is sent.

        The whole file would be rejected: no row of it would be sent.
          - no header
            Add one.
        ");
    }
}
