//! Text that looks as if it was decoded wrongly: by an old export, twice, or in another code page than it was saved in.
//! Nobody can tell what stood there for certain, so it is sent as it stands and people are warned.

/// The signs that Windows-1252 makes of the bytes 0x80 to 0x9F, but for what stands in words: in other encodings these
/// bytes are letters.
const MARKS: &str = "€‚ƒ„†‡ˆ‰‹•˜™›¡¢£¤¥§¨©ª«¬®¯°±²³´µ¶¸¹º»¼½¾¿×÷";

/// True if letters of the text look wrong. In a name less can be right: it has no signs in its words.
pub(crate) fn looks_garbled(text: &str, is_name: bool) -> bool {
    if text.is_ascii() && !(is_name && text.contains('?')) {
        return is_html(text);
    }
    let letters: Vec<char> = text.chars().collect();
    // Cyrillic or Greek as Latin: three and more accented letters in a row (`Èâàí`).
    let is_accented = |letter: &char| matches!(letter, '\u{C0}'..='\u{FF}') && !matches!(letter, '×' | '÷');
    is_html(text)
        || letters.windows(2).any(is_decoded_twice)
        || letters.windows(3).any(|three| three.iter().all(is_accented))
        || (0..letters.len()).any(|at| is_out_of_place(&letters[..at], letters[at], &letters[at + 1..], is_name))
}

/// `Ã©`, `â€™`, `Å‚`: the bytes of one UTF-8 letter, each taken for a letter.
fn is_decoded_twice(pair: &[char]) -> bool {
    let [first, second] = pair else { return false };
    let begins =
        matches!(first, 'Â' | 'Ã' | 'Ä' | 'Å' | 'È' | 'Î' | 'Ï' | 'Ð' | 'Ñ' | '×' | 'Ø' | 'Ù' | 'â' | 'ï' | 'ð');
    let goes_on = ('\u{A0}'..='\u{BF}').contains(second) || "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ".contains(*second);
    // `Ñ’` and `×…` may well stand side by side.
    let is_usual = matches!(first, 'Ã' | 'Â' | 'â');
    begins && goes_on && (is_usual || !matches!(second, '’' | '”' | '–' | '…' | '\u{A0}' | '\u{AD}'))
}

/// A sign within a word, a dash between small letters, a capital of Windows-1252's upper half behind a small letter: the
/// bytes of Mac Roman and of DOS look like that (`RenŽ`, `Mu–oz`). `Pe?a` has lost its letter.
fn is_out_of_place(before: &[char], letter: char, after: &[char], in_name: bool) -> bool {
    let beside = [before.last(), after.first()];
    let [follows, is_followed] = beside.map(|letter| letter.is_some_and(|letter| letter.is_alphabetic()));
    let [follows_small, is_followed_by_small] = beside.map(|letter| letter.is_some_and(|letter| letter.is_lowercase()));
    match letter {
        '\u{FFFD}' | '\u{80}'..='\u{9F}' => true,
        '?' => in_name && follows && is_followed,
        'Š' | 'Œ' | 'Ž' | 'Ÿ' => follows_small || (follows && is_followed_by_small),
        '–' | '—' => in_name && follows && is_followed_by_small,
        '“' | '”' | '…' => in_name && follows_small && (is_followed_by_small || letter == '…'),
        // UTF-8 read as Mac Roman (`Ren√©`) or DOS (`Ren├®`, `O’` as `OÔÇÖ`). By themselves such signs are marks and lines.
        '√' | '\u{2500}'..='\u{259F}' => in_name || follows,
        'Ô' | 'Γ' => after.first() == Some(&'Ç'),
        // Mac Roman read as Windows-1252: `OÕNeil`, `itÕs`, `Zo‘`, `ok Ð rang`. `SIMÕES` is a name: an `Õ` is an apostrophe
        // behind a small letter, or within a name that begins with `O’` or `D’`.
        'Õ' => {
            let is_prefix = matches!(before, ['O' | 'D'] | [.., ' ' | '-', 'O' | 'D']);
            follows_small || (is_prefix && after.first().is_some_and(|next| next.is_uppercase()))
        }
        'Ð' => !follows && !is_followed,
        '‘' => in_name && follows && !is_followed,
        // Turkish letters read as Windows-1252: `Ýbrahim`, `Þahin`, `Gülþen`, `Çaðlar`.
        'Ý' | 'Þ' | 'þ' | 'ð' => in_name,
        _ if MARKS.contains(letter) => (follows && is_followed) || (in_name && (follows || is_followed)),
        _ => false,
    }
}

/// `O&#039;Neil`, `Smith &amp; Sons`, `yes<br>no`.
fn is_html(text: &str) -> bool {
    // Nearly every cell.
    if !text.bytes().any(|byte| matches!(byte, b'&' | b'<')) {
        return false;
    }
    let entities = text.match_indices('&').any(|(at, _)| {
        let rest = &text[at + 1..];
        let Some(end) = rest.find(';').filter(|end| (2..=8).contains(end)) else { return false };
        let name = rest[..end].strip_prefix('#').unwrap_or(&rest[..end]);
        name.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    let tags = ["<br", "<p>", "</p", "</div", "<div", "<span", "</span", "</b>", "</i>", "</a>"];
    let has_tag = || {
        let text = text.to_ascii_lowercase();
        tags.iter().any(|tag| text.contains(tag))
    };
    entities || (text.contains('<') && has_tag())
}

#[cfg(test)]
mod tests {
    use super::looks_garbled;

    #[test]
    fn what_was_decoded_wrongly_is_seen() {
        let names = "RenŽ Mu–oz Jos\u{8E} Si�n SiÃ¢n O’Ne\u{9D}l Oâ€™Neil Å‚ucja Pe?a O&#039;Neil M„ller Ren‚ Mu¤oz MŸller \
                     Fran‡ois ZoÃ« GarcÃ\u{AD}a ZofiÄ™ Andr…";
        for name in names.split(' ') {
            assert!(looks_garbled(name, true), "{name}");
        }
        let names = "MarÃ\u{AD}a voilÃ\u{A0} OÕNeil DÕArcy OÕNEIL itÕs Zo‘ Chlo‘ I–igo Ren√© √âlodie Ren├® Zo┬® Ren╦k OÔÇÖNeil OΓÇÖNeil \
                     Ýbrahim Þahin Gülþen Çaðlar Èâàí Ïåòðîâ";
        for name in names.split(' ') {
            assert!(looks_garbled(name, true), "{name}");
        }
        for text in [
            "itÕs ok",
            "ok Ð rang",
            "Ren√© rang",
            "Ren├® rang",
            "saidÔÇÖno",
            "Èâàí rang",
            "said &quot;no&quot;",
            "no<br>yes",
            "Smith &amp; Sons, 4 Test Walk",
            "Fran‡ois said",
            "12 Rue de l\u{92}Est",
        ] {
            assert!(looks_garbled(text, false), "{text}");
        }
    }

    #[test]
    fn what_is_spelt_right_is_not() {
        let names = "Zoë O’Neil Peña Siân Božena Miloš Œuvrard Šárka Žofia Łucja Ångström Ñandú José-María Smith–Jones İbrahim \
                     D’Arcy SEÁN ÉLODIE François علی Σοφια O'Neil JAŽEK ŠŤASTNY Núñez J.R. Noël Müller Simões \
                     JOÃO SIMÕES KÕIV LÕES Иван Γιώργος Novotný Cécile Zo\u{AD}ë Ana\u{A0}Zoë";
        for name in names.split(' ') {
            assert!(!looks_garbled(name, true), "{name}");
        }
        let texts = "said – no|costs £5|5 °C|who? me|“quoted”|A & B; C|a < b|Flat ½|1–2 Test Walk|№ 5|• first|wait…no|20 m² room|√ done|├── list|said ‘no‘|2×\u{A0}3|Iván\u{A0}rang|créée|well – rang";
        for text in texts.split('|') {
            assert!(!looks_garbled(text, false), "{text}");
        }
    }
}
