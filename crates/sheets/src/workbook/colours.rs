//! The colours of a summary. What a colour says a word says too, so nobody needs to tell colours apart; those who see few of
//! them still see which rows stand out, for the fills differ in lightness as well (docs/decisions/0068).

use feeds::Outcome;
use rust_xlsxwriter::Color;

/// The text of every cell.
pub(super) const TEXT: Color = Color::RGB(0x1F_2937);
/// The lines between cells that are filled, which hide the sheet's own.
pub(super) const LINES: Color = Color::RGB(0xC9_CFD6);
/// The column names.
pub(super) const HEADER: Color = Color::RGB(0xDC_E3EA);
/// The bars of the summary.
pub(super) const BARS: Color = Color::RGB(0x2F_6EA5);

/// A cell to correct.
pub(super) const WRONG: Color = Color::RGB(0xF7_B27A);
/// What is wrong with it.
pub(super) const ADVICE: Color = Color::RGB(0xFD_EBDC);

/// The fills of a row that ended so: the whole row's, and that of the cell that says so. Rows of which nobody need do
/// anything are left white, so that the others stand out.
pub(super) fn fills(outcome: Outcome) -> (Option<Color>, Color) {
    match outcome {
        Outcome::Created | Outcome::AlreadyKnown => (None, Color::RGB(0xDB_EAF7)),
        Outcome::Skipped => (Some(Color::RGB(0xF1_F2F4)), Color::RGB(0xDF_E2E6)),
        Outcome::Rejected | Outcome::Failed => (Some(ADVICE), WRONG),
        Outcome::DeadLettered | Outcome::Uncertain => (Some(Color::RGB(0xE9_E3F3)), Color::RGB(0xC3_B1DE)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The channels, linear, from 0 to 1 (WCAG 2.2, relative luminance).
    fn linear(colour: Color) -> [f64; 3] {
        let Color::RGB(rgb) = colour else { panic!("no RGB") };
        [16, 8, 0].map(|shift| {
            let channel = f64::from((rgb >> shift) & 0xFF) / 255.0;
            if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn luminance([red, green, blue]: [f64; 3]) -> f64 {
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(one: Color, other: Color) -> f64 {
        let (one, other) = (luminance(linear(one)), luminance(linear(other)));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_text_can_be_read_on_its_fill() {
        let of_rows = Outcome::ALL.iter().flat_map(|outcome| {
            let (row, status) = fills(*outcome);
            [row.unwrap_or(Color::White), status]
        });
        for fill in of_rows.chain([HEADER, WRONG, ADVICE]) {
            let fill = if fill == Color::White { Color::RGB(0xFF_FFFF) } else { fill };
            assert!(contrast(TEXT, fill) >= 4.5, "{fill:?}: {}", contrast(TEXT, fill));
        }
        assert!(contrast(BARS, Color::RGB(0xFF_FFFF)) >= 4.5);
    }

    /// How people who lack one kind of cone see colours (Machado, Oliveira and Fernandes 2009, severity 1).
    const SIGHTS: [(&str, [[f64; 3]; 3]); 4] = [
        ("all cones", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        (
            "protanopia",
            [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
        ),
        (
            "deuteranopia",
            [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
        ),
        (
            "tritanopia",
            [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        ),
    ];

    /// The colour in Oklab, in which distances are as they are seen (Ottosson 2020).
    fn oklab([red, green, blue]: [f64; 3]) -> [f64; 3] {
        let l = (0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue).cbrt();
        let m = (0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue).cbrt();
        let s = (0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue).cbrt();
        [
            0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
            1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
            0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
        ]
    }

    /// 0.02 is about the smallest difference that is seen at a glance.
    #[test]
    fn the_fills_of_a_status_differ_for_everybodys_eyes() {
        let kinds = [Outcome::Created, Outcome::Skipped, Outcome::Rejected, Outcome::DeadLettered];
        for (sight, matrix) in SIGHTS {
            let seen = |colour| {
                let linear = linear(colour);
                let row = |row: [f64; 3]| row.iter().zip(linear).map(|(factor, channel)| factor * channel).sum::<f64>();
                oklab(matrix.map(row))
            };
            for (at, one) in kinds.iter().enumerate() {
                for other in &kinds[at + 1..] {
                    let (one, other) = (seen(fills(*one).1), seen(fills(*other).1));
                    let distance = one.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                    assert!(distance > 0.02, "{sight}: {at}: {distance}");
                }
            }
        }
    }
}
