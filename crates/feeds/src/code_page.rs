//! Letters that were saved in one code page and read in another: each byte became a letter of its own, and what it became
//! gives the code page away.

/// True if a word looks like that. In a name less can be right.
pub(crate) fn is_of_another(letters: &[char], is_name: bool) -> bool {
    (0..letters.len()).any(|at| is_out_of_place(&letters[..at], letters[at], &letters[at + 1..], is_name))
        || has_many_accents(letters)
}

fn is_out_of_place(before: &[char], letter: char, after: &[char], is_name: bool) -> bool {
    let [last, next] = [before.last(), after.first()].map(Option::<&char>::copied);
    let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphabetic);
    match letter {
        // UTF-8 read as Mac Roman (`Ren√©`) or DOS (`Ren├®`, `O’` as `OÔÇÖ`). By themselves such signs are marks and lines.
        '√' | '\u{2500}'..='\u{259F}' => is_name || is_letter(last),
        'Ô' | 'Γ' => next == Some('Ç'),
        // Mac Roman read as Windows-1252: `OÕNeil`, `itÕs`, `Zo‘`, `ok Ð rang`.
        'Õ' => is_an_apostrophe(before, after),
        'Ð' => !is_letter(last) && !is_letter(next),
        '‘' => is_name && is_letter(last) && !is_letter(next),
        // Turkish letters read as Windows-1252: `Ýbrahim`, `Þahin`, `Gülþen`, `Çaðlar`.
        'Ý' | 'Þ' | 'þ' | 'ð' => is_name,
        _ => false,
    }
}

/// An `Õ` behind a small letter, or within a name that begins with `O’` or `D’`: `SIMÕES` is a name.
fn is_an_apostrophe(before: &[char], after: &[char]) -> bool {
    let follows_small = before.last().is_some_and(|last| last.is_lowercase());
    let is_prefix = matches!(before, ['O' | 'D'] | [.., ' ' | '-', 'O' | 'D']);
    follows_small || (is_prefix && after.first().is_some_and(|next| next.is_uppercase()))
}

/// Cyrillic or Greek as Latin: three and more accented letters in a row (`Èâàí`).
fn has_many_accents(letters: &[char]) -> bool {
    let is_accented = |letter: &char| matches!(letter, '\u{C0}'..='\u{FF}') && !matches!(letter, '×' | '÷');
    letters.windows(3).any(|three| three.iter().all(is_accented))
}
