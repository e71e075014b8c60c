// The parts of a page that changed are replaced as they are told. Without this the page still works: it is as old as it is.
'use strict';

const { news } = document.body.dataset;
const lost = document.getElementById('lost');

function isLost(why) {
  lost.textContent = why ? `${why} What you see is old; the page tries again by itself.` : '';
  lost.hidden = !why;
}

function replace(id, html) {
  const old = document.getElementById(id);
  if (!old) return;
  const template = document.createElement('template');
  template.innerHTML = html;
  // The keyboard stays where it was: the same link or button of the new part.
  const focused = old.contains(document.activeElement) ? document.activeElement : undefined;
  const place = focused ? [...old.querySelectorAll('a, button, summary, [tabindex]')].indexOf(focused) : -1;
  const part = template.content.firstElementChild;
  // What was opened stays open.
  for (const { id } of old.querySelectorAll('details[open]')) part.querySelector(`#${id}`)?.setAttribute('open', '');
  old.replaceWith(part);
  if (place >= 0) part.querySelectorAll('a, button, summary, [tabindex]')[place]?.focus({ preventScroll: true });
}

if (news) {
  const source = new EventSource(news);
  source.addEventListener('message', ({ data }) => {
    const told = JSON.parse(data);
    isLost(told.lost ? `The pipeline is not reached: ${told.lost}.` : '');
    for (const [id, html] of told.parts ?? []) replace(id, html);
    if (document.querySelector('[data-done]')) source.close();
  });
  source.addEventListener('error', () => isLost('h2h web is not reached: is it still running?'));
  addEventListener('pagehide', () => source.close());
}
