use std::fs;
fn main() {
    let rows: u32 = std::env::args().nth(1).unwrap().parse().unwrap();
    let columns: u32 = 60;
    let mut book = sheets::Workbook::new();
    let names: Vec<String> = (0..columns).map(|c| format!("carried along {c}")).collect();
    let tabs = [book.add_tab("cases", &names).unwrap(), book.add_tab("to_fix", &names).unwrap()];
    for row in 0..rows {
        let cells: Vec<String> = (0..columns).map(|c| format!("text {row} {c}")).collect();
        for tab in tabs {
            book.push(tab, &cells).unwrap();
        }
    }
    let size = || -> u64 {
        fs::read_dir("/proc/self/fd")
            .unwrap()
            .flatten()
            .filter(|e| fs::read_link(e.path()).is_ok_and(|l| l.to_string_lossy().ends_with("(deleted)")))
            .map(|e| fs::metadata(e.path()).unwrap().len())
            .sum()
    };
    let xml = size();
    let mut file = tempfile::tempfile().unwrap();
    let chars: u64 =
        (0..rows).map(|r| (0..columns).map(|c| format!("text {r} {c}").len() as u64).sum::<u64>()).sum::<u64>() * 2;
    book.save(&mut file).unwrap();
    println!(
        "cells {} text {} xml {} MB xlsx {} MB bytes/cell beside text {:.1}",
        rows * columns * 2,
        chars >> 20,
        xml >> 20,
        file.metadata().unwrap().len() >> 20,
        (xml - chars) as f64 / (rows * columns * 2) as f64
    );
}
