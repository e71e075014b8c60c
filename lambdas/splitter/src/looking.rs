//! Looks at a folder for `h2h`, where only a function can sign in to Google.

use lambda_support::invocation::{Deadline, describe};
use serde_json::{Value, json};

use crate::poll::{Question, Splitter};

impl Splitter {
    /// Answers with a [`drive::Look`], or with `{"problem":"…"}`: who asked is told what to do.
    pub(crate) async fn look(&self, question: Question, deadline: Deadline) -> Value {
        match self.drive.until(deadline.instant()).look(&question.look).await {
            Ok(look) => json!(look),
            Err(error) => json!({ "problem": describe(&error) }),
        }
    }
}
