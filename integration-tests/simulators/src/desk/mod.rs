//! Staff at a desk: they correct what stands in Here to Help as call handlers do, remember what they entered, and can say
//! afterwards whether it still stands.

mod change;
mod correction;

use chrono::{DateTime, Utc};

pub use self::{
    change::{Change, Place},
    correction::Correction,
};
use crate::here_to_help::{Simulator, State};

/// The desk, with all that was corrected from it.
#[derive(Clone, Debug, Default)]
pub struct Desk {
    edits: Vec<Edit>,
}

/// One correction, as it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// Whom it is about
    pub resident: i64,
    /// What was corrected
    pub correction: Correction,
    /// When it was answered
    pub at: DateTime<Utc>,
    /// All that was written
    pub changes: Vec<Change>,
    /// The resident's postcode then: a ward is one of that postcode
    pub postcode: Option<String>,
}

impl Desk {
    /// Makes a correction; false, and nothing done, where there is nothing of the kind to correct.
    ///
    /// # Errors
    /// What the simulator says of an order that it does not take.
    pub fn correct(&mut self, api: &Simulator, resident: i64, correction: Correction) -> Result<bool, String> {
        let state = api.state();
        let changes = correction.changes(&state, resident, self.edits.len());
        let Some(order) = change::order(&changes) else { return Ok(false) };
        api.staff(order)?;
        let postcode = postcode(&state, resident);
        self.edits.push(Edit { resident, correction, at: Utc::now(), changes, postcode });
        Ok(true)
    }

    /// All corrections, in the order in which they were made.
    #[must_use]
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// What was written and stands no longer: the edit and its change. What staff themselves wrote over does not count, nor does
    /// a ward where the person has moved to another postcode since.
    #[must_use]
    pub fn undone(&self, state: &State) -> Vec<(&Edit, &Change)> {
        let has_moved = |edit: &Edit, change: &Change| {
            let now = postcode(state, edit.resident);
            change.place.field() == "Ward" && now.is_some() && now != edit.postcode
        };
        self.in_force().filter(|(edit, change)| change.is_undone(state) && !has_moved(edit, change)).collect()
    }

    /// What staff wrote last to each place.
    pub fn in_force(&self) -> impl Iterator<Item = (&Edit, &Change)> {
        self.edits.iter().enumerate().flat_map(move |(number, edit)| {
            let later = self.edits.get(number + 1..).unwrap_or_default();
            let is_last = move |change: &&Change| {
                !later.iter().flat_map(|edit| &edit.changes).any(|other| other.place == change.place)
            };
            edit.changes.iter().filter(is_last).map(move |change| (edit, change))
        })
    }

    /// The state as it would be had nobody corrected what still stands as staff wrote it: what sheets know people by.
    #[must_use]
    pub fn taken_back(&self, state: &State) -> State {
        let mut state = state.clone();
        let changes = self.edits.iter().rev().flat_map(|edit| &edit.changes);
        changes.for_each(|change| change.take_back(&mut state));
        state
    }
}

fn postcode(state: &State, resident: i64) -> Option<String> {
    state.resident(resident)?.text("Postcode").map(ToOwned::to_owned)
}

/// A desk from which these corrections were made.
impl FromIterator<Edit> for Desk {
    fn from_iter<I: IntoIterator<Item = Edit>>(edits: I) -> Self {
        Self { edits: edits.into_iter().collect() }
    }
}
