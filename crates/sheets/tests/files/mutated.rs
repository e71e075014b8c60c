//! Workbooks with something wrong in them: never a panic, and no error that is not the file's.

use proptest::prelude::*;
use sheets::{Limits, ReadError};

use crate::package::{Package, sheet};
use crate::support::{xlsx, xlsx_within};

/// A workbook that has a little of everything.
fn package() -> Package {
    let rows = "<row r=\"1\" hidden=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"1\"><v>44197.5</v></c><c r=\"C1\" s=\"2\"><v>7700900123</v></c>\
         <c r=\"D1\" t=\"inlineStr\"><is><r><t>a&amp;b_x0041_</t></r></is></c></row><!-- x --><row r=\"4\"><c r=\"A4\" t=\"e\"><f>NA()</f><v>#N/A</v></c>\
         <c r=\"B4\" t=\"d\"><v>2021-03-08T10:30:00</v></c><c r=\"C4\"><f>1</f></c><c r=\"D4\" t=\"b\"><v>1</v></c><c r=\"E4\" t=\"str\"><v><![CDATA[x]]></v></c></row>";
    let merged =
        "</sheetData><mergeCells count=\"2\"><mergeCell ref=\"A1:A4\"/><mergeCell ref=\"B1:C3\"/></mergeCells>";
    Package::of(&sheet(rows).replace("</sheetData>", merged))
        .with_texts("<sst count=\"1\"><si><r><t>one</t></r><rPh><t>x</t></rPh></si></sst>")
        .with("xl/styles.xml", "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"[&lt;=9]00 000;\\0#;&quot;x&quot;@\"/></numFmts><cellXfs><xf/><xf numFmtId=\"22\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>")
}

fn read(bytes: &[u8]) -> Result<usize, ReadError> {
    let limits = Limits { row: 1 << 16, unpacked: 1 << 20, shared_texts: 1 << 16 };
    let mut rows = xlsx_within(bytes, &limits)?;
    rows.try_fold(0, |count, row| row.map(|_| count + 1))
}

pub(crate) fn mutate(bytes: &mut Vec<u8>, changes: &[(prop::sample::Index, u8, u8)]) {
    for (index, how, byte) in changes {
        let at = index.index(bytes.len());
        match how % 4 {
            0 => bytes[at] = *byte,
            1 => bytes.insert(at, *byte),
            2 => drop(bytes.remove(at)),
            _ => bytes[at] = b"<>&\"'/=0:;!-[]#"[usize::from(*byte) % 15],
        }
    }
}

#[test]
fn the_workbook_itself_is_sound() {
    assert_eq!(read(&package().bytes()).expect("readable"), 4);
    assert!(xlsx(&package().bytes()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn changed_bytes_of_the_archive(changes in prop::collection::vec(any::<(prop::sample::Index, u8, u8)>(), 1..8)) {
        let mut bytes = package().bytes();
        mutate(&mut bytes, &changes);
        prop_assert!(!matches!(read(&bytes), Err(ReadError::Io(_))));
    }

    #[test]
    fn changed_bytes_of_a_part(
        part in prop::sample::select(package().names()),
        changes in prop::collection::vec(any::<(prop::sample::Index, u8, u8)>(), 1..8),
    ) {
        let mut package = package();
        let mut bytes = package.part(&part).to_vec();
        mutate(&mut bytes, &changes);
        package = package.with_bytes(&part, &bytes);
        prop_assert!(!matches!(read(&package.bytes()), Err(ReadError::Io(_))));
    }
}
