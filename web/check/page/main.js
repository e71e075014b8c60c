// The page: files come in, each gets a panel.

import { Checker } from './checker.js';
import { el, keep, replace, say, today } from './dom.js';
import { SheetPanel } from './sheet.js';

const files = document.getElementById('files');
const sheets = document.getElementById('sheets');
const drop = document.getElementById('drop');
const choose = document.getElementById('choose');
const panels = [];
let shown;

const helper = new Checker(() => {}, (fault) => say(fault));
const feeds = helper.ask('feeds');

async function add(list) {
  const known = await feeds;
  const added = list.map((file) => new SheetPanel(file, known, () => showFiles()));
  panels.push(...added);
  sheets.append(...added.map((panel) => panel.element));
  if (added.length > 0) show(added[0]);
  // One after the other: the first is there the sooner. A fault is told by its own panel.
  for (const panel of added) await panel.start().catch(() => {});
}

function show(panel) {
  shown = panel;
  for (const other of panels) other.element.hidden = other !== panel;
  drop.classList.toggle('small', panels.length > 0);
  showFiles();
}

function showFiles() {
  files.hidden = panels.length === 0;
  replace(files, panels.map((panel) => {
    const [kind, words] = panel.state;
    return el('div', { className: 'file' },
      el('button', { type: 'button', 'aria-current': panel === shown ? 'true' : undefined, onclick: () => show(panel) },
        el('strong', {}, panel.name), el('span', { className: `is ${kind}` }, words)),
      el('button', { type: 'button', className: 'close', 'aria-label': `Close ${panel.name}`, onclick: () => close(panel) }, '×'));
  }));
}

function close(panel) {
  if (panel.hasUnsaved && !confirm(`Close ${panel.name}? What you corrected and have not downloaded is lost.`)) return;
  panels.splice(panels.indexOf(panel), 1);
  panel.end();
  if (panels.length > 0) show(panel === shown ? panels[0] : shown);
  else {
    drop.classList.remove('small');
    showFiles();
    choose.focus();
  }
}

choose.addEventListener('change', () => {
  add([...choose.files]);
  choose.value = '';
});

for (const name of ['dragenter', 'dragover']) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
}
document.addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) drop.classList.remove('over');
});
document.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  if (event.dataTransfer.files.length > 0) add([...event.dataTransfer.files]);
});
// From anywhere on the page, and with a key that nobody types: letters begin the correction of a cell.
document.addEventListener('keydown', (event) => {
  const isStep = event.altKey && !event.ctrlKey && !event.metaKey && (event.key === 'ArrowDown' || event.key === 'ArrowUp');
  if (!isStep || panels.length === 0 || event.target.matches('select')) return;
  event.preventDefault();
  shown.step(event.key === 'ArrowUp');
});
addEventListener('beforeunload', (event) => {
  if (panels.some((panel) => panel.hasUnsaved)) event.preventDefault();
});

feeds.then((known) => {
  document.getElementById('templates').replaceChildren(...known.map(({ name, title }) =>
    el('button', {
      type: 'button',
      onclick: async () => {
        const { file } = await helper.ask({ template: { feed: name, today: today() } });
        keep(file, `${name}-template.xlsx`);
      },
    }, title)));
});
