// What the page gives back of a sheet: made in its worker, with how far that is, and a way to end it.

import { count, el, keep, say } from './dom.js';

/** What takes longer than this is told of on its way to those who do not see it. In ms. */
const LONG = 2_500;

export class Downloads {
  #checker;
  #name;
  #onkept;
  #feed;
  #isMaking = false;
  #made = {};
  #toFix = 0;
  #buttons = {};
  #told = el('div', { className: 'downloaded' });

  /** `onkept` is called once the corrected sheet of this file was given to the person. */
  constructor(checker, name, onkept) {
    this.#checker = checker;
    this.#name = name;
    this.#onkept = onkept;
    for (const what of ['corrected', 'to-fix']) {
      this.#buttons[what] = el('button', { type: 'button', 'data-download': what, onclick: () => this.#make(what) });
    }
    this.#buttons['to-fix'].textContent = 'Download only the rows to fix';
    this.element = el('section', { className: 'downloads', hidden: true, 'aria-label': 'Downloads' },
      el('div', { className: 'row' }, Object.values(this.#buttons)), this.#told);
  }

  /** Shows what there is to download of a sheet of this feed, by its title. */
  show({ header, rejected, corrected, to_fix }, feed) {
    this.#feed = feed;
    this.#toFix = to_fix;
    this.element.hidden = !header || rejected.length > 0;
    this.#buttons.corrected.textContent = corrected > 0 ? 'Download the corrected sheet' : 'Download as Excel workbook';
    this.#buttons.corrected.classList.toggle('primary', corrected > 0);
    this.#buttons['to-fix'].disabled = to_fix === 0;
  }

  /** Something was corrected or chosen: what was downloaded is not the sheet any more. */
  changed() {
    if (this.#isMaking || !this.#told.hasChildNodes()) return;
    this.#told.replaceChildren(el('p', { className: 'odd' }, 'You have changed something since: download it again.'));
  }

  /** Makes the corrected sheet, as its button does. */
  corrected() {
    this.element.scrollIntoView({ block: 'center' });
    this.#buttons.corrected.focus({ preventScroll: true });
    return this.#make('corrected');
  }

  async #make(what) {
    if (this.#isMaking) return;
    this.#making(true);
    // A name of its own each time: the browser would give one to the second file, and this page would speak of the first.
    const times = this.#made[what] ?? 0;
    const name = `${this.#name.replace(/\.[^.]*$/, '')}-${what}${times > 0 ? `-${times + 1}` : ''}.xlsx`;
    let isEnded = false;
    const bar = el('progress', { max: 1, value: 0, 'aria-label': `Making ${name}` });
    const end = el('button', { type: 'button', className: 'end', onclick: () => { isEnded = true; this.#checker.ask('end'); } }, 'Cancel');
    this.#told.replaceChildren(el('div', { className: 'progress' }, bar, el('span', {}, `Making ${name} …`), end));
    say(`Making ${name} …`);
    try {
      const made = await this.#checker.make(what, progress(bar));
      const words = made ? this.#words(what, name, made) : [el('p', {}, isEnded ? 'It was not made.' : 'It was not made, for the sheet has changed meanwhile. Download it again.')];
      if (made?.file) {
        keep(made.file, name);
        this.#made[what] = times + 1;
      }
      if (made?.file && what === 'corrected') this.#onkept();
      const hadFocus = this.#told.contains(document.activeElement);
      this.#told.replaceChildren(...words);
      if (hadFocus) this.#buttons[what].focus();
      say(words.map((word) => word.textContent).join(' '));
    } finally {
      this.#making(false);
    }
  }

  /** The buttons keep the keyboard while they do nothing. */
  #making(is) {
    this.#isMaking = is;
    for (const button of Object.values(this.#buttons)) button.setAttribute('aria-disabled', String(is));
  }

  #words(what, name, { file, rows, left_out, named }) {
    if (!file) return [];
    const then = what === 'corrected' ? `Put it into the inbound folder of ${this.#feed}, instead of your first file.` : `Once they are corrected, put it into the inbound folder of ${this.#feed}.`;
    const words = [el('p', {}, `${name} has ${count(rows, 'row')}. ${then}`)];
    const still = this.#toFix - left_out;
    if (what === 'corrected' && still > 0) words.push(el('p', {}, `${count(still, 'row of them still needs', 'rows of them still need')} a correction: they are not sent, and come back in the summary.`));
    if (left_out > 0) {
      words.push(el('p', { className: 'odd' }, `${count(left_out, 'row is', 'rows are')} not in it, for as text they would become something else than is shown here, such as a row whose cells have shifted: ${named.map((row) => `row ${row}`).join(', ')}${left_out > named.length ? ' and more' : ''}. Type over what is wrong in them, or correct them in your own list.`));
    }
    return words;
  }
}

/** Moves the bar, and tells each quarter of what takes long. */
function progress(bar) {
  const begun = performance.now();
  let told = 0;
  return ({ share }) => {
    bar.value = share;
    const quarter = Math.floor(share * 4);
    if (quarter > told && quarter < 4 && performance.now() - begun > LONG) say(`${quarter * 25} % made.`);
    told = Math.max(told, quarter);
  };
}
