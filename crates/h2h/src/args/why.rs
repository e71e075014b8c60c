//! `--why`.

use anyhow::bail;
use clap::Args;

/// A reason that is longer is not a reason but a letter.
const LONGEST: usize = 300;

/// `--why`.
#[derive(Args)]
pub struct Why {
    /// Why, for the others who look at it; no resident's data
    #[arg(long = "why", value_name = "WHY")]
    text: String,
}

impl Why {
    /// The reason, which is not empty.
    pub(crate) fn text(&self) -> anyhow::Result<&str> {
        match self.text.trim() {
            "" => bail!("--why is empty: say why, for the others who look at it"),
            text if text.chars().count() > LONGEST => {
                bail!("--why is longer than {LONGEST} characters: say it shorter")
            }
            text => Ok(text),
        }
    }
}
