// One sheet on the page: its check, its table, what is said of it.

import { Checker } from './checker.js';
import { count, el, replace, say, today } from './dom.js';
import { Downloads } from './downloads.js';
import { bar, facts, findings, rejection, verdict } from './report.js';
import { outcome, rowCard } from './row.js';
import { Table } from './table.js';

const LISTS = [
  ['all', 'All rows', ({ post, skipped, to_fix }) => post + skipped + to_fix],
  ['to-fix', 'To fix', ({ to_fix }) => to_fix],
  ['skipped', 'Skipped', ({ skipped }) => skipped],
  ['warnings', 'With warnings', undefined],
  ['twice', 'Twice in the sheet', ({ doubles }) => doubles],
  ['corrected', 'Corrected here', ({ corrected }) => corrected],
];

/** A column's letters, as spreadsheets have them; the first is 0. */
function letters(column) {
  return (column >= 26 ? letters(Math.floor(column / 26) - 1) : '') + String.fromCharCode(65 + (column % 26));
}

export class SheetPanel {
  #file;
  #feeds;
  #onchange;
  #checker;
  #table;
  #downloads;
  #report;
  #list = 'all';
  #choice = { feed: null, as_of: today(), excluded: '' };
  #isBusy = true;
  #parts = {};

  /** `onchange` is called whenever the state has changed that the list of sheets shows. */
  constructor(file, feeds, onchange) {
    this.#file = file;
    this.#feeds = feeds;
    this.#onchange = onchange;
    this.#checker = new Checker((progress) => this.#progress(progress), (fault) => this.#fault(fault));
    this.#table = new Table((request) => this.#checker.ask(request), {
      onrow: (row, place) => this.#showRow(row, place),
      onedit: (row, place, column, text) => this.#correct(row, place, column, text),
    });
    this.#downloads = new Downloads(this.#checker, this.name, () => { this.hasUnsaved = false; });
    this.element = this.#build();
  }

  get name() {
    return this.#file.name;
  }

  /** The state in a few words. */
  get state() {
    if (!this.#report) return ['busy', 'being read …'];
    if (this.#report.rejected.length > 0) return ['bad', 'cannot be taken in'];
    if (this.#report.to_fix > 0) return ['to-fix', `${this.#report.to_fix.toLocaleString('en-GB')} to fix`];
    return this.#report.post > 0 ? ['post', 'ready'] : ['skipped', 'nothing to send'];
  }

  /** Something was corrected since the sheet was downloaded. */
  hasUnsaved = false;

  /** Reads the file, finds out which feed it is for, and judges its rows. */
  async start() {
    const bytes = await this.#file.arrayBuffer();
    await this.#checker.settle({ open: { name: this.#file.name } }, bytes);
    await this.#judge();
    // On a small screen the table would begin below its edge.
    if (!this.element.hidden) document.getElementById('files').scrollIntoView({ block: 'start' });
  }

  end() {
    this.#checker.end();
    this.element.remove();
  }

  async #judge() {
    this.#busy(true);
    await this.#checker.settle({ judge: this.#choice });
    await this.#show();
    const { head, text } = verdict(this.#report);
    say(`${this.name}: ${head}. ${text}`);
    await this.#showList(this.#report.to_fix > 0 && this.#report.rejected.length === 0 ? 'to-fix' : 'all');
    this.#busy(false);
  }

  #busy(is) {
    this.#isBusy = is;
    this.#parts.progress.hidden = !is;
    this.element.setAttribute('aria-busy', String(is));
  }

  #progress({ is_reading, share, rows, is_done }) {
    if (is_done && !this.#isBusy) {
      this.#show();
      return;
    }
    const done = is_reading ? share / 2 : 0.5 + share / 2;
    this.#parts.bar.value = done;
    this.#parts.doing.textContent = `${is_reading ? 'Reading' : 'Looking at'} ${count(rows, 'row')} …`;
  }

  #fault(fault) {
    this.#parts.progress.hidden = true;
    this.#parts.fault.replaceChildren(el('p', { className: 'alert', role: 'alert' }, 'The check itself has failed, and nothing is lost: your file is as it was. Please tell the technical team: ', el('code', {}, fault)));
  }

  /** Everything but the rows: once at the end, and after each correction. */
  async #show() {
    const hadHeader = this.#report && Boolean(this.#report.header);
    const inTable = this.#table.element.contains(document.activeElement);
    this.#report = await this.#checker.ask('report');
    const { head, text, kind } = verdict(this.#report);
    const { feed } = this.#report;
    this.#choice.feed = feed;
    this.#parts.feed.value = feed ?? '';
    this.#parts.feed.disabled = feed === null;
    this.#parts.excluded.hidden = feed !== 'contact-tracing';
    this.#parts.verdict.className = `verdict ${kind}`;
    this.#parts.verdict.replaceChildren(el('h3', {}, head), el('p', {}, text));
    this.#parts.bars.replaceChildren(this.#report.rejected.length > 0 ? rejection(this.#report) : bar(this.#report));
    this.#parts.facts.replaceChildren(facts(this.#report));
    this.#parts.findings.replaceChildren(...findings(this.#report, (row, column) => this.#goTo(row, column)).filter(Boolean));
    replace(this.#parts.lists, this.#listButtons());
    this.#downloads.show(this.#report, this.#feeds.find(({ name }) => name === feed)?.title);
    this.#onchange();
    if (hadHeader === false && this.#report.header) {
      await this.#showList(this.#report.to_fix > 0 ? 'to-fix' : 'all');
      // The last column's name was corrected in the table: the keyboard goes on there.
      if (inTable && this.#table.count > 0) await this.#table.go(0);
    }
  }

  #listButtons() {
    return LISTS.map(([name, words, number]) => {
      const rows = name === 'all' && !this.#report.header ? undefined : number?.(this.#report);
      if (rows === 0 && name !== 'all' && name !== this.#list) return undefined;
      if (name === 'warnings' && this.#report.warnings.length === 0 && name !== this.#list) return undefined;
      return el('button', { type: 'button', 'aria-pressed': String(name === this.#list), 'data-list': name, onclick: () => this.#showList(name) },
        words, rows !== undefined && el('span', { className: 'count' }, rows.toLocaleString('en-GB')));
    }).filter(Boolean);
  }

  async #showList(name) {
    this.#list = name;
    const { count: rows } = await this.#checker.ask({ list: name });
    const { header, used, width } = this.#report;
    const columns = header?.columns ?? [];
    if (header) this.#table.columns(columns, used, `Rows of ${this.name}`);
    else this.#table.columns(Array.from({ length: width }, (_, column) => letters(column)), [], `Rows of ${this.name}`);
    replace(this.#parts.lists, this.#listButtons());
    this.#parts.rows.hidden = rows === 0 && !header;
    this.#parts.card.replaceChildren();
    await this.#table.list(rows);
    if (rows > 0) await this.#table.go(0, false);
  }

  /** Shows a row: its cell in this column, or its first wrong one. */
  async #goTo(row, name) {
    const column = this.#report.header?.columns.indexOf(name) ?? -1;
    let { place } = await this.#checker.ask({ place: { row } });
    if (place === null) {
      await this.#showList('all');
      ({ place } = await this.#checker.ask({ place: { row } }));
    }
    if (place !== null) {
      this.#parts.rows.scrollIntoView({ block: 'start' });
      await this.#table.go(place, true, column < 0 ? undefined : column);
    }
  }

  #showRow(row, place) {
    if (row.kind === 'outside') {
      this.#parts.card.replaceChildren();
      return;
    }
    const columns = this.#report.header?.columns ?? [];
    const card = rowCard(row, columns, this.#report, {
      correct: (column, text) => this.#correct(row, place, column, text),
      step: (back) => this.step(back),
      download: () => this.#downloads.corrected(),
      show: async () => (await this.#checker.ask({ lines: { from: row.at, count: 1 } })).rows[0],
    });
    this.#parts.card.replaceChildren(card);
  }

  /** Goes to the next row to fix, or back to the one before; behind the last comes the first again. */
  async step(back) {
    if (!this.#report?.header || this.#report.rejected.length > 0) return;
    const { place: from } = this.#table.active;
    if (!this.#parts.beside.contains(document.activeElement) && this.#table.row(from)?.kind === 'to-fix') {
      // From elsewhere on the page the keyboard comes to the row that is shown.
      await this.#table.go(from);
      return;
    }
    let { place } = await this.#checker.ask({ next: { from, back } });
    if (place === null && this.#report.to_fix > 0) {
      // The list that is shown has none.
      await this.#showList('to-fix');
      place = 0;
    } else if (place === null) {
      say('Nothing is left to fix.');
      return;
    } else if (place === from) say('This is the only row to fix.');
    else if (back ? place > from : place < from) say(back ? 'Again from the last row to fix.' : 'Again from the first row to fix.');
    const inCard = this.#parts.card.contains(document.activeElement);
    await this.#table.go(place, !inCard);
    if (inCard) this.#toCard();
  }

  #toCard() {
    const on = ['form input', '.next', '.get'].map((part) => this.#parts.card.querySelector(part)).find(Boolean);
    on?.focus();
  }

  async #correct(row, place, column, text) {
    this.hasUnsaved = true;
    this.#downloads.changed();
    const { row: again } = await this.#checker.ask({ correct: { at: row.at, column, text } });
    this.#report = await this.#checker.ask('report');
    this.#table.put(place, again);
    const inCard = this.#parts.card.contains(document.activeElement);
    // The person may have gone on meanwhile.
    if (this.#table.active.place === place) this.#showRow(again, place);
    say(outcome(again, this.#report.to_fix));
    if (inCard) this.#toCard();
  }

  #build() {
    const parts = this.#parts;
    const own = (name) => `${name}-${crypto.randomUUID?.() ?? Math.random()}`;
    const [feedId, dayId, idsId] = ['feed', 'day', 'ids'].map(own);
    parts.bar = el('progress', { max: 1, value: 0, 'aria-label': `Reading ${this.name}` });
    parts.doing = el('span', {}, 'Reading …');
    parts.progress = el('div', { className: 'progress' }, parts.bar, parts.doing);
    parts.fault = el('div');
    parts.feed = el('select', { id: feedId, onchange: () => this.#choose({ feed: parts.feed.value }) },
      this.#feeds.map(({ name, title }) => el('option', { value: name }, title)));
    parts.day = el('input', { type: 'date', id: dayId, value: this.#choice.as_of, required: true, onchange: () => parts.day.value && this.#choose({ as_of: parts.day.value }) });
    const backToToday = el('button', { type: 'button', onclick: () => { parts.day.value = today(); this.#choose({ as_of: today() }); } }, 'Today');
    const ids = el('input', { type: 'text', id: idsId, autocomplete: 'off', placeholder: 'such as a1, b2', onchange: () => this.#choose({ excluded: ids.value }) });
    parts.excluded = el('div', { className: 'field', hidden: true }, el('label', { for: idsId }, 'Account IDs to leave out'), ids);
    parts.verdict = el('div', { className: 'verdict' });
    for (const name of ['bars', 'facts', 'findings', 'card']) parts[name] = el('div', { className: `its-${name}` });
    parts.lists = el('div', { className: 'lists', role: 'group', 'aria-label': 'Which rows are shown' });
    parts.beside = el('div', { className: 'beside' }, this.#table.element, parts.card);
    parts.rows = el('section', { className: 'rows', 'aria-label': 'Rows' },
      el('p', { className: 'hint' }, 'Type into a cell to correct it, ', el('kbd', {}, 'Enter'), ' when done, ', el('kbd', {}, 'Esc'), ' to leave it as it was. ', el('kbd', {}, 'Alt ↓'), ' and ', el('kbd', {}, 'Alt ↑'), ' go to the next and the previous row to fix.'),
      parts.lists,
      parts.beside);
    return el('article', { className: 'sheet', 'aria-label': this.name },
      el('div', { className: 'choices' },
        el('h2', { className: 'away' }, this.name),
        el('div', { className: 'field' }, el('label', { for: feedId }, 'Kind of sheet'), parts.feed),
        el('div', { className: 'field' }, el('label', { for: dayId }, 'Dropped on'), el('div', { className: 'row' }, parts.day, backToToday)),
        parts.excluded),
      parts.progress, parts.fault,
      el('div', { className: 'card outcome' }, parts.verdict, parts.bars, this.#downloads.element, parts.facts),
      parts.rows, parts.findings);
  }

  #choose(change) {
    Object.assign(this.#choice, change);
    this.#downloads.changed();
    return this.#judge();
  }
}
