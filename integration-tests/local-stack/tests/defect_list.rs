//! Every defect of the replaced system (docs/contract/feeds.md, part 3) has a test named after it, `defect_07_…`, or a
//! line in docs/decisions that names it and says what shows that it is gone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// Where the project's own sources lie.
const SOURCES: [&str; 3] = ["crates", "lambdas", "integration-tests"];

/// The texts of all files with this ending below a folder.
fn texts(folder: &Path, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(texts(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
        }
    }
    found
}

/// The numbers in a test's name: `defect_25_26_every_sheet` has two.
fn named_by_a_test(source: &str) -> BTreeSet<u32> {
    let mut lines = source.lines().map(str::trim).peekable();
    let mut numbers = BTreeSet::new();
    while let Some(line) = lines.next() {
        // A helper of this name would not be a test: the attribute must stand right above.
        let is_test = line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        let Some(name) = lines.peek().filter(|_| is_test).and_then(|next| next.split("fn defect_").nth(1)) else {
            continue;
        };
        numbers.extend(name.split('_').map_while(|word| word.parse::<u32>().ok()));
    }
    numbers
}

/// The numbers that a decision names: `defect 18`, in any case, bold or not.
fn named_by_a_decision(text: &str) -> BTreeSet<u32> {
    let text = text.to_lowercase();
    let number = |after: &str| after.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
    text.split("defect ").skip(1).filter_map(number).collect()
}

/// The numbers of the contract's list: lines of its tables that begin with a number.
fn listed(contract: &str) -> BTreeSet<u32> {
    let part_3 = contract.split("# Part 3.").nth(1).expect("the contract has a part 3");
    part_3.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok()).collect()
}

#[test]
fn every_defect_of_the_replaced_system_has_a_test_or_a_decision() {
    let root = Path::new(ROOT);
    let listed = listed(&fs::read_to_string(root.join("docs/contract/feeds.md")).expect("the contract"));
    assert_eq!(listed, (1..=53).collect(), "the contract lists 53 defects");
    let mut known: BTreeSet<u32> = BTreeSet::new();
    for folder in SOURCES {
        known.extend(texts(&root.join(folder), "rs").iter().flat_map(|source| named_by_a_test(source)));
    }
    known.extend(texts(&root.join("docs/decisions"), "md").iter().flat_map(|text| named_by_a_decision(text)));
    let missing: Vec<_> = listed.difference(&known).collect();
    assert!(missing.is_empty(), "no test and no decision for the defects {missing:?}");
    let unknown: Vec<_> = known.difference(&listed).collect();
    assert!(unknown.is_empty(), "the contract does not list the defects {unknown:?}");
}

#[test]
fn names_are_read_as_people_write_them() {
    let source = "#[test]\nfn defect_25_26_every_3_sheets() {}\nfn defect_07_a_helper() {}\n  #[tokio::test(flavor = \"x\")]\n  async fn defect_08_an_id() {}\n";
    assert_eq!(named_by_a_test(source), BTreeSet::from([8, 25, 26]));
    assert_eq!(named_by_a_decision("- **Defect 18** (the phones)\n, defect 49: …; defects"), BTreeSet::from([18, 49]));
}
