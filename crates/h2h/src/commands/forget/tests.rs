use std::sync::Arc;

use feeds::{Cell, ExcludedIds, Intake, Origin, Rules, Settlement, SheetEvidence, SheetRow};
use ledger::{
    Checkpoint, Field, Fingerprint, HashKey, LeaseGrant, NewRow, NewRun, ResidentMemory, RowClaim, RunClaim, Sent,
};
use testkit::dynamodb::{Dynamodb, TABLE};
use wire::identities;

use super::*;

#[test]
fn numbers_are_read_in_any_form_and_a_slip_is_told_by_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("numbers");
    std::fs::write(&path, "943 476 5919\n\n943-476-5870\n").expect("written");
    let numbers = read_numbers(&path).expect("numbers");
    assert_eq!(numbers.iter().map(NhsNumber::as_str).collect::<Vec<_>>(), ["9434765870", "9434765919"]);
    std::fs::write(&path, "9434765919\n94347\n").expect("written");
    let error = read_numbers(&path).expect_err("a slip").to_string();
    assert!(error.starts_with("line 2 of") && !error.contains("94347"), "{error}");
    std::fs::write(&path, "\n \n").expect("written");
    let error = read_numbers(&path).expect_err("nobody is not everybody").to_string();
    assert!(error.contains("holds no NHS number"), "{error}");
}

const ANN: &str = "9434765919";
const NAMESAKE: &str = "9434765870";

fn key() -> HashKey {
    HashKey::new(&"key".into())
}

fn value(text: &str) -> Fingerprint {
    key().fingerprint("value", text)
}

/// A table with two people of one name: Ann in row 2 of the list and, without her number, in row 2 of the form; the namesake in
/// row 3 of the list. All were posted and are remembered.
struct Town {
    dynamodb: Dynamodb,
    ledger: Ledger,
    list: Run,
    form: Run,
}

impl Town {
    async fn new() -> Self {
        let dynamodb = Dynamodb::start().await;
        ledger::table::create(&dynamodb.client, TABLE).await.expect("a table");
        dynamodb.without_stream().await;
        let ledger = Ledger::new(dynamodb.client.clone(), TABLE, Arc::new(Utc::now));
        let names = [("PatientFirstName", "Anncanary"), ("PatientSurname", "Able")];
        let person =
            |number, email| [&names[..], &[("Traced_NHSNUMBER", number), ("PatientEmailAddress", email)]].concat();
        let people = [person(ANN, "ann.able@example.org"), person(NAMESAKE, "namesake@example.org")];
        let list = enqueued(&ledger, "spl", &people).await;
        let sent = [
            ("first_name", "Anncanary"),
            ("last_name", "Able"),
            ("nhs_number", ""),
            ("ID", "form-1"),
            ("contact_email", "ann.able@example.org"),
        ];
        let form = enqueued(&ledger, "nsss", &[sent.to_vec()]).await;
        let town = Self { dynamodb, ledger, list, form };
        town.post(&town.list, 2, 7_001_234, "ann").await;
        town.post(&town.list, 3, 8_005_678, "namesake").await;
        town.post(&town.form, 2, 7_001_234, "ann").await;
        town
    }

    /// Settles a row as a poster does that reached this resident.
    async fn post(&self, run: &Run, row: u32, resident: i64, text: &str) {
        let claim = self.ledger.claim_row(run, row, soon()).await.expect("a claim");
        let RowClaim::Mine(row) = claim else { panic!("not ours") };
        let header = run.header.as_ref().expect("a header");
        let judged = run.feed.judge(header, row.id.row, &row.record.cells, &run.rules).expect("judged");
        let feeds::Decision::Post(post) = judged.decision else { panic!("{:?}", judged.decision.settlement()) };
        let keys: Vec<_> = identities(&post.request).iter().map(|id| key().lease(id.kind, &id.value)).collect();
        let LeaseGrant::Granted(mut leases) = row.lease(&keys).await.expect("an answer") else { panic!("held") };
        let mut memory = leases.residents().get(&resident).cloned().unwrap_or_else(ResidentMemory::default);
        memory.remember_sent(run.feed.name(), Field::Email, Sent::new(value(text), row.version()));
        leases.remember(resident, memory);
        leases.all_is_known();
        leases.release().await.expect("released");
        let settlement = Settlement { resident_id: Some(resident), ..Settlement::new(Outcome::Created) };
        row.settle(settlement).await.expect("settled");
    }

    async fn forget(&self, whom: Selection) -> Erased {
        let found = whom.find(&self.ledger, &key()).await.expect("rows");
        found.erase(&self.ledger).await.expect("erased")
    }

    /// What the whole table holds of somebody, of these texts.
    async fn left_of(&self, person: &[String]) -> Vec<String> {
        let answer = self.dynamodb.client.scan().table_name(TABLE).send().await.expect("an answer");
        let table = format!("{:?}", answer.items);
        person.iter().filter(|text| table.contains(*text)).cloned().collect()
    }
}

/// Texts of the row, fingerprint and number in Here to Help.
fn ann() -> Vec<String> {
    [ANN, "ann.able@example.org", "7001234", &print("ann")].map(str::to_owned).to_vec()
}

fn namesake() -> Vec<String> {
    [NAMESAKE, "namesake@example.org", "8005678", &print("namesake")].map(str::to_owned).to_vec()
}

fn print(text: &str) -> String {
    serde_json::to_value(value(text)).expect("a value").as_str().expect("a text").to_owned()
}

fn numbers(numbers: &[&str]) -> Selection {
    Selection::Numbers(numbers.iter().filter_map(|number| NhsNumber::read(number)).collect())
}

/// A run of which all is enqueued: the feed's example rows with these cells.
async fn enqueued(ledger: &Ledger, feed: &str, rows: &[Vec<(&str, &str)>]) -> Run {
    let feed = Feed::named(feed).expect("a feed");
    let as_of: NaiveDate = "2021-03-08".parse().expect("a date");
    let rules = Rules { as_of, excluded: ExcludedIds::parse("") };
    let new = NewRun {
        feed,
        file_id: feed.name().to_owned(),
        file_name: "sheet.csv".to_owned(),
        revision: "1".to_owned(),
        file_created: DateTime::UNIX_EPOCH,
        file_modified: DateTime::UNIX_EPOCH,
        rules: rules.clone(),
        rules_version: 1,
        lanes: 16,
    };
    let RunClaim::Reading(mut reading) = ledger.claim_run(new, soon()).await.expect("a claim") else { panic!("known") };
    let mut intake = Intake::new(feed, rules, Origin::Separated);
    let header: Vec<String> = feed.columns().iter().map(|column| column.name.to_owned()).collect();
    let filled_in = |cells: &Vec<(&str, &str)>| {
        let cell = |(name, example): (&String, String)| {
            cells.iter().find(|(column, _)| column == name).map_or(example, |(_, text)| (*text).to_owned())
        };
        header.iter().zip(feed.example(as_of)).map(cell).collect::<Vec<_>>()
    };
    let mut judged = Vec::new();
    for (number, cells) in (1..).zip(std::iter::once(header.clone()).chain(rows.iter().map(filled_in))) {
        let cells = cells.iter().map(|cell| Cell::text(cell.as_str())).collect();
        judged.extend(intake.push(SheetRow::new(number, cells)).expect("a row"));
    }
    judged.extend(intake.finish().expect("a sheet"));
    reading.set_header(intake.header().expect("a header")).await.expect("a header");
    let rows: Vec<NewRow> = judged.into_iter().map(NewRow::from).collect();
    let last_row = rows.last().expect("a row").row;
    reading.record(&rows, Checkpoint { last_row, evidence: SheetEvidence::default() }).await.expect("recorded");
    let mut enqueueing = reading.read_whole().await.expect("read whole");
    let all = enqueueing.next_rows(usize::MAX).await.expect("rows");
    enqueueing.enqueued_up_to(last_row, all.len() as u64).await.expect("a checkpoint");
    enqueueing.all_enqueued().await.expect("posting")
}

fn soon() -> DateTime<Utc> {
    Utc::now() + TimeDelta::minutes(15)
}

#[tokio::test]
async fn nothing_is_left_of_a_person_and_the_namesake_stays() {
    for case in ["number", "row of the list", "row of the form"] {
        let town = Town::new().await;
        assert_eq!(town.left_of(&ann()).await, ann());
        let row = async |run: &Run| {
            let row = town.ledger.row(run, 2).await.expect("an answer").expect("a row");
            Selection::Row(Box::new((run.clone(), row)))
        };
        let whom = match case {
            "number" => numbers(&[ANN]),
            "row of the list" => row(&town.list).await,
            _ => row(&town.form).await,
        };
        let erased = town.forget(whom).await;
        assert_eq!(erased, Erased { erased: 2, residents: 1, ..Erased::default() }, "{case}");
        assert_eq!(town.left_of(&ann()).await, [""; 0], "{case}");
        assert_eq!(town.left_of(&namesake()).await, namesake(), "{case}");
    }
}

#[tokio::test]
async fn a_run_is_forgotten_with_everybody_in_it() {
    let town = Town::new().await;
    let erased = town.forget(Selection::Run(Box::new(town.list.clone()))).await;
    assert_eq!(erased, Erased { erased: 2, residents: 2, ..Erased::default() });
    assert_eq!(town.left_of(&namesake()).await, [""; 0]);
    assert_eq!(town.left_of(&ann()).await, ["ann.able@example.org", "7001234"], "the form's row");
    let erased = town.forget(Selection::Run(Box::new(town.list.clone()))).await;
    assert_eq!(erased, Erased::default());
}

/// While a poster speaks about the person the row stays: by it the rest is found again.
#[tokio::test]
async fn what_is_held_is_left_with_its_row() {
    let town = Town::new().await;
    let other = enqueued_again(&town.ledger).await;
    let RowClaim::Mine(row) = town.ledger.claim_row(&other, 2, soon()).await.expect("a claim") else { panic!("held") };
    let lease = [key().lease("nhs", ANN)];
    let LeaseGrant::Granted(leases) = row.lease(&lease).await.expect("an answer") else { panic!("held") };
    let erased = town.forget(numbers(&[ANN])).await;
    assert_eq!(erased, Erased { left: 3, numbers_left: 1, ..Erased::default() });
    leases.release().await.expect("released");
    let erased = town.forget(numbers(&[ANN])).await;
    assert_eq!(erased, Erased { erased: 2, residents: 1, left: 1, ..Erased::default() });
}

/// Ann again, in a sheet that is not posted yet.
async fn enqueued_again(ledger: &Ledger) -> Run {
    let ann = vec![("ID", "call-1"), ("NHS Number", ANN), ("Forename", "Anncanary"), ("Surname", "Able")];
    enqueued(ledger, "self-isolation", &[ann]).await
}
