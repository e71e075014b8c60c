// One row: what is wrong in it, how to write it, and room to correct it.

import { count, el } from './dom.js';

const HEADS = {
  post: 'ready: it would be sent',
  skipped: 'skipped by a rule: nothing is sent of it',
  'to-fix': 'needs a correction',
};

/**
 * The card of a row. `columns` are the names of the header; `correct(column, text)` judges the row again; `step(back)` goes to
 * another row to fix; `show()` gives what would be sent of it.
 */
export function rowCard(row, columns, { correct, step, show }) {
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
    row.kind === 'post' && sent(show),
    el('div', { className: 'row' },
      el('button', { type: 'button', onclick: () => step(true) }, '← Previous to fix ', el('kbd', {}, 'p')),
      el('button', { type: 'button', className: 'next', onclick: () => step(false) }, 'Next to fix ', el('kbd', {}, 'n'), ' →')));
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

/** What Here to Help would be told, folded up until somebody wants to know. */
function sent(show) {
  const list = el('dl');
  const details = el('details', {}, el('summary', {}, 'What would be sent of this row'), list);
  details.addEventListener('toggle', async () => {
    if (!details.open || list.hasChildNodes()) return;
    const line = await show();
    const facts = { ...line?.request, ...(line?.address && { Address: line.address }) };
    for (const [name, value] of Object.entries(facts)) {
      if (value === null || value === '') continue;
      list.append(el('dt', {}, name), el('dd', {}, typeof value === 'object' ? Object.entries(value).map(([key, part]) => `${key}: ${part}`).join(', ') : String(value)));
    }
    for (const { note } of line?.notes ?? []) list.append(el('dt', {}, 'Note'), el('dd', {}, note));
  });
  return details;
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
