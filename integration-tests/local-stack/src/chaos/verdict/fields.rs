//! What rows say of their residents and the residents have not.

use feeds::Outcome;
use simulators::desk::{Desk, Place};
use simulators::here_to_help::Resident;

use super::Verdict;
use crate::chaos::directory::Directory;
use crate::chaos::seen::{Line, Seen};
use crate::chaos::sheets::{Becomes, Row, Sheet};

impl Verdict {
    /// Counts the values of a row that went well in whose field its resident has none.
    pub(super) fn fields(&mut self, sheet: &Sheet, row: &Row, line: Option<&Line>, seen: &Seen, api: &Directory) {
        let Becomes::Request(wanted) = &row.becomes else { return };
        let Some(line) = line.filter(|line| matches!(line.outcome, Outcome::Created | Outcome::AlreadyKnown)) else {
            return;
        };
        // Where there is no request, or no resident, the row is lost.
        let request = api.request_of(&row.person, &wanted.key);
        let Some(resident) = request.and_then(|request| seen.api.resident(request.resident_id)) else { return };
        for says in &wanted.says {
            let is_missing = |name: &&&str| is_blank(resident, name) && !is_cleared(&seen.desk, resident, name);
            let is_told = line.warnings.contains(says.words());
            if !is_told && let Some(missing) = says.fields().iter().find(is_missing) {
                self.fields_missing += 1;
                self.find(sheet, row, &format!("is {:?}, and resident {} has no {missing}", line.outcome, resident.id));
            }
        }
    }
}

fn is_blank(resident: &Resident, name: &str) -> bool {
    resident.text(name).is_none_or(|text| text.trim().is_empty())
}

fn is_cleared(desk: &Desk, resident: &Resident, name: &str) -> bool {
    let mut cleared = desk.in_force().filter(|(_, change)| change.after.as_str() == Some(""));
    cleared.any(|(_, change)| matches!(change.place, Place::Resident(id, field) if id == resident.id && field == name))
}
