//! What a row costs of log, which AWS charges for by the byte (docs/cost.md). The numbers are exact and depend on no machine.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use lambda_support::logs;
use tracing::Instrument;
use tracing_subscriber::fmt::MakeWriter;

use crate::stage::{Sheet, Stage, pointer};

/// What was written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().expect("no panic").clone()).expect("text");
        text.lines().map(ToOwned::to_owned).collect()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Written {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_created_row_and_a_known_one_write_one_line_each() {
    let stage = Stage::new().await;
    let person = [("First name", "Ann"), ("Surname", "Lee"), ("d.o.b", "04/07/1948"), ("Help Request Type", "EUSS")];
    for (file, outcome, bytes) in [("week 1", "created", 293), ("week 2", "already-known", 299)] {
        let run = stage.run(file, &Sheet::of("generic").row(&person)).await;
        let written = Written::default();
        let logging = tracing::subscriber::set_default(logs::lines("info", written.clone()));
        // As `lambda_support::invocation` has it.
        let id = "8f4b6c1e-3a52-4d6f-9c0b-7d1e2f3a4b5c";
        let invocation = tracing::info_span!(target: "lambda_support::invocation", "invocation", request_id = id);
        stage.deliver(&[(&pointer(&run, 2), 1)]).instrument(invocation).await;
        drop(logging);
        let lines = written.lines();
        let [line] = &lines[..] else { panic!("{outcome}: not one line, but {lines:?}") };
        assert!(line.contains(&format!(r#""message":"settled","outcome":"{outcome}""#)), "{line}");
        assert_eq!(line.len() + "\n".len(), bytes, "{line}");
    }
}
