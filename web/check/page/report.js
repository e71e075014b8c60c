// What is said of a sheet as a whole.

import { count, el } from './dom.js';
import { sentence } from './row.js';

/** The answer to "may I drop it?", in a sentence or two. */
export function verdict(report) {
  const { post, skipped, to_fix, rejected, corrected } = report;
  const all = post + skipped + to_fix;
  if (rejected.length > 0) {
    const fix = !report.header && report.width > 0 ? ' A wrong column name can be typed over in the table below; a column that is not there at all must be added in your own list.' : '';
    return { head: 'This sheet cannot be taken in as it is', text: `No row of it would be sent.${fix}`, kind: 'bad' };
  }
  if (all === 0) return { head: 'There are no rows below the header', text: 'Nothing would be sent.', kind: 'bad' };
  const skips = skipped > 0 ? ` ${count(skipped, 'is', 'are')} skipped by the rules.` : '';
  if (to_fix === 0 && post === 0) return { head: 'Nothing would be sent of this sheet', text: `The rules skip ${all === 1 ? 'its only row' : `all of its ${all.toLocaleString('en-GB')} rows`}: see below why.`, kind: 'mixed' };
  if (to_fix === 0) {
    const then = corrected > 0 ? 'Download the corrected sheet, and drop that into the inbound folder.' : 'Drop it into the inbound folder as it is.';
    return { head: `All done: ${count(post, 'row')} ready to send`, text: `${skips} ${then}`.trim(), kind: 'good' };
  }
  return {
    head: `${count(post, 'row')} of ${all.toLocaleString('en-GB')} ready to send, ${to_fix.toLocaleString('en-GB')} to fix`,
    text: `${skips} Correct the marked cells below. Rows that you leave as they are hold nobody else up: they come back in the summary.`.trim(),
    kind: 'mixed',
  };
}

export function bar({ post, skipped, to_fix }) {
  const all = Math.max(1, post + skipped + to_fix);
  const parts = [
    ['post', post, 'ready to send', '✓'],
    ['to-fix', to_fix, 'to fix', '!'],
    ['skipped', skipped, 'skipped by the rules', '–'],
  ];
  const strip = el('div', { className: 'bar', 'aria-hidden': 'true' }, parts.filter(([, number]) => number > 0).map(([kind, number]) => {
    const part = el('span', { className: kind });
    part.style.flexGrow = Math.max(number / all, 0.012);
    return part;
  }));
  const legend = el('ul', { className: 'legend' }, parts.map(([kind, number, words, sign]) =>
    el('li', {}, el('span', { className: `swatch ${kind}`, 'aria-hidden': 'true' }, sign), el('strong', {}, number.toLocaleString('en-GB')), ` ${words}`)));
  return el('div', {}, strip, legend);
}

/** Why no row counts, and what to do. */
export function rejection(report) {
  if (report.rejected.length === 0) return undefined;
  return el('ul', { className: 'rejected' }, report.rejected.map(({ problem, how_to_fix }) =>
    el('li', {}, el('strong', {}, sentence(problem)), ' ', sentence(how_to_fix))));
}

/** What is worth knowing beside the rows; `go(row, column)` shows a row's cell in the column of that name, if it has one. */
export function findings(report, go) {
  const jump = (row, column) => el('button', { type: 'button', className: 'link', onclick: () => go(row, column) }, `row ${row}`);
  const some = (rows, column) => {
    const more = rows.count - rows.first.length;
    return [rows.first.flatMap((row, index) => [index > 0 ? ', ' : '', jump(row, column)]), more > 0 ? ` and ${more.toLocaleString('en-GB')} more` : ''];
  };
  const table = (title, about, heads, rows) => rows.length > 0 && el('section', { className: 'card' },
    el('h3', {}, title), about && el('p', {}, about),
    el('div', { className: 'wide', tabIndex: 0, role: 'group', 'aria-label': title }, el('table', { className: 'plain' },
      el('thead', {}, el('tr', {}, heads.map((head) => el('th', { scope: 'col' }, head)))),
      el('tbody', {}, rows))));
  const tally = ([text, rows]) => {
    const [column, what] = ofColumn(text, report.header);
    return el('tr', {}, el('td', { className: 'figure' }, rows.count.toLocaleString('en-GB')), column ? el('th', { scope: 'row' }, column) : el('td'), el('td', {}, what), el('td', {}, some(rows, column)));
  };
  const rule = ([text, rows]) => el('tr', {}, el('td', { className: 'figure' }, rows.count.toLocaleString('en-GB')), el('td', {}, sentence(text)), el('td', {}, some(rows)));
  const byColumn = (one, other) => {
    const place = ([text]) => (report.header?.columns ?? []).indexOf(ofColumn(text, report.header)[0]);
    return place(one) - place(other) || other[1].count - one[1].count;
  };
  return [
    table('What to correct, by column', undefined, ['Rows', 'Column', 'What is wrong', 'Where'], report.problems.map((group) =>
      el('tr', {},
        el('td', { className: 'figure' }, group.times.toLocaleString('en-GB')),
        el('th', { scope: 'row' }, group.column === '(the row)' ? 'The row as a whole' : group.column),
        el('td', {}, sentence(group.problem)),
        el('td', {}, group.examples.flatMap(([row, text], index) => [index > 0 ? ', ' : '', jump(row, group.column), text ? ` “${text}”` : '']))))),
    table('Warnings, by column', 'A warning keeps no row back: look whether it was meant so.', ['Rows', 'Column', 'Warning', 'Where'], [...report.warnings].sort(byColumn).map(tally)),
    table('Skipped by the rules', 'Nothing is sent of these rows. Where a cell is wrong, type over it: its row is looked at again.', ['Rows', 'Why', 'Where'], report.rules.map(rule)),
    report.others > 0 && el('p', {}, `… and ${report.others.toLocaleString('en-GB')} others.`),
    report.rejected.length === 0 && unknown(report.feed),
  ];
}

/** A warning's column and its words, where it begins with one. */
function ofColumn(text, header) {
  const cut = text.indexOf(': ');
  const column = cut > 0 ? text.slice(0, cut) : '';
  return header?.columns.includes(column) ? [column, sentence(text.slice(cut + 2))] : ['', sentence(text)];
}

function unknown(feed) {
  return el('details', { className: 'card' },
    el('summary', {}, 'What this check cannot know'),
    el('p', {}, 'Here to Help is not asked: this page has no connection. So it is unknown here, and the summary will say,'),
    el('ul', {},
      el('li', {}, 'who of these people is in Here to Help already, and whether their request is a new one;'),
      el('li', {}, 'whether staff have corrected something there meanwhile: their word stays;'),
      el('li', {}, 'whether a newer list, or another kind of list, has told of a person already;'),
      feed === 'contact-tracing' && el('li', {}, 'which Account IDs the service leaves out of contact tracing, unless you type them in above;'),
      el('li', {}, 'whether an address there is another one than yours.')));
}

/** What is known of the sheet: the tab, the header, columns that look like a slip. */
export function facts(report) {
  const { tab, header, used, slips, odd, doubles } = report;
  const others = (header?.columns ?? []).filter(Boolean).length - used.length;
  return el('ul', { className: 'facts' },
    tab && el('li', {}, 'The tab that is read: ', el('strong', {}, tab), '. Others are not looked at.'),
    header && el('li', {}, `The column names stand in row ${header.row}. ${others > 0 ? `${count(used.length, 'of them is', 'of them are')} read; ${count(others, 'other only comes', 'others only come')} back in the summary.` : 'All of them are read.'}`),
    slips.map(([name, known]) => el('li', { className: 'odd' }, 'The column ', el('strong', {}, name), ' is not read, though it looks like ', el('strong', {}, known), '.')),
    odd.map((warning) => el('li', { className: 'odd' }, sentence(warning))),
    doubles > 0 && el('li', {}, `${count(doubles, 'row speaks', 'rows speak')} of a person or request that an earlier row has too. Each is sent, one after the other.`));
}
