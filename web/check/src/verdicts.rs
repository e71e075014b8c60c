//! One pass over a sheet: every row judged, as `h2h preview` and the splitter do it.

use feeds::{Decision, Feed, FileProblem, Intake, Judged, Origin, Rules, SheetEvidence, SheetRow};
use preview::Findings;

use crate::rows::PackedRows;

/// What becomes of a row, in a few bytes: the rest is found out again for the rows that are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) kind: Kind,
    pub(crate) has_warnings: bool,
    /// The earlier row that speaks of the same person or request.
    pub(crate) same_as: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// The header, what stands above it, a blank row, or one that was not judged.
    #[default]
    Outside,
    Post,
    Skipped,
    ToFix,
}

/// By what a sheet is judged.
#[derive(Clone)]
pub(crate) struct Choice {
    pub(crate) feed: &'static Feed,
    pub(crate) rules: Rules,
}

/// A pass over a sheet, as far as it has come.
pub(crate) struct Pass {
    pub(crate) choice: Choice,
    origin: Origin,
    intake: Intake,
    pub(crate) findings: Findings,
    verdicts: Vec<Verdict>,
    /// The next row to judge.
    next: usize,
    /// It has come to its end.
    pub(crate) is_done: bool,
    /// Why no row of the sheet counts.
    pub(crate) rejected: Vec<FileProblem>,
}

impl Pass {
    pub(crate) fn new(choice: Choice, origin: &Origin) -> Self {
        let intake = Intake::new(choice.feed, choice.rules.clone(), origin.clone());
        let (findings, verdicts, rejected) = Default::default();
        Self { choice, origin: origin.clone(), intake, findings, verdicts, next: 0, is_done: false, rejected }
    }

    /// Judges so many rows more. `unreadable` is why the sheet could not be read to its end, if it could not.
    pub(crate) fn step(&mut self, rows: &PackedRows, count: usize, unreadable: Option<&FileProblem>) {
        self.verdicts.resize(rows.len(), Verdict::default());
        for _ in 0..count {
            if self.is_done {
                return;
            }
            let judged = match (rows.get(self.next), unreadable) {
                (Some(row), _) => self.intake.push(row),
                (None, Some(problem)) => {
                    self.rejected = vec![problem.clone()];
                    Ok(Vec::new())
                }
                (None, None) => self.intake.finish(),
            };
            self.is_done = self.next >= rows.len();
            self.next += 1;
            match judged {
                Ok(judged) => judged.iter().for_each(|judged| self.take_in(rows, judged)),
                Err(rejected) => {
                    self.rejected = rejected.problems;
                    self.is_done = true;
                }
            }
        }
    }

    fn take_in(&mut self, rows: &PackedRows, judged: &Judged) {
        let same_as = self.findings.add(judged).map(|double| double.first);
        if let Some(verdict) = rows.place(judged.row).and_then(|at| self.verdicts.get_mut(at)) {
            *verdict = Verdict { same_as, ..Verdict::of(judged) };
        }
    }

    /// The share of the rows that is judged.
    pub(crate) fn share(&self, rows: &PackedRows) -> f64 {
        self.next as f64 / rows.len().max(1) as f64
    }

    /// What becomes of the row at this place.
    pub(crate) fn verdict(&self, at: usize) -> Verdict {
        self.verdicts.get(at).copied().unwrap_or_default()
    }

    /// The header, once it is found.
    pub(crate) fn header(&self) -> Option<&feeds::Header> {
        self.intake.header()
    }

    /// The evidence of the sheet as a whole.
    pub(crate) fn evidence(&self) -> &SheetEvidence {
        self.intake.evidence()
    }

    /// Judges rows again, in any order; each by itself, as it was judged in the pass.
    pub(crate) fn again(&self) -> Option<Again> {
        let Choice { feed, rules } = self.choice.clone();
        let (origin, header) = (self.origin.clone(), self.header()?.clone());
        Intake::resume(feed, rules, origin, header, SheetEvidence::default()).ok().map(Again)
    }

    /// Takes in that a row was corrected: its own verdict, and the counts. What is said of all rows together is for the next pass.
    pub(crate) fn correct(&mut self, at: usize, judged: Option<&Judged>) {
        let verdict = judged.map(Verdict::of).unwrap_or_default();
        let Some(old) = self.verdicts.get_mut(at) else { return };
        let counts = &mut self.findings.counts;
        let mut add = |kind, change: fn(&mut u64)| match kind {
            Kind::Outside => {}
            Kind::Post => change(&mut counts.post),
            Kind::Skipped => change(&mut counts.skipped),
            Kind::ToFix => change(&mut counts.to_fix),
        };
        add(old.kind, |count| *count -= 1);
        add(verdict.kind, |count| *count += 1);
        *old = verdict;
    }
}

/// Judges rows one by one, after the header was found.
pub(crate) struct Again(Intake);

impl Again {
    /// None where the row is blank.
    pub(crate) fn judge(&mut self, row: SheetRow) -> Option<Judged> {
        self.0.push(row).ok()?.pop()
    }
}

impl Verdict {
    fn of(judged: &Judged) -> Self {
        let kind = match judged.decision {
            Decision::Post(_) => Kind::Post,
            Decision::Skipped { .. } => Kind::Skipped,
            Decision::Rejected { .. } => Kind::ToFix,
        };
        Self { kind, has_warnings: !judged.warnings.is_empty(), same_as: None }
    }
}
