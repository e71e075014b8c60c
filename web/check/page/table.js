// The table of a sheet: only the rows that are seen are there.

import { el } from './dom.js';

const HEIGHT = 52; // of a row, as the style has it
const SPARE = 4; // rows above and below what is seen
const WORDS = { post: 'Ready', skipped: 'Skipped', 'to-fix': 'To fix', outside: '' };
const SIGNS = { post: '✓', skipped: '–', 'to-fix': '!', outside: '' };

export class Table {
  #ask;
  #handlers;
  #scroller = el('div', { className: 'scroller', tabIndex: -1 });
  #body = el('tbody');
  #count = 0;
  #rows = new Map(); // by place in the list
  #wish;
  #asking;
  #drawn = {};
  #columns = [];
  #used = new Map();
  /** The cell that has the focus: its row's place in the list, and its column; -1 is the row's number. */
  active = { place: 0, column: -1 };

  /** `ask` asks the sheet; `onrow` is told which row is looked at, `onedit` what was typed into a cell. */
  constructor(ask, handlers) {
    this.#ask = ask;
    this.#handlers = handlers;
    this.#scroller.addEventListener('scroll', () => this.#look());
    this.#body.addEventListener('click', (event) => this.#click(event));
    this.#body.addEventListener('dblclick', () => this.edit());
    this.#body.addEventListener('keydown', (event) => this.#key(event));
    new ResizeObserver(() => this.#look()).observe(this.#scroller);
  }

  get element() {
    return this.#scroller;
  }

  /** Shows the table for these columns; `used` are those that are read, with their use. */
  columns(names, used, label) {
    this.#columns = names;
    this.#used = new Map(used);
    const head = names.map((name, column) => el('th', { scope: 'col', 'aria-colindex': column + 2, title: this.#used.get(column) ?? 'Not read: it only comes back in the summary', className: this.#used.has(column) ? 'used' : '' }, name));
    const table = el('table', { role: 'grid', 'aria-label': label, 'aria-colcount': names.length + 1 },
      el('thead', {}, el('tr', { 'aria-rowindex': 1 }, el('th', { scope: 'col', className: 'number', 'aria-colindex': 1 }, 'Row'), head)),
      this.#body);
    this.#scroller.replaceChildren(table);
  }

  /** Shows a list of so many rows, from its beginning. */
  list(count) {
    this.#count = count;
    this.#rows.clear();
    this.active = { place: 0, column: -1 };
    this.#scroller.firstElementChild?.setAttribute('aria-rowcount', count + 1);
    this.#scroller.scrollTop = 0;
    this.#scroller.style.setProperty('--rows', Math.min(count, 9));
    return this.refresh();
  }

  get count() {
    return this.#count;
  }

  /** Reads the rows that are seen once more. */
  async refresh() {
    this.#rows.clear();
    await this.#load(this.#seen());
  }

  /** The row at a place of the list, if it is at hand. */
  row(place) {
    return this.#rows.get(place);
  }

  /** Takes in a row that was judged again. */
  put(place, row) {
    this.#rows.set(place, row);
    this.#draw();
  }

  /** Goes to a row, and to its first wrong cell where it has one; `focus` moves the keyboard there too. */
  async go(place, focus = true, column) {
    const top = place * HEIGHT;
    const height = this.#scroller.clientHeight - HEIGHT;
    if (top < this.#scroller.scrollTop || top + HEIGHT > this.#scroller.scrollTop + height) {
      this.#scroller.scrollTop = Math.max(0, top - height / 2 + HEIGHT / 2);
    }
    await this.#load(this.#seen());
    if (!this.#rows.has(place)) (await this.#ask({ rows: { from: place, count: 1 } })).forEach((row) => this.#rows.set(place, row));
    const row = this.#rows.get(place);
    this.active = { place, column: column ?? row?.problems.find((problem) => problem.at !== null)?.at ?? this.active.column };
    if (!this.#cell()) this.#draw();
    this.#mark();
    const cell = this.#cell();
    cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    if (focus) cell?.focus({ preventScroll: true });
    if (row) this.#handlers.onrow(row, place);
  }

  /** Lets the person type over the active cell; `typed` is what they have begun with, instead of its text. */
  async edit(typed) {
    const { place, column } = this.active;
    const row = this.#rows.get(place);
    const cell = this.#cell();
    if (!row || column < 0 || !cell || cell.querySelector('input')) return;
    const text = row.cells[column]?.length > 400 ? (await this.#ask({ text: { at: row.at, column } })).text : row.cells[column] ?? '';
    let isOver = false;
    const end = (keeps) => {
      if (isOver) return;
      isOver = true;
      const written = input.value;
      input.replaceWith(el('span', {}, text));
      this.#draw();
      this.#cell()?.focus({ preventScroll: true });
      if (keeps && written !== text) this.#handlers.onedit(row, place, column, written);
    };
    const input = el('input', {
      value: typed ?? text,
      className: 'edit',
      'aria-label': `${this.#columns[column] || 'Cell'}, row ${row.row}`,
      onkeydown: (event) => {
        // A step to another row, which the page knows.
        if (event.altKey) {
          if (event.key.startsWith('Arrow')) end(true);
          return;
        }
        event.stopPropagation();
        if (event.key === 'Enter') end(true);
        else if (event.key === 'Escape') end(false);
      },
      onblur: () => end(true),
    });
    cell.replaceChildren(input);
    input.focus();
    if (typed === undefined) input.select();
  }

  #seen() {
    const first = Math.floor(this.#scroller.scrollTop / HEIGHT);
    const from = Math.max(0, first - (first % 4) - SPARE);
    const many = Math.ceil(this.#scroller.clientHeight / HEIGHT) + 4 + 2 * SPARE;
    return { from, count: Math.min(many, Math.max(0, this.#count - from)) };
  }

  #look() {
    const seen = this.#seen();
    if (seen.from === this.#drawn.from && seen.count === this.#drawn.count) return;
    this.#draw();
    this.#load(seen);
  }

  /** Loads rows; while some are on their way only the latest wish waits. */
  async #load(wish) {
    this.#wish = wish;
    while (this.#asking) await this.#asking;
    if (this.#wish !== wish) return;
    const { from, count } = wish;
    let missing = false;
    for (let place = from; place < from + count; place++) missing ||= !this.#rows.has(place);
    if (missing) {
      this.#asking = this.#ask({ rows: wish });
      const rows = await this.#asking;
      this.#asking = undefined;
      if (this.#rows.size > 2_000) this.#rows.clear();
      rows.forEach((row, place) => this.#rows.set(from + place, row));
      this.#draw();
    }
  }

  #draw() {
    const { from, count } = this.#seen();
    const hadFocus = this.#body.contains(document.activeElement) && !document.activeElement.matches('input');
    if (this.#body.querySelector('input')) return;
    this.#drawn = { from, count };
    const spacer = (rows) => {
      const cell = el('td', { colSpan: this.#columns.length + 1 });
      cell.style.height = `${rows * HEIGHT}px`;
      return el('tr', { className: 'spacer', 'aria-hidden': 'true' }, cell);
    };
    const rows = [];
    for (let place = from; place < from + count; place++) rows.push(this.#line(place));
    this.#body.replaceChildren(spacer(from), ...rows, spacer(Math.max(0, this.#count - from - count)));
    if (hadFocus) this.#cell()?.focus({ preventScroll: true });
  }

  #line(place) {
    const row = this.#rows.get(place);
    const isActive = place === this.active.place;
    const tab = (column) => (isActive && column === this.active.column ? 0 : -1);
    if (!row) {
      return el('tr', { 'aria-rowindex': place + 2, className: 'waits' }, el('th', { scope: 'row', className: 'number', tabIndex: tab(-1) }, '…'));
    }
    const wrong = new Map(row.problems.map((problem) => [problem.at, problem]));
    const cells = this.#columns.map((_, column) => {
      const problem = wrong.get(column);
      const corrected = row.corrected.find((cell) => cell.column === column);
      const text = row.cells[column] ?? '';
      return el('td', {
        tabIndex: tab(column),
        'aria-colindex': column + 2,
        'aria-invalid': problem ? 'true' : undefined,
        'data-column': String(column),
        className: [problem && 'wrong', corrected && 'corrected'].filter(Boolean).join(' '),
        title: problem ? `${problem.problem}. ${problem.how_to_fix}` : corrected ? `Corrected here; was “${corrected.was}”` : '',
      }, el('span', {}, text), problem && el('small', {}, problem.problem));
    });
    return el('tr', { 'aria-rowindex': place + 2, 'data-place': String(place), className: `${row.kind}${isActive ? ' active' : ''}` },
      el('th', { scope: 'row', className: 'number', tabIndex: tab(-1), 'data-column': '-1' },
        el('span', {}, String(row.row)),
        WORDS[row.kind] && el('small', { className: `is ${row.kind}` }, el('span', { 'aria-hidden': 'true' }, `${SIGNS[row.kind]} `), WORDS[row.kind])),
      cells);
  }

  /** Marks the active cell and its row, and nothing else. */
  #mark() {
    for (const other of this.#body.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
    for (const other of this.#body.querySelectorAll('.active')) other.classList.remove('active');
    const cell = this.#cell();
    if (!cell) return;
    cell.tabIndex = 0;
    cell.parentElement.classList.add('active');
  }

  #cell() {
    return this.#body.querySelector(`[data-place="${this.active.place}"] [data-column="${this.active.column}"]`);
  }

  #click(event) {
    const cell = event.target.closest('[data-column]');
    if (!cell || event.target.matches('input')) return;
    this.active = { place: Number(cell.parentElement.dataset.place), column: Number(cell.dataset.column) };
    this.#mark();
    cell.focus({ preventScroll: true });
    const row = this.#rows.get(this.active.place);
    if (row) this.#handlers.onrow(row, this.active.place);
  }

  #key(event) {
    if (event.altKey || event.metaKey || event.target.matches('input')) return;
    const isTyping = event.key.length === 1 && event.key !== ' ' && !event.ctrlKey;
    const { place, column } = this.active;
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / HEIGHT) - 2);
    const end = this.#columns.length - 1;
    const to = {
      ArrowDown: [place + 1, column],
      ArrowUp: [place - 1, column],
      ArrowRight: [place, column + 1],
      ArrowLeft: [place, column - 1],
      PageDown: [place + page, column],
      PageUp: [place - page, column],
      Home: event.ctrlKey ? [0, -1] : [place, -1],
      End: event.ctrlKey ? [this.#count - 1, end] : [place, end],
    }[event.key];
    if (to) {
      event.preventDefault();
      const within = (number, least, most) => Math.max(least, Math.min(most, number));
      this.go(within(to[0], 0, this.#count - 1), true, within(to[1], -1, end));
    } else if (isTyping || event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      this.edit(isTyping ? event.key : '');
    } else if (event.key === 'Enter' || event.key === 'F2') {
      event.preventDefault();
      this.edit();
    }
  }
}
