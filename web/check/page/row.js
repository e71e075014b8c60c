// One row: what is wrong in it, how to write it, and room to correct it.

import { count, el } from './dom.js';
import { sent } from './sent.js';

const HEADS = {
  post: 'ready: it would be sent',
  skipped: 'skipped by a rule: nothing is sent of it',
  'to-fix': 'needs a correction',
};

/**
 * The card of a row. `columns` are the names of the header; `report` is the sheet's; `correct(column, text)` judges the row again;
 * `step(back)` goes to another row to fix; `show()` gives what would be sent of it; `download()` makes the corrected sheet.
 */
export function rowCard(row, columns, report, { correct, step, show, download }) {
  const title = el('h3', { tabIndex: -1 }, `Row ${row.row} `, el('span', { className: `is ${row.kind}` }, HEADS[row.kind]));
  const problems = row.problems.map((problem, index) => problemForm(problem, index, columns, correct));
  const lists = [
    row.reason && el('p', {}, row.reason, '.'),
    row.same_as && el('p', {}, `It speaks of the same person or request as row ${row.same_as}. Both are sent, one after the other.`),
    row.is_shifted && el('p', {}, 'It has more cells than there are columns, so they have shifted. Correct it in your own list: this cannot be done here.'),
    row.warnings.length > 0 && el('div', { className: 'warnings' }, el('h4', {}, 'Good to know'), el('ul', {}, row.warnings.map((warning) => el('li', {}, warning)))),
  ];
  return el('section', { className: `card one ${row.kind}`, 'aria-label': `Row ${row.row}` },
    title,
    problems,
    lists,
    row.corrected.map(({ column, was }) => el('p', { className: 'was' },
      el('strong', {}, columns[column] || 'A cell'), was ? ` was “${was}”. ` : ' was empty. ',
      el('button', { type: 'button', className: 'link', 'aria-label': `Put it back: ${columns[column] || 'the cell'}`, onclick: () => correct(column, was) }, 'Put it back'))),
    row.kind === 'post' && sent(show),
    steps(report, step, download));
}

/** The way on: to another row to fix, or to the download once nothing is left. */
function steps({ to_fix, corrected, rejected }, step, download) {
  if (to_fix > 0) {
    return el('div', { className: 'row' },
      el('button', { type: 'button', onclick: () => step(true) }, '← Previous to fix ', el('kbd', {}, 'Alt ↑')),
      el('button', { type: 'button', className: 'next', onclick: () => step(false) }, 'Next to fix ', el('kbd', {}, 'Alt ↓'), ' →'));
  }
  return corrected > 0 && rejected.length === 0 && el('div', {},
    el('p', {}, 'Nothing is left to fix.'),
    el('button', { type: 'button', className: 'primary get', onclick: download }, 'Download the corrected sheet'));
}

function problemForm(problem, index, columns, correct) {
  const texts = [
    el('p', { className: 'what' }, sentence(problem.problem)),
    el('p', { className: 'how', id: `how-${index}` }, sentence(problem.how_to_fix)),
  ];
  if (problem.at === null) return el('div', { className: 'problem' }, el('h4', {}, 'The row as a whole'), texts);
  const input = el('input', { type: 'text', id: `fix-${index}`, value: problem.cell, 'aria-describedby': `how-${index}`, autocomplete: 'off', spellcheck: false });
  return el('form', {
    className: 'problem',
    onsubmit: (event) => {
      event.preventDefault();
      correct(problem.at, input.value);
    },
  },
  el('label', { for: `fix-${index}` }, columns[problem.at] ?? problem.column),
  texts,
  el('div', { className: 'row' }, input, el('button', { type: 'submit', className: 'primary' }, 'Correct')));
}

export function sentence(text) {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}

/** The row once it is corrected, in words. */
export function outcome(row, left) {
  const more = left > 0 ? `${count(left, 'row')} left to fix.` : 'Nothing is left to fix.';
  if (row.kind === 'to-fix') return `Row ${row.row} still needs a correction: ${row.problems.map((problem) => problem.problem).join('; ')}.`;
  return row.kind === 'skipped' ? `Row ${row.row} is skipped: ${row.reason}. ${more}` : `Row ${row.row} is ready. ${more}`;
}
